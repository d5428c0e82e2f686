"""What the database guarantees: one tenant per family of rows, and periods that only close."""

from django.db import migrations

from operations.tenancy import only_closes, tenant_foreign_keys


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("audit", "0002_chain_and_refusals")]
    operations = [
        tenant_foreign_keys(
            ("accounts_accessperiod", "membership_id", "accounts_membership"),
            ("accounts_placement", "membership_id", "accounts_membership"),
            ("accounts_placement", "team_id", "accounts_team"),
            ("accounts_placement", "job_role_id", "accounts_jobrole"),
            ("accounts_leadperiod", "membership_id", "accounts_membership"),
            ("accounts_leadperiod", "team_id", "accounts_team"),
            ("accounts_groupperiod", "membership_id", "accounts_membership"),
            ("accounts_groupperiod", "group_id", "accounts_signoffgroup"),
            ("accounts_invitation", "team_id", "accounts_team"),
            ("accounts_invitation", "job_role_id", "accounts_jobrole"),
            ("accounts_invitation", "group_id", "accounts_signoffgroup"),
        ),
        only_closes("accounts_accessperiod", "ended_at", "ended_by_id"),
        only_closes("accounts_placement", "ended_at", "ended_by_id"),
        only_closes("accounts_leadperiod", "ended_at", "ended_by_id"),
        only_closes("accounts_groupperiod", "ended_at", "ended_by_id"),
    ]
