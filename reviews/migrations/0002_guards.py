"""What the database guarantees: tenants, and that what was judged stays judged."""

from django.db import migrations

from operations.tenancy import append_only, not_truncated, tenant_foreign_keys


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
        append_only("reviews_reviewfinding"),
        not_truncated("reviews_review", "reviews_changeassessment"),
    ]
