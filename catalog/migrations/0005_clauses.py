"""The clauses of versions as rows: what cites a clause is found without reading a page again."""

import django.db.models.deletion
from django.db import migrations, models

from operations.tenancy import append_only, ours_or_shipped


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_solo_ends_for_good"),
        ("audit", "0002_chain_and_refusals"),
        ("catalog", "0004_fetched"),
    ]
    operations = [
        migrations.CreateModel(
            name="Clause",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveIntegerField()),
                ("place", models.TextField(blank=True)),
                ("anchor", models.TextField()),
                ("sha256", models.CharField(max_length=64)),
                (
                    "organization",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="clauses",
                        to="catalog.policyversion",
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
                "constraints": [
                    models.UniqueConstraint(fields=("version", "position"), name="one_clause_per_position")
                ],
            },
        ),
        append_only("catalog_clause"),
        ours_or_shipped(("catalog_clause", "version_id", "catalog_policyversion")),
    ]
