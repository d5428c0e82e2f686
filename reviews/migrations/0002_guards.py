"""What the database guarantees: tenants, and that what was judged stays judged."""

from django.db import migrations

from operations.tenancy import append_only, not_truncated, tenant_foreign_keys

# What ``is_waiting`` of ``reviews.queries.with_change`` says. The count is asked on every page, so its plan is kept.
WAITING = """
CREATE FUNCTION reviews_is_waiting(of_review bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM reviews_reviewfinding finding WHERE finding.review_id = of_review)
       AND EXISTS (
            SELECT FROM reviews_review review
            LEFT JOIN governance_routedecision reviewed ON reviewed.id = review.decision_id
            WHERE review.id = of_review AND (
                EXISTS (SELECT FROM governance_routedecision revision
                        WHERE revision.organization_id = reviewed.organization_id
                          AND revision.route_id = reviewed.route_id AND revision.status IN ('draft', 'submitted'))
                OR EXISTS (SELECT FROM checklists_checklistversion draft
                           WHERE draft.checklist_id = review.checklist_id AND draft.status = 'draft')))
$$;
CREATE FUNCTION reviews_waiting_for(of_organization uuid, member bigint) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF accounts_keeper(of_organization, member) IS DISTINCT FROM member THEN
        RETURN 0;  -- who can keep nothing has nothing to look at
    END IF;
    RETURN (SELECT count(*) FROM reviews_review review
            WHERE organization_id = of_organization AND closed_at IS NULL AND NOT reviews_is_waiting(review.id)
              AND accounts_keeper(organization_id, keeper_id) = member)
         + (SELECT count(DISTINCT fact_key) FROM reviews_changeassessment
            WHERE organization_id = of_organization AND verdict = ''
              AND accounts_keeper(organization_id, keeper_id) = member);
END $$;
"""

# When each decision in force at a moment is looked at next, from history alone; late is a review whose day has passed.
# ``checklists_answers_itself`` calls it by its name.
NEXT_DAYS = """
CREATE FUNCTION reviews_next_days(of_organization uuid, moment timestamptz)
RETURNS TABLE (decision_id bigint, next_on date, is_late boolean) LANGUAGE sql STABLE AS $$
    SELECT decision.id,
           coalesce(asked.due_on, (coalesce(closed.at, period.since) AT TIME ZONE organization.timezone
                                   + decision.review_months * interval '1 month')::date),
           coalesce(asked.due_on < (moment AT TIME ZONE organization.timezone)::date, false)
    FROM accounts_organization organization
    JOIN governance_routedecision decision ON decision.organization_id = organization.id
    JOIN LATERAL (
        SELECT min(started_at) AS since FROM governance_forceperiod
        WHERE decision_id = decision.id AND started_at <= moment
        HAVING bool_or((ended_at IS NULL OR ended_at > moment) AND (lapses_at IS NULL OR lapses_at > moment))
    ) period ON true
    LEFT JOIN LATERAL (
        SELECT max(closed_at) AS at FROM reviews_review WHERE decision_id = decision.id AND closed_at <= moment
    ) closed ON true
    LEFT JOIN reviews_review asked ON asked.decision_id = decision.id AND asked.opened_at <= moment
         AND (asked.closed_at IS NULL OR asked.closed_at > moment)
    WHERE organization.id = of_organization AND decision.sign_off_id IS NOT NULL
$$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("reviews", "0001_initial"),
        ("governance", "0002_reach_and_guards"),
        ("checklists", "0002_current_and_settling"),
    ]
    operations = [
        tenant_foreign_keys(
            ("reviews_review", "decision_id", "governance_routedecision"),
            ("reviews_review", "checklist_id", "checklists_checklist"),
            ("reviews_review", "keeper_id", "accounts_membership"),
            ("reviews_review", "because_id", "audit_freetext"),
            ("reviews_reviewfinding", "review_id", "reviews_review"),
            ("reviews_reviewfinding", "because_id", "audit_freetext"),
            ("reviews_reviewfinding", "version_id", "checklists_checklistversion"),
            ("reviews_reviewschedule", "decision_id", "governance_routedecision"),
            ("reviews_reviewschedule", "checklist_id", "checklists_checklist"),
            ("reviews_changeassessment", "keeper_id", "accounts_membership"),
            ("reviews_changeassessment", "because_id", "audit_freetext"),
            ("reviews_changeassessment", "reopening_id", "audit_reopening"),
        ),
        migrations.RunSQL(
            """
CREATE FUNCTION reviews_guard_closed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    settled text[] := ARRAY['closed_at', 'closed_by_id', 'outcome', 'because_id', 'judged_at', 'judged_by_id', 'verdict', 'reopening_id'];
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'reviews are never deleted' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF to_jsonb(OLD) - settled <> to_jsonb(NEW) - settled THEN
        RAISE EXCEPTION 'only the judgement is written, once' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF (to_jsonb(OLD) ->> 'closed_at') IS NOT NULL OR (to_jsonb(OLD) ->> 'judged_at') IS NOT NULL THEN
        RAISE EXCEPTION 'what was closed stays as it was' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reviews_guard_review BEFORE UPDATE OR DELETE ON reviews_review
    FOR EACH ROW EXECUTE FUNCTION reviews_guard_closed();
CREATE TRIGGER reviews_guard_assessment BEFORE UPDATE OR DELETE ON reviews_changeassessment
    FOR EACH ROW EXECUTE FUNCTION reviews_guard_closed();
""",
            "DROP FUNCTION reviews_guard_closed() CASCADE;",
        ),
        migrations.RunSQL(
            WAITING + NEXT_DAYS,
            "DROP FUNCTION reviews_next_days(uuid, timestamptz);"
            "DROP FUNCTION reviews_waiting_for(uuid, bigint); DROP FUNCTION reviews_is_waiting(bigint);",
        ),
        append_only("reviews_reviewfinding"),
        not_truncated("reviews_review", "reviews_changeassessment"),
    ]
