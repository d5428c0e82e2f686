"""Sources as they read on some day: never changed, and hashed by the database too."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from operations.tenancy import append_only, ours_or_shipped


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("audit", "0002_chain_and_refusals"),
        ("catalog", "0002_only_superseded"),
    ]
    operations = [
        migrations.CreateModel(
            name="PolicyVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("content", models.BinaryField()),
                ("sha256", models.CharField(max_length=64)),
                ("name", models.CharField(blank=True, max_length=200, verbose_name="name")),
                (
                    "origin",
                    models.CharField(
                        choices=[("fetched", "fetched"), ("uploaded", "uploaded"), ("pasted", "pasted")], max_length=10
                    ),
                ),
                ("seen_on", models.DateField(verbose_name="seen")),
                ("effective_on", models.DateField(blank=True, null=True, verbose_name="effective")),
                ("added_at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="catalog.policysource",
                    ),
                ),
            ],
            options={
                "ordering": ["-seen_on", "-pk"],
                "indexes": [models.Index(fields=["source", "-seen_on", "-id"], name="versions_newest_first")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("by__isnull", True), ("origin", "fetched")),
                            models.Q(
                                models.Q(("origin", "fetched"), _negated=True),
                                ("by__isnull", False),
                                ("organization__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="version_is_fetched_or_somebodys",
                    )
                ],
            },
        ),
        migrations.RunSQL(
            "ALTER TABLE catalog_policyversion ADD CONSTRAINT version_hash_is_of_its_bytes"
            " CHECK (sha256 = encode(sha256(content), 'hex'))",
            "ALTER TABLE catalog_policyversion DROP CONSTRAINT version_hash_is_of_its_bytes",
        ),
        append_only("catalog_policyversion"),
        ours_or_shipped(("catalog_policyversion", "source_id", "catalog_policysource")),
    ]
