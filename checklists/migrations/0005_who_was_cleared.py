import django.db.models.deletion
from django.db import migrations, models

from operations.tenancy import tenant_foreign_keys


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_solo_ends_for_good"),
        ("catalog", "0002_only_superseded"),
        ("checklists", "0004_what_is_used"),
    ]

    operations = [
        migrations.AddField(
            model_name="clearance",
            name="lost_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.CreateModel(
            name="ClearanceLost",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("lost_at", models.DateTimeField()),
                (
                    "membership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.membership"
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "route",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.accessroute"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "clearances lost",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "route", "membership"), name="one_lost_clearance_per_person_and_route"
                    )
                ],
            },
        ),
        tenant_foreign_keys(("checklists_clearancelost", "membership_id", "accounts_membership")),
    ]
