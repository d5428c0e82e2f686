"""Files brought before an answer is given, files reused, and people who are asked one by one."""

from importlib import import_module

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import checklists.models.answers
from operations.create_tables import CreateTables
from operations.tenancy import not_truncated, tenant_foreign_keys

before = import_module("checklists.migrations.0002_current_and_settling")  # a name that no import statement can spell

# As before, and who is asked one by one, since then: no team, job role or route speaks for them.
REQUIRED = """
CREATE OR REPLACE FUNCTION checklists_required(of_organization uuid, members bigint[], moment timestamptz)
RETURNS TABLE (membership_id bigint, team_id bigint, job_role_id bigint, checklist_id bigint, item_id bigint,
               revision_id bigint, rests_on_decisions boolean, asked_on date, due_on date, route_ids bigint[])
LANGUAGE sql STABLE AS $$
    WITH reach AS MATERIALIZED (
        SELECT * FROM governance_reach(of_organization, moment) WHERE outcome <> 'not_allowed'
    ), asked AS MATERIALIZED (
        SELECT version.checklist_id, listed.item_id, newest.id AS revision_id, newest.rests_on_decisions,
               newest.rests_on_decisions AND NOT organization.is_solo AS presupposes,  -- alone, all is read before it is agreed
               (listed.asked_since AT TIME ZONE organization.timezone)::date AS since
        FROM checklists_checklist checklist
        JOIN accounts_organization organization ON organization.id = checklist.organization_id
        JOIN checklists_checklistversion version
          ON version.checklist_id = checklist.id AND version.published_at <= moment
         AND (version.ended_at IS NULL OR version.ended_at > moment)
        JOIN checklists_listeditem listed ON listed.version_id = version.id
        CROSS JOIN LATERAL (
            SELECT revision.id, revision.rests_on_decisions FROM checklists_itemrevision revision
            WHERE revision.item_id = listed.item_id AND revision.published_at <= moment
            ORDER BY revision.id DESC LIMIT 1
        ) newest
        WHERE checklist.organization_id = of_organization AND checklist.kind = 'personal'
          AND (checklist.archived_at IS NULL OR checklist.archived_at > moment)
    ), person AS MATERIALIZED (
        SELECT * FROM checklists_placed(of_organization, members, moment)
    ), ruled AS MATERIALIZED (
        SELECT place.team_id, place.job_role_id, rule.checklist_id, rule.route_id, rule.due_on, rule.due_days,
               greatest(rule.started_at, covered.since) AS since, organization.timezone,
               rule.team_id IS NOT NULL OR rule.job_role_id IS NOT NULL OR coalesce(covered.by_place, false) AS by_place
        FROM (SELECT DISTINCT team_id, job_role_id FROM person) place
        JOIN accounts_organization organization ON organization.id = of_organization
        JOIN checklists_assignmentrule rule
          ON rule.organization_id = of_organization AND rule.started_at <= moment
         AND rule.checklist_id IN (SELECT checklist_id FROM asked)
         AND rule.membership_id IS NULL
         AND (rule.ended_at IS NULL OR rule.ended_at > moment)
         AND (rule.team_id IS NULL OR rule.team_id = place.team_id)
         AND (rule.job_role_id IS NULL OR rule.job_role_id = place.job_role_id)
        CROSS JOIN LATERAL (
            SELECT min(reach.since) AS since,
                   bool_and(reach.team_id IS NOT NULL OR reach.job_role_id IS NOT NULL) AS by_place
            FROM reach
            WHERE reach.route_id = rule.route_id
              AND (reach.team_id IS NULL OR reach.team_id = place.team_id)
              AND (reach.job_role_id IS NULL OR reach.job_role_id = place.job_role_id)
        ) covered
        WHERE rule.route_id IS NULL OR covered.since IS NOT NULL
    ), allowed AS MATERIALIZED (
        SELECT place.team_id, place.job_role_id, min(reach.since) AS since,
               bool_and(reach.team_id IS NOT NULL OR reach.job_role_id IS NOT NULL) AS by_place
        FROM (SELECT DISTINCT team_id, job_role_id FROM person) place
        JOIN reach ON (reach.team_id IS NULL OR reach.team_id = place.team_id)
                  AND (reach.job_role_id IS NULL OR reach.job_role_id = place.job_role_id)
        GROUP BY place.team_id, place.job_role_id
    ), reached AS MATERIALIZED (
        SELECT person.*, ruled.checklist_id, ruled.route_id, ruled.due_on, ruled.due_days, ruled.timezone, ruled.by_place,
               ruled.since AS ruled_since
        FROM person
        JOIN ruled ON coalesce(ruled.team_id, 0) = coalesce(person.team_id, 0)
                  AND coalesce(ruled.job_role_id, 0) = coalesce(person.job_role_id, 0)
        UNION ALL
        SELECT person.*, rule.checklist_id, NULL, rule.due_on, rule.due_days, organization.timezone, false, rule.started_at
        FROM person
        JOIN checklists_assignmentrule rule ON rule.membership_id = person.membership_id AND rule.started_at <= moment
         AND (rule.ended_at IS NULL OR rule.ended_at > moment)
        JOIN accounts_organization organization ON organization.id = rule.organization_id
        WHERE rule.organization_id = of_organization
    ), list AS MATERIALIZED (
        SELECT reached.membership_id, reached.team_id, reached.job_role_id, reached.checklist_id,
               min(since.day) AS asked_on, min(since.allowed_on) AS allowed_on, min(reached.due_days) AS due_days,
               min(CASE WHEN reached.due_on >= since.day THEN reached.due_on ELSE since.day + reached.due_days END) AS due_on,
               CASE WHEN bool_or(reached.route_id IS NULL) THEN NULL ELSE array_agg(DISTINCT reached.route_id) END AS route_ids
        FROM reached
        LEFT JOIN allowed ON coalesce(allowed.team_id, 0) = coalesce(reached.team_id, 0)
                         AND coalesce(allowed.job_role_id, 0) = coalesce(reached.job_role_id, 0)
        CROSS JOIN LATERAL (
            SELECT (greatest(reached.ruled_since, reached.since, CASE WHEN reached.by_place THEN reached.placed_at END)
                    AT TIME ZONE reached.timezone)::date AS day,
                   CASE WHEN allowed.since IS NOT NULL
                        THEN (greatest(allowed.since, reached.since, CASE WHEN allowed.by_place THEN reached.placed_at END)
                              AT TIME ZONE reached.timezone)::date END AS allowed_on
        ) since
        GROUP BY reached.membership_id, reached.team_id, reached.job_role_id, reached.checklist_id
    )
    SELECT list.membership_id, list.team_id, list.job_role_id, list.checklist_id, asked.item_id,
           asked.revision_id, asked.rests_on_decisions, first.asked_on,
           CASE WHEN first.asked_on > list.asked_on THEN greatest(list.due_on, first.asked_on + list.due_days)
                ELSE list.due_on END,
           list.route_ids
    FROM list JOIN asked ON asked.checklist_id = list.checklist_id
    CROSS JOIN LATERAL (
        SELECT greatest(list.asked_on, asked.since, CASE WHEN asked.presupposes THEN list.allowed_on END) AS asked_on
    ) first
    WHERE NOT asked.presupposes OR list.allowed_on IS NOT NULL
$$;
"""


def replaced(required: str) -> str:
    """The function for everybody and the same for one person, in the place of what they are."""
    required = required.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
    return required + str(before.of_one_person(required, planned_once=False))


# What was held back stays as it came, whatever becomes of its bytes.
GUARD_UPLOAD = """
CREATE FUNCTION checklists_guard_upload() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moves text[] := '{file,has_preview,gone_at,discarded_at,released_at,released_by_id,reason_id}';
BEGIN
    IF TG_OP = 'DELETE' AND OLD.trouble <> '' THEN
        RAISE EXCEPTION 'what was held back is not removed' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.name = '' THEN
        moves := moves || 'name'::text;  -- erased with whoever gave it
    END IF;
    IF TG_OP = 'UPDATE' AND to_jsonb(OLD) - moves IS DISTINCT FROM to_jsonb(NEW) - moves THEN
        RAISE EXCEPTION 'a file stays as it was brought' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER checklists_guard_upload BEFORE UPDATE OR DELETE ON checklists_upload
    FOR EACH ROW EXECUTE FUNCTION checklists_guard_upload();
"""

# A rule that names a person moves nobody else.
RULE_MOVED = """
CREATE FUNCTION checklists_rule_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO checklists_settlerequest (organization_id, membership_id, requested_at)
    SELECT DISTINCT organization_id, membership_id, statement_timestamp() FROM changed;
    RETURN NULL;
END $$;
""" + "".join(
    f"DROP TRIGGER checklists_asks_{event.lower()} ON checklists_assignmentrule;"
    f"CREATE TRIGGER checklists_asks_{event.lower()} AFTER {event} ON checklists_assignmentrule"
    f" REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION checklists_rule_moved();\n"
    for event in ("INSERT", "UPDATE")
)
RULE_MOVED_BEFORE = "DROP FUNCTION checklists_rule_moved() CASCADE;" + "".join(
    f"CREATE TRIGGER checklists_asks_{event.lower()} AFTER {event} ON checklists_assignmentrule"
    f" REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION checklists_everybody_concerned();\n"
    for event in ("INSERT", "UPDATE")
)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_single_sign_on"),
        ("audit", "0004_find_by_day"),
        ("catalog", "0012_long_headings"),
        ("governance", "0009_threads"),
        ("checklists", "0005_who_was_cleared"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateTables(
            [
                migrations.CreateModel(
                    name="Upload",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(blank=True, max_length=200, verbose_name="name")),
                        ("link", models.URLField(blank=True, max_length=500, verbose_name="link")),
                        ("size", models.PositiveBigIntegerField(default=0)),
                        ("content_type", models.CharField(blank=True, max_length=100)),
                        ("sha256", models.CharField(blank=True, max_length=64)),
                        ("effective_on", models.DateField(blank=True, null=True, verbose_name="effective")),
                        ("added_at", models.DateTimeField()),
                        (
                            "file",
                            models.FileField(
                                blank=True, max_length=200, upload_to=checklists.models.answers.evidence_path
                            ),
                        ),
                        ("has_preview", models.BooleanField(default=False)),
                        (
                            "trouble",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("other_kind", "It is not what its name says"),
                                    ("macros", "It holds a program (macros)"),
                                    ("no_picture", "It can't be opened as a picture"),
                                    ("too_many_pixels", "It is a picture too large to be opened safely"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("looks_like", models.CharField(blank=True, max_length=10)),
                        ("gone_at", models.DateTimeField(null=True)),
                        ("discarded_at", models.DateTimeField(null=True)),
                        ("released_at", models.DateTimeField(null=True)),
                    ],
                ),
                migrations.RemoveConstraint(
                    model_name="assignmentrule",
                    name="same_rule_only_once",
                ),
                migrations.AddField(
                    model_name="assignmentrule",
                    name="membership",
                    field=models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assignment_rules",
                        to="accounts.membership",
                    ),
                ),
                migrations.AddField(
                    model_name="assignmentrule",
                    name="reason",
                    field=models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="audit.freetext",
                    ),
                ),
                migrations.AddField(
                    model_name="evidence",
                    name="has_preview",
                    field=models.BooleanField(default=False),
                ),
                migrations.AddField(
                    model_name="evidence",
                    name="reused",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="uses",
                        to="checklists.evidence",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="assignmentrule",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("checklist", "team", "job_role", "route", "membership"),
                        name="same_rule_only_once",
                        nulls_distinct=False,
                    ),
                ),
                migrations.AddConstraint(
                    model_name="assignmentrule",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("membership__isnull", True), ("reason__isnull", True)),
                            models.Q(
                                ("job_role__isnull", True),
                                ("membership__isnull", False),
                                ("reason__isnull", False),
                                ("route__isnull", True),
                                ("team__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="one_person_is_asked_for_a_reason",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="evidence",
                    constraint=models.UniqueConstraint(fields=("organization", "id"), name="evidence_tenant_key"),
                ),
                # The constraint's index begins with it.
                migrations.AlterField(
                    model_name="evidence",
                    name="organization",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evidence",
                        to="accounts.organization",
                    ),
                ),
                migrations.AddField(
                    model_name="upload",
                    name="item",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="checklists.item"
                    ),
                ),
                migrations.AddField(
                    model_name="upload",
                    name="membership",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="uploads", to="accounts.membership"
                    ),
                ),
                migrations.AddField(
                    model_name="upload",
                    name="organization",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="uploads",
                        to="accounts.organization",
                    ),
                ),
                migrations.AddField(
                    model_name="upload",
                    name="reason",
                    field=models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="audit.freetext"
                    ),
                ),
                migrations.AddField(
                    model_name="upload",
                    name="released_by",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AddField(
                    model_name="upload",
                    name="team",
                    field=models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.team"
                    ),
                ),
                migrations.AddIndex(
                    model_name="upload",
                    index=models.Index(fields=["organization", "added_at"], name="upload_by_age"),
                ),
                migrations.AddConstraint(
                    model_name="upload",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("reason__isnull", True), ("released_at__isnull", True), ("released_by__isnull", True)
                            ),
                            models.Q(
                                models.Q(("trouble", ""), _negated=True),
                                ("reason__isnull", False),
                                ("released_at__isnull", False),
                                ("released_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="released_upload_was_held_back",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="upload",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("discarded_at__isnull", True), models.Q(("trouble", ""), _negated=True), _connector="OR"
                        ),
                        name="discarded_upload_was_held_back",
                    ),
                ),
            ]
        ),
        tenant_foreign_keys(
            ("checklists_upload", "membership_id", "accounts_membership"),
            ("checklists_upload", "item_id", "checklists_item"),
            ("checklists_upload", "team_id", "accounts_team"),
            ("checklists_upload", "reason_id", "audit_freetext"),
            ("checklists_evidence", "reused_id", "checklists_evidence"),
            ("checklists_assignmentrule", "membership_id", "accounts_membership"),
            ("checklists_assignmentrule", "reason_id", "audit_freetext"),
        ),
        not_truncated("checklists_upload"),
        migrations.RunSQL(GUARD_UPLOAD, "DROP FUNCTION checklists_guard_upload() CASCADE;"),
        migrations.RunSQL(RULE_MOVED, RULE_MOVED_BEFORE),
        migrations.RunSQL(replaced(REQUIRED), replaced(before.REQUIRED)),
    ]
