"""What was submitted by somebody who has left, or manages no longer, waits for whoever stands in: the one who is told of it."""

from importlib import import_module

from django.db import migrations

BEFORE = import_module("home.migrations.0003_waiting").WAITING.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
_SUBMITTER = """
          AND accounts_keeper(sign_off.organization_id, (
              SELECT id FROM accounts_membership
              WHERE organization_id = sign_off.organization_id AND user_id = sign_off.submitted_by_id)) = of_member"""
_PROPOSER = """
          AND accounts_keeper(draft.organization_id, coalesce((
              SELECT access.membership_id FROM accounts_accessperiod access
              JOIN accounts_membership member ON member.id = access.membership_id
              WHERE member.organization_id = draft.organization_id AND member.user_id = draft.proposed_by_id
                AND access.ended_at IS NULL AND access.level IN ('manager', 'owner')), draft.keeper_id)) = of_member"""
# In the text of before → what stands there now.
CHANGES = (
    (
        "WHERE draft.organization_id = of_organization AND draft.status = 'draft' AND draft.proposed_by_id = of_user",
        "WHERE (SELECT keeps FROM me) AND draft.organization_id = of_organization AND draft.status = 'draft'"
        + _PROPOSER,
    ),
    (
        """
          AND sign_off.submitted_by_id = of_user
          AND NOT EXISTS (SELECT FROM reviews""",
        _SUBMITTER
        + """
          AND NOT EXISTS (SELECT FROM reviews""",
    ),
    (
        """
          AND sign_off.submitted_by_id = of_user AND said.by_id <> of_user""",
        " AND said.by_id NOT IN (of_user, sign_off.submitted_by_id)" + _SUBMITTER,
    ),
    ("AND answered.by_id = of_user AND", "AND answered.by_id IN (of_user, sign_off.submitted_by_id) AND"),
)


def after() -> str:
    """The function with each of the changes, all of which its text must know."""
    text = BEFORE
    for old, new in CHANGES:
        head, found, tail = text.partition(old)
        if not found:
            raise LookupError(f"home_waiting has no {old!r}")
        text = head + new + tail
    return text


class Migration(migrations.Migration):
    dependencies = [("home", "0004_calendar")]
    operations = [migrations.RunSQL(after(), BEFORE)]
