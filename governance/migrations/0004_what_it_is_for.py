"""What a decision is for, and how far a tool may act alone."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from operations.create_tables import CreateTables
from operations.tenancy import not_truncated, tenant_foreign_keys

FROZEN = """
CREATE TRIGGER governance_scopelineuse_is_frozen BEFORE INSERT OR UPDATE OR DELETE ON governance_scopelineuse
    FOR EACH ROW EXECUTE FUNCTION governance_guard_line();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_who_keeps"),
        ("governance", "0003_nobody_left_out"),
    ]

    tables = [
        migrations.CreateModel(
            name="Use",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.SlugField(max_length=60)),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("position", models.PositiveSmallIntegerField(default=100)),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
                (
                    "job_role",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.jobrole",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="uses",
                        to="accounts.organization",
                    ),
                ),
            ],
            options={
                "ordering": ["position", "name"],
            },
        ),
        migrations.CreateModel(
            name="ScopeLineUse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "line",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="governance.scopeline",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organization"
                    ),
                ),
                (
                    "use",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="governance.use"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="use",
            constraint=models.UniqueConstraint(fields=("organization", "id"), name="use_tenant_key"),
        ),
        migrations.AddConstraint(
            model_name="use",
            constraint=models.UniqueConstraint(
                fields=("organization", "key"), name="use_key_is_unique_in_organization"
            ),
        ),
        migrations.AddConstraint(
            model_name="scopelineuse",
            constraint=models.UniqueConstraint(fields=("line", "use"), name="use_once_per_line"),
        ),
    ]
    operations = [
        migrations.AddField(
            model_name="routedecision",
            name="permission_modes",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=20),
                blank=True,
                default=list,
                size=None,
                verbose_name="how far it may act alone",
            ),
        ),
        CreateTables(tables),
        migrations.AddField(
            model_name="scopeline",
            name="uses",
            field=models.ManyToManyField(related_name="+", through="governance.ScopeLineUse", to="governance.use"),
        ),
        tenant_foreign_keys(
            ("governance_use", "job_role_id", "accounts_jobrole"),
            ("governance_scopelineuse", "line_id", "governance_scopeline"),
            ("governance_scopelineuse", "use_id", "governance_use"),
        ),
        migrations.RunSQL(FROZEN, "DROP TRIGGER governance_scopelineuse_is_frozen ON governance_scopelineuse;"),
        not_truncated("governance_scopelineuse"),
    ]
