"""When each source is fetched and how that goes; what came instead of its text; versions that somebody accepted."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from operations.create_tables import CreateTables
from operations.tenancy import only_closes, ours_or_shipped, tenant_foreign_keys


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_solo_ends_for_good"),
        ("audit", "0004_find_by_day"),
        ("catalog", "0003_policy_versions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateTables(
            [
                migrations.CreateModel(
                    name="HeldBackText",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("content", models.BinaryField()),
                        ("sha256", models.CharField(max_length=64)),
                        ("charset", models.CharField(blank=True, max_length=40)),
                        ("why", models.CharField(max_length=40)),
                        ("seen_at", models.DateTimeField()),
                        ("settled_at", models.DateTimeField(blank=True, null=True)),
                    ],
                ),
                migrations.CreateModel(
                    name="SourceHealth",
                    fields=[
                        (
                            "source",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                primary_key=True,
                                related_name="health",
                                serialize=False,
                                to="catalog.policysource",
                            ),
                        ),
                        ("next_fetch_at", models.DateTimeField()),
                        ("last_success_at", models.DateTimeField(blank=True, null=True)),
                        ("last_change_at", models.DateTimeField(blank=True, null=True)),
                        ("last_failure_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "last_failure",
                            models.CharField(
                                blank=True, help_text="Why, as a code of catalog/fetching.", max_length=40
                            ),
                        ),
                        ("last_failure_detail", models.CharField(blank=True, max_length=300)),
                        ("failures_in_a_row", models.PositiveIntegerField(default=0)),
                        ("unavailable_since", models.DateTimeField(blank=True, null=True)),
                        (
                            "fetched_url",
                            models.URLField(
                                blank=True,
                                help_text="Which of its addresses answered last, or was asked.",
                                max_length=500,
                            ),
                        ),
                        ("etag", models.CharField(blank=True, max_length=500)),
                        ("last_modified", models.CharField(blank=True, max_length=100)),
                        (
                            "called_hosts",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=260), blank=True, default=list, size=None
                            ),
                        ),
                    ],
                ),
                migrations.RemoveConstraint(
                    model_name="policyversion",
                    name="version_is_fetched_or_somebodys",
                ),
                migrations.AddField(
                    model_name="policysource",
                    name="cadence_days",
                    field=models.PositiveSmallIntegerField(
                        default=7, help_text="0: it is never fetched.", verbose_name="days between two fetches"
                    ),
                ),
                migrations.AddField(
                    model_name="policysource",
                    name="keeper",
                    field=models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                        verbose_name="keeper",
                    ),
                ),
                migrations.AddField(
                    model_name="policysource",
                    name="markdown_url",
                    field=models.URLField(
                        blank=True,
                        help_text="Fetched instead, where it is there.",
                        max_length=500,
                        verbose_name="address as Markdown",
                    ),
                ),
                migrations.AddField(
                    model_name="policyversion",
                    name="charset",
                    field=models.CharField(
                        blank=True, help_text="What the answer was found to be written in.", max_length=40
                    ),
                ),
                migrations.AddField(
                    model_name="policyversion",
                    name="reason",
                    field=models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="audit.freetext",
                    ),
                ),
                migrations.AlterField(
                    model_name="policyversion",
                    name="origin",
                    field=models.CharField(
                        choices=[
                            ("fetched", "fetched"),
                            ("uploaded", "uploaded"),
                            ("pasted", "pasted"),
                            ("accepted", "fetched, and accepted"),
                        ],
                        max_length=10,
                    ),
                ),
                migrations.AddConstraint(
                    model_name="policysource",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("organization__isnull", False), ("keeper__isnull", True), _connector="OR"),
                        name="shipped_source_is_kept_by_the_operator",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="policyversion",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("by__isnull", True), ("origin", "fetched")),
                            models.Q(("by__isnull", False), ("origin", "accepted")),
                            models.Q(
                                ("by__isnull", False),
                                ("organization__isnull", False),
                                ("origin__in", ["uploaded", "pasted"]),
                            ),
                            _connector="OR",
                        ),
                        name="version_is_fetched_or_somebodys",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="policyversion",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("origin", "accepted"), ("reason__isnull", False)),
                            models.Q(models.Q(("origin", "accepted"), _negated=True), ("reason__isnull", True)),
                            _connector="OR",
                        ),
                        name="accepted_version_has_a_reason",
                    ),
                ),
                migrations.AddField(
                    model_name="heldbacktext",
                    name="organization",
                    field=models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                migrations.AddField(
                    model_name="heldbacktext",
                    name="source",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="held_back", to="catalog.policysource"
                    ),
                ),
                migrations.AddIndex(
                    model_name="sourcehealth",
                    index=models.Index(fields=["next_fetch_at"], name="sources_to_fetch"),
                ),
                migrations.AddConstraint(
                    model_name="sourcehealth",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("failures_in_a_row", 0), ("unavailable_since__isnull", True)),
                            models.Q(("failures_in_a_row__gt", 0), ("unavailable_since__isnull", False)),
                            _connector="OR",
                        ),
                        name="unavailable_after_failures",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="heldbacktext",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("settled_at__isnull", True)),
                        fields=("source",),
                        name="one_text_is_held_back_at_a_time",
                    ),
                ),
            ]
        ),
        migrations.RunSQL(
            "ALTER TABLE catalog_heldbacktext ADD CONSTRAINT held_back_hash_is_of_its_bytes"
            " CHECK (sha256 = encode(sha256(content), 'hex'))",
            "ALTER TABLE catalog_heldbacktext DROP CONSTRAINT held_back_hash_is_of_its_bytes",
        ),
        only_closes("catalog_heldbacktext", "settled_at"),
        ours_or_shipped(
            ("catalog_heldbacktext", "source_id", "catalog_policysource"),
            # The operator's own words have the organization of nobody.
            ("catalog_policyversion", "reason_id", "audit_freetext"),
        ),
        tenant_foreign_keys(("catalog_policysource", "keeper_id", "accounts_membership")),
    ]
