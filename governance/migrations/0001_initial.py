import django.contrib.postgres.constraints
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import accounts.models.periods
from operations.create_tables import CreateTables


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0002_tenants_and_periods"),
        ("accounts", "__first__"),
        ("audit", "0002_chain_and_refusals"),
        ("catalog", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="DataClass",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.SlugField(max_length=60)),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("example", models.CharField(blank=True, max_length=300, verbose_name="example")),
                ("position", models.PositiveSmallIntegerField(default=100)),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
                (
                    "organization",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="data_classes",
                        to="accounts.organization",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "data classes",
                "ordering": ["position", "name"],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "id"), name="data_class_tenant_key"),
                    models.UniqueConstraint(
                        fields=("organization", "key"), name="data_class_key_is_unique_in_organization"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Question",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("about", models.CharField(max_length=200)),
                ("title", models.CharField(max_length=300, verbose_name="about")),
                ("asked_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "answer",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="audit.freetext"
                    ),
                ),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="questions_asked",
                        to="accounts.membership",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="questions_to_answer",
                        to="accounts.membership",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="questions",
                        to="accounts.organization",
                    ),
                ),
                (
                    "text",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="audit.freetext"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("answered_at__isnull", True)),
                        fields=["organization", "contact"],
                        name="question_waiting",
                    ),
                    models.Index(fields=["organization", "asked_by", "about"], name="question_by_asker"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("answer__isnull", True), ("answered_at__isnull", True), ("answered_by__isnull", True)
                            ),
                            models.Q(
                                ("answer__isnull", False),
                                ("answered_at__isnull", False),
                                ("answered_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="answered_question_has_answer",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RouteDecision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="revision")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("allowed", "Allowed"),
                            ("allowed_until", "Allowed until"),
                            ("not_allowed", "Not allowed"),
                        ],
                        default="allowed",
                        max_length=20,
                        verbose_name="decision",
                    ),
                ),
                ("until", models.DateField(blank=True, null=True, verbose_name="until")),
                ("why", models.TextField(verbose_name="why")),
                ("conditions", models.TextField(blank=True, verbose_name="conditions")),
                (
                    "review_months",
                    models.PositiveSmallIntegerField(
                        default=6,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(24),
                        ],
                        verbose_name="review every (months)",
                    ),
                ),
                (
                    "is_material",
                    models.BooleanField(default=True, verbose_name="the change matters to people who already answered"),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("submitted", "Waiting for signatures"),
                            ("changes_asked", "Changes asked for"),
                            ("rejected", "Rejected"),
                            ("withdrawn", "Withdrawn"),
                            ("approved", "In force"),
                            ("suspended", "Suspended"),
                            ("superseded", "Superseded"),
                            ("retired", "Retired"),
                            ("expired", "Expired"),
                        ],
                        default="draft",
                        max_length=20,
                    ),
                ),
                ("proposed_at", models.DateTimeField()),
                (
                    "keeper",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions_kept",
                        to="accounts.membership",
                        verbose_name="keeper",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="accounts.organization",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "route",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="catalog.accessroute"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["organization", "status"], name="decision_by_status")],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "id"), name="decision_tenant_key"),
                    models.UniqueConstraint(
                        fields=("organization", "route", "number"), name="one_decision_per_revision"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status__in", ["approved", "suspended"])),
                        fields=("organization", "route"),
                        name="one_decision_holds_per_route",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status__in", ["draft", "submitted"])),
                        fields=("organization", "route"),
                        name="one_open_proposal_per_route",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", "allowed_until"), ("until__isnull", False)),
                            models.Q(models.Q(("outcome", "allowed_until"), _negated=True), ("until__isnull", True)),
                            _connector="OR",
                        ),
                        name="until_only_where_allowed_until",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ForcePeriod",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("lapses_at", models.DateTimeField(blank=True, null=True)),
                ("line", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organization"
                    ),
                ),
                (
                    "route",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.accessroute"
                    ),
                ),
                (
                    "decision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="force_periods",
                        to="governance.routedecision",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=["lapses_at"],
                        name="force_period_by_lapse",
                    )
                ],
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            ("organization", "="),
                            ("route", "="),
                            (accounts.models.periods.TsTzRange("started_at", "ended_at"), "&&"),
                        ],
                        name="one_decision_in_force_per_route",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_at__isnull", True), ("ended_at__gte", models.F("started_at")), _connector="OR"
                        ),
                        name="force_ends_after_it_starts",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DecisionMove",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "from_status",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("draft", "Draft"),
                            ("submitted", "Waiting for signatures"),
                            ("changes_asked", "Changes asked for"),
                            ("rejected", "Rejected"),
                            ("withdrawn", "Withdrawn"),
                            ("approved", "In force"),
                            ("suspended", "Suspended"),
                            ("superseded", "Superseded"),
                            ("retired", "Retired"),
                            ("expired", "Expired"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "to_status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("submitted", "Waiting for signatures"),
                            ("changes_asked", "Changes asked for"),
                            ("rejected", "Rejected"),
                            ("withdrawn", "Withdrawn"),
                            ("approved", "In force"),
                            ("suspended", "Suspended"),
                            ("superseded", "Superseded"),
                            ("retired", "Retired"),
                            ("expired", "Expired"),
                        ],
                        max_length=20,
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organization"
                    ),
                ),
                (
                    "reason",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="audit.freetext"
                    ),
                ),
                (
                    "decision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="moves", to="governance.routedecision"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="DecisionEditor",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organization"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "decision",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="editors",
                        to="governance.routedecision",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("decision", "user"), name="one_editor_row_per_decision_and_user")
                ],
            },
        ),
        migrations.CreateModel(
            name="ScopeLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField(default=1)),
                (
                    "repositories",
                    models.TextField(
                        blank=True, help_text="One per line; empty means all.", verbose_name="repositories"
                    ),
                ),
                (
                    "decision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="scope_lines",
                        to="governance.routedecision",
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
            ],
            options={
                "ordering": ["position", "id"],
                "constraints": [models.UniqueConstraint(fields=("organization", "id"), name="scope_line_tenant_key")],
            },
        ),
        migrations.CreateModel(
            name="ScopeLineDataClass",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "data_class",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="governance.dataclass"
                    ),
                ),
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
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("line", "data_class"), name="data_class_once_per_line")
                ],
            },
        ),
        migrations.AddField(
            model_name="scopeline",
            name="data_classes",
            field=models.ManyToManyField(
                related_name="+", through="governance.ScopeLineDataClass", to="governance.dataclass"
            ),
        ),
        migrations.CreateModel(
            name="ScopeLineJobRole",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "job_role",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.jobrole"
                    ),
                ),
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
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("line", "job_role"), name="job_role_once_per_line")],
            },
        ),
        migrations.AddField(
            model_name="scopeline",
            name="job_roles",
            field=models.ManyToManyField(
                related_name="+", through="governance.ScopeLineJobRole", to="accounts.jobrole"
            ),
        ),
        migrations.CreateModel(
            name="ScopeLineTeam",
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
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.team"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("line", "team"), name="team_once_per_line")],
            },
        ),
        migrations.AddField(
            model_name="scopeline",
            name="teams",
            field=models.ManyToManyField(related_name="+", through="governance.ScopeLineTeam", to="accounts.team"),
        ),
        migrations.CreateModel(
            name="SignOff",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20)),
                ("title", models.CharField(max_length=300)),
                ("code", models.CharField(blank=True, max_length=40)),
                ("submitted_at", models.DateTimeField()),
                ("sealed_at", models.DateTimeField(null=True)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("pending", "Waiting for signatures"),
                            ("approved", "Signed"),
                            ("changes_asked", "Changes asked for"),
                            ("rejected", "Rejected"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="pending",
                        max_length=20,
                    ),
                ),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("is_sole", models.BooleanField(default=False)),
                (
                    "organization",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sign_offs",
                        to="accounts.organization",
                    ),
                ),
                (
                    "snapshot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="audit.snapshot"
                    ),
                ),
                (
                    "submitted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organization", "outcome", "submitted_at"], name="sign_off_by_outcome")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "id"), name="sign_off_tenant_key"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_at__isnull", True), ("outcome", "pending")),
                            models.Q(models.Q(("outcome", "pending"), _negated=True), ("closed_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="closed_sign_off_has_outcome",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="routedecision",
            name="sign_off",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="decision",
                to="governance.signoff",
            ),
        ),
        migrations.CreateModel(
            name="SignOffStage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                ("name", models.CharField(help_text="The group's name at submission.", max_length=200)),
                (
                    "group",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.signoffgroup",
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
                    "sign_off",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stages",
                        to="governance.signoff",
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "id"), name="sign_off_stage_tenant_key"),
                    models.UniqueConstraint(fields=("sign_off", "position"), name="one_stage_per_position"),
                ],
            },
        ),
        migrations.CreateModel(
            name="SignOffParty",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("may_sign", models.BooleanField()),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("member", "Member of the group"),
                            ("proposed", "Proposed it"),
                            ("edited", "Edited it"),
                            ("sole", "The only person of the organization"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organization"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "stage",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parties",
                        to="governance.signoffstage",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("stage", "user"), name="one_party_per_stage_and_user"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("may_sign", True), ("reason__in", ["member", "sole"])),
                            models.Q(("may_sign", False), ("reason__in", ["proposed", "edited"])),
                            _connector="OR",
                        ),
                        name="proposer_and_editor_may_not_sign",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Signature",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "word",
                    models.CharField(
                        choices=[
                            ("signed", "Signed"),
                            ("changes_asked", "Asked for changes"),
                            ("rejected", "Rejected"),
                        ],
                        max_length=20,
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "comment",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="audit.freetext"
                    ),
                ),
                (
                    "membership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="signatures", to="accounts.membership"
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signatures",
                        to="accounts.organization",
                    ),
                ),
                (
                    "snapshot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="audit.snapshot"
                    ),
                ),
                (
                    "onward_snapshot",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="audit.snapshot"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "sign_off",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signatures",
                        to="governance.signoff",
                    ),
                ),
                (
                    "stage",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signature",
                        to="governance.signoffstage",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("sign_off", "user"), name="one_person_signs_one_stage"),
                    models.CheckConstraint(
                        condition=models.Q(("word", "signed"), ("comment__isnull", False), _connector="OR"),
                        name="refusal_has_a_comment",
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="signature_tenant_key"),
                    models.CheckConstraint(
                        condition=models.Q(("word", "signed"), ("onward_snapshot__isnull", True), _connector="OR"),
                        name="only_who_signs_sets_conditions",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="routedecision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status__in", ["draft", "withdrawn"]), ("sign_off__isnull", False), _connector="OR"
                ),
                name="submitted_decision_has_sign_off",
            ),
        ),
    ]
    operations = [CreateTables(operations)]
