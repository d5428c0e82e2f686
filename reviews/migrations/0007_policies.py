"""What changed in policies, what of it is to be judged, and how it was judged."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from operations.create_tables import CreateTables
from operations.tenancy import append_only, not_truncated, only_closes, ours_or_shipped, tenant_foreign_keys

# What is open moves on to the newest text; which source it is about, and what it began with, stays.
GUARD = """
CREATE FUNCTION reviews_guard_policy_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moved text[] := ARRAY['new_version_id', 'settled_at'];
BEGIN
    IF TG_OP = 'DELETE' OR OLD.settled_at IS NOT NULL OR to_jsonb(OLD) - moved <> to_jsonb(NEW) - moved THEN
        RAISE EXCEPTION 'what became of a policy is settled once, never changed or removed'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reviews_guard_policy_change BEFORE UPDATE OR DELETE ON reviews_policychange
    FOR EACH ROW EXECUTE FUNCTION reviews_guard_policy_change();
CREATE FUNCTION reviews_guard_policy_assessment() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moved text[] := ARRAY['due_on', 'closed_at', 'keeper_id'];
BEGIN
    IF TG_OP = 'DELETE' OR to_jsonb(OLD) - moved <> to_jsonb(NEW) - moved THEN
        RAISE EXCEPTION 'the assessment of a week is never removed, and stays that of its week'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reviews_guard_policy_assessment BEFORE UPDATE OR DELETE ON reviews_policyassessment
    FOR EACH ROW EXECUTE FUNCTION reviews_guard_policy_assessment();
"""
# As in 0002, with the weeks of policies that wait for their keeper.
WAITING = """
CREATE OR REPLACE FUNCTION reviews_waiting_for(of_organization uuid, member bigint) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF accounts_keeper(of_organization, member) IS DISTINCT FROM member THEN
        RETURN 0;  -- who can keep nothing has nothing to look at
    END IF;
    RETURN (SELECT count(*) FROM reviews_review review
            WHERE organization_id = of_organization AND closed_at IS NULL AND NOT reviews_is_waiting(review.id)
              AND accounts_keeper(organization_id, keeper_id) = member)
         + (SELECT count(DISTINCT fact_key) FROM reviews_changeassessment
            WHERE organization_id = of_organization AND verdict = ''
              AND accounts_keeper(organization_id, keeper_id) = member)
         + (SELECT count(*) FROM reviews_policyassessment
            WHERE organization_id = of_organization AND closed_at IS NULL
              AND accounts_keeper(organization_id, keeper_id) = member);
END $$;
"""
# The weeks with clauses that were put to Legal and wait, for whoever signs there; ``home_waiting`` calls it by its name.
PUT_TO_LEGAL = """
CREATE FUNCTION reviews_put_to_legal(of_organization uuid, member bigint)
RETURNS TABLE (week_id bigint, put_at timestamptz) LANGUAGE sql STABLE AS $$
    SELECT clause.assessment_id, min(newest.at)
    FROM reviews_clausechange clause
    CROSS JOIN LATERAL (
        SELECT verdict.verdict, verdict.at FROM reviews_clauseverdict said
        JOIN reviews_policyverdict verdict ON verdict.id = said.verdict_id
        WHERE said.clause_id = clause.id ORDER BY said.id DESC LIMIT 1) newest
    WHERE clause.assessment_id IN (
            SELECT id FROM reviews_policyassessment WHERE organization_id = of_organization AND closed_at IS NULL)
      AND clause.replaced_at IS NULL AND newest.verdict = 'legal'
      AND EXISTS (SELECT FROM accounts_groupperiod signs JOIN accounts_signoffgroup kind ON kind.id = signs.group_id
                  WHERE signs.membership_id = member AND signs.ended_at IS NULL AND kind.key = 'legal'
                    AND kind.organization_id = of_organization)
    GROUP BY clause.assessment_id
$$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_solo_ends_for_good"),
        ("audit", "0004_find_by_day"),
        ("catalog", "0010_cited_places"),
        ("reviews", "0006_counts_at_the_end"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateTables(
            [
                migrations.CreateModel(
                    name="PolicyAssessment",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("week_on", models.DateField(help_text="The Monday of its week.")),
                        ("opened_at", models.DateTimeField()),
                        ("due_on", models.DateField(verbose_name="due")),
                        ("closed_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "keeper",
                            models.ForeignKey(
                                null=True,
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
                                related_name="policy_assessments",
                                to="accounts.organization",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-week_on"],
                    },
                ),
                migrations.CreateModel(
                    name="PolicyChange",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "start",
                            models.CharField(
                                choices=[
                                    ("compared", "compared with the version before"),
                                    ("first", "the first text: nothing to compare with"),
                                    ("fingerprints", "compared with what the catalog's facts were taken from"),
                                    (
                                        "incomparable",
                                        "too different to be compared with what the catalog's facts were taken from",
                                    ),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("found_at", models.DateTimeField()),
                        ("settled_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "new_version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="catalog.policyversion",
                            ),
                        ),
                        (
                            "old_version",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="catalog.policyversion",
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
                            "source",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.policysource"
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="ClauseChange",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("position", models.PositiveIntegerField()),
                        ("anchor", models.CharField(max_length=500)),
                        ("place", models.TextField(blank=True)),
                        ("old_place", models.TextField(blank=True)),
                        ("status", models.CharField(max_length=10)),
                        ("old_sha256", models.CharField(blank=True, max_length=64)),
                        ("new_sha256", models.CharField(blank=True, max_length=64)),
                        (
                            "topics",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=40), default=list, size=None
                            ),
                        ),
                        ("signals", models.JSONField(default=list)),
                        ("words", models.JSONField(default=list)),
                        ("word_count", models.PositiveIntegerField(default=0)),
                        ("is_coarse", models.BooleanField(default=False)),
                        (
                            "asked",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("", "recorded"),
                                    ("cited", "something you rely on cites it"),
                                    ("signal", "it is about training, retention or who gets the data"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("is_urgent", models.BooleanField(default=False)),
                        (
                            "fact_keys",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=180), default=list, size=None
                            ),
                        ),
                        ("found_on", models.DateField()),
                        ("replaced_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "new_version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="catalog.policyversion",
                            ),
                        ),
                        (
                            "old_version",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="catalog.policyversion",
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
                            "assessment",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="clauses",
                                to="reviews.policyassessment",
                            ),
                        ),
                        (
                            "change",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="clauses",
                                to="reviews.policychange",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["position", "id"],
                    },
                ),
                migrations.CreateModel(
                    name="PolicyVerdict",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "verdict",
                            models.CharField(
                                choices=[
                                    ("editorial", "Editorial: nothing to ask again"),
                                    ("material", "Material: ask everyone it rests on again"),
                                    ("legal", "Legal has to look"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        ("due_on", models.DateField(null=True)),
                        ("people", models.PositiveIntegerField(default=0)),
                        ("decisions", models.PositiveIntegerField(default=0)),
                        ("green_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "because",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="audit.freetext"
                            ),
                        ),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
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
                ),
                migrations.CreateModel(
                    name="ClauseVerdict",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "clause",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="verdicts",
                                to="reviews.clausechange",
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
                            "verdict",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="clauses",
                                to="reviews.policyverdict",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["id"],
                    },
                ),
                migrations.AddConstraint(
                    model_name="policyassessment",
                    constraint=models.UniqueConstraint(
                        fields=("organization", "week_on"), name="one_policy_assessment_per_week"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="policyassessment",
                    constraint=models.UniqueConstraint(
                        fields=("organization", "id"), name="policy_assessment_tenant_key"
                    ),
                ),
                migrations.AddIndex(
                    model_name="policychange",
                    index=models.Index(fields=["organization", "source", "-id"], name="policy_changes_newest_first"),
                ),
                migrations.AddConstraint(
                    model_name="policychange",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("settled_at__isnull", True)),
                        fields=("organization", "source"),
                        name="one_open_policy_change_per_source",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="policychange",
                    constraint=models.UniqueConstraint(fields=("organization", "id"), name="policy_change_tenant_key"),
                ),
                migrations.AddIndex(
                    model_name="clausechange",
                    index=models.Index(fields=["organization", "found_on"], name="clause_changes_by_day"),
                ),
                migrations.AddConstraint(
                    model_name="clausechange",
                    constraint=models.UniqueConstraint(fields=("organization", "id"), name="clause_change_tenant_key"),
                ),
                migrations.AddConstraint(
                    model_name="clausechange",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("asked", ""), _negated=True), ("assessment__isnull", True), _connector="OR"
                        ),
                        name="what_is_recorded_only_is_in_no_assessment",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="policyverdict",
                    constraint=models.UniqueConstraint(fields=("organization", "id"), name="policy_verdict_tenant_key"),
                ),
                migrations.AddConstraint(
                    model_name="policyverdict",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("due_on__isnull", True), ("verdict", "material"), _connector="OR"),
                        name="only_material_has_a_day",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="clauseverdict",
                    constraint=models.UniqueConstraint(fields=("clause", "verdict"), name="verdict_once_per_clause"),
                ),
            ]
        ),
        migrations.AddField(
            model_name="changeassessment",
            name="policy_verdict",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="changes",
                to="reviews.policyverdict",
            ),
        ),
        tenant_foreign_keys(
            ("reviews_policyassessment", "keeper_id", "accounts_membership"),
            ("reviews_clausechange", "change_id", "reviews_policychange"),
            ("reviews_clausechange", "assessment_id", "reviews_policyassessment"),
            ("reviews_policyverdict", "because_id", "audit_freetext"),
            ("reviews_clauseverdict", "clause_id", "reviews_clausechange"),
            ("reviews_clauseverdict", "verdict_id", "reviews_policyverdict"),
            ("reviews_changeassessment", "policy_verdict_id", "reviews_policyverdict"),
        ),
        ours_or_shipped(
            ("reviews_policychange", "source_id", "catalog_policysource"),
            ("reviews_policychange", "old_version_id", "catalog_policyversion"),
            ("reviews_policychange", "new_version_id", "catalog_policyversion"),
            ("reviews_clausechange", "old_version_id", "catalog_policyversion"),
            ("reviews_clausechange", "new_version_id", "catalog_policyversion"),
        ),
        migrations.RunSQL(
            GUARD,
            "DROP FUNCTION reviews_guard_policy_change() CASCADE; DROP FUNCTION reviews_guard_policy_assessment() CASCADE;",
        ),
        migrations.RunSQL(WAITING + PUT_TO_LEGAL, "DROP FUNCTION reviews_put_to_legal(uuid, bigint);"),
        only_closes("reviews_clausechange", "assessment_id", "replaced_at"),
        only_closes("reviews_policyverdict", "green_at"),
        append_only("reviews_clauseverdict"),
        not_truncated("reviews_policychange", "reviews_policyassessment"),
    ]
