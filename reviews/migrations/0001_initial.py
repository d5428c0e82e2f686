import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from operations.create_tables import CreateTables


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0002_tenants_and_periods"),
        ("accounts", "__first__"),
        ("audit", "0002_chain_and_refusals"),
        ("checklists", "0002_current_and_settling"),
        ("governance", "0002_reach_and_guards"),
    ]

    operations = [
        migrations.CreateModel(
            name="ChangeAssessment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("fact_key", models.CharField(max_length=200)),
                ("old_revision", models.BigIntegerField()),
                ("new_revision", models.BigIntegerField()),
                ("opened_at", models.DateTimeField()),
                ("due_on", models.DateField(verbose_name="due")),
                (
                    "verdict",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("editorial", "Editorial: nothing to ask again"),
                            ("material", "Material: ask everyone it rests on again"),
                        ],
                        max_length=20,
                    ),
                ),
                ("judged_at", models.DateTimeField(blank=True, null=True)),
                (
                    "because",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="audit.freetext"
                    ),
                ),
                (
                    "judged_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "keeper",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assessments_kept",
                        to="accounts.membership",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="change_assessments",
                        to="accounts.organization",
                    ),
                ),
                (
                    "reopening",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assessment",
                        to="audit.reopening",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["organization", "verdict", "due_on"], name="assessment_by_due")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "fact_key", "new_revision"), name="change_is_assessed_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("because__isnull", True),
                                ("judged_at__isnull", True),
                                ("judged_by__isnull", True),
                                ("verdict", ""),
                            ),
                            models.Q(
                                models.Q(("verdict", ""), _negated=True),
                                ("because__isnull", False),
                                ("judged_at__isnull", False),
                                ("judged_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="verdict_has_judge_and_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reopening__isnull", True), ("verdict", "material"), _connector="OR"),
                        name="only_material_reopens",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Review",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("period_on", models.DateField(verbose_name="period")),
                ("missed", models.JSONField(blank=True, default=list, verbose_name="missed periods")),
                ("due_on", models.DateField(verbose_name="due")),
                ("opened_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("holds", "It still holds"),
                            ("editorial", "Changed, editorial"),
                            ("material", "Changed, material"),
                            ("ended", "What it was about has ended"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "because",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="audit.freetext"
                    ),
                ),
                (
                    "checklist",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to="checklists.checklist",
                    ),
                ),
                (
                    "closed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "decision",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to="governance.routedecision",
                    ),
                ),
                (
                    "keeper",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews_kept",
                        to="accounts.membership",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to="accounts.organization",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["organization", "closed_at", "due_on"], name="review_by_due")],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "id"), name="review_tenant_key"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("checklist__isnull", True), ("decision__isnull", False)),
                            models.Q(("checklist__isnull", False), ("decision__isnull", True)),
                            _connector="OR",
                        ),
                        name="review_has_one_subject",
                    ),
                    models.UniqueConstraint(
                        fields=("decision", "period_on"), name="review_once_per_decision_and_period"
                    ),
                    models.UniqueConstraint(
                        fields=("checklist", "period_on"), name="review_once_per_checklist_and_period"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at__isnull", True)),
                        fields=("decision",),
                        name="one_open_review_per_decision",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at__isnull", True)),
                        fields=("checklist",),
                        name="one_open_review_per_checklist",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_at__isnull", True), ("outcome", "")),
                            models.Q(("closed_at__isnull", False), models.Q(("outcome", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="closed_review_has_outcome",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReviewFinding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("holds", "It still holds"),
                            ("editorial", "Changed, editorial"),
                            ("material", "Changed, material"),
                            ("ended", "What it was about has ended"),
                        ],
                        max_length=20,
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "because",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="audit.freetext"
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organization"
                    ),
                ),
                (
                    "review",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="findings", to="reviews.review"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="checklists.checklistversion",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("outcome__in", ["editorial", "material"])), name="finding_is_a_change"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ReviewSchedule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("next_on", models.DateField()),
                (
                    "checklist",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="review_schedule",
                        to="checklists.checklist",
                    ),
                ),
                (
                    "decision",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="review_schedule",
                        to="governance.routedecision",
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
                "indexes": [models.Index(fields=["next_on"], name="schedule_by_day")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("checklist__isnull", True), ("decision__isnull", False)),
                            models.Q(("checklist__isnull", False), ("decision__isnull", True)),
                            _connector="OR",
                        ),
                        name="schedule_has_one_subject",
                    )
                ],
            },
        ),
    ]
    operations = [CreateTables(operations)]
