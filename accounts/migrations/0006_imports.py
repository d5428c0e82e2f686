"""Lists of people that were brought to be imported."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from operations.create_tables import CreateTables
from operations.tenancy import tenant_foreign_keys


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_solo_ends_for_good"),
    ]

    operations = [
        CreateTables(
            [
                migrations.CreateModel(
                    name="PeopleImport",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("brought", "Waits for its columns to be named"),
                                    ("checked", "Checked"),
                                    ("due", "Being imported"),
                                    ("done", "Imported"),
                                    ("cancelled", "Cancelled"),
                                ],
                                default="brought",
                                max_length=10,
                            ),
                        ),
                        ("brought_at", models.DateTimeField()),
                        ("width", models.PositiveSmallIntegerField(default=0)),
                        ("lines_in_all", models.PositiveIntegerField(default=0)),
                        ("columns", models.JSONField(default=dict)),
                        ("headings_line", models.PositiveIntegerField(default=0)),
                        ("counts", models.JSONField(default=dict)),
                        ("asked_at", models.DateTimeField(null=True)),
                        ("skips_errors", models.BooleanField(default=False)),
                        ("ends_missing", models.BooleanField(default=False)),
                        ("attempts", models.PositiveSmallIntegerField(default=0)),
                        ("started_at", models.DateTimeField(null=True)),
                        ("refusal", models.TextField(blank=True)),
                        ("finished_at", models.DateTimeField(null=True)),
                        (
                            "asked_by",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.membership",
                            ),
                        ),
                        (
                            "brought_by",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.membership",
                            ),
                        ),
                        (
                            "organization",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="imports",
                                to="accounts.organization",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="ImportLine",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
                        ("cells", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                        ("email", models.TextField(db_default="", default="")),
                        ("name", models.TextField(db_default="", default="")),
                        ("team", models.TextField(db_default="", default="")),
                        ("job_role", models.TextField(db_default="", default="")),
                        ("lead", models.TextField(db_default="", default="")),
                        (
                            "outcome",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("new", "new"),
                                    ("back", "come back"),
                                    ("moved", "get another team or job role"),
                                    ("renamed", "get their name corrected"),
                                    ("same", "unchanged"),
                                    ("invited", "are invited"),
                                    ("waiting", "are invited already"),
                                    ("error", "with an error"),
                                ],
                                db_default="",
                                default="",
                                max_length=10,
                            ),
                        ),
                        ("keeps_name", models.BooleanField(db_default=False, default=False)),
                        (
                            "problems",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.TextField(), db_default=[], default=list, size=None
                            ),
                        ),
                        (
                            "organization",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.organization",
                            ),
                        ),
                        (
                            "people_import",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="lines",
                                to="accounts.peopleimport",
                            ),
                        ),
                    ],
                ),
                migrations.AddIndex(
                    model_name="peopleimport",
                    index=models.Index(
                        condition=models.Q(("finished_at__isnull", True)),
                        fields=["status"],
                        name="people_import_unfinished",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="peopleimport",
                    constraint=models.UniqueConstraint(fields=("organization", "id"), name="people_import_tenant_key"),
                ),
                migrations.AddConstraint(
                    model_name="peopleimport",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status__in", ["due", "done"]), _negated=True),
                            models.Q(("asked_at__isnull", False), ("asked_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="due_import_was_asked_for",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="peopleimport",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("finished_at__isnull", False), ("status__in", ["done", "cancelled"])),
                            models.Q(
                                models.Q(("status__in", ["done", "cancelled"]), _negated=True),
                                ("finished_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="finished_import_says_when",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="importline",
                    constraint=models.UniqueConstraint(
                        fields=("organization", "people_import", "number"), name="a_line_of_an_import_is_there_once"
                    ),
                ),
            ]
        ),
        tenant_foreign_keys(
            ("accounts_peopleimport", "brought_by_id", "accounts_membership"),
            ("accounts_peopleimport", "asked_by_id", "accounts_membership"),
            ("accounts_importline", "people_import_id", "accounts_peopleimport"),
        ),
    ]
