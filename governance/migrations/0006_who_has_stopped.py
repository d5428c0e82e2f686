import django.db.models.deletion
from django.db import migrations, models

from operations.tenancy import append_only, tenant_foreign_keys


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_solo_ends_for_good"),
        ("governance", "0005_signed_with_conditions"),
    ]

    operations = [
        migrations.CreateModel(
            name="StopSeen",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("suspended_at", models.DateTimeField()),
                ("at", models.DateTimeField()),
                (
                    "decision",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stops_seen",
                        to="governance.routedecision",
                    ),
                ),
                (
                    "membership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.membership"
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organization"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "stops seen",
                "constraints": [
                    models.UniqueConstraint(fields=("decision", "suspended_at", "membership"), name="stop_is_seen_once")
                ],
            },
        ),
        tenant_foreign_keys(
            ("governance_stopseen", "decision_id", "governance_routedecision"),
            ("governance_stopseen", "membership_id", "accounts_membership"),
        ),
        append_only("governance_stopseen"),
    ]
