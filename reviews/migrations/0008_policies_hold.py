"""What holds of judged policies whoever writes: weeks, days, verdicts on what is asked, versions of the same source."""

from django.db import migrations, models
from django.db.models import Q

# Neither is a week closed, nor is a doubt left in a closed one, while a clause of it is to be judged; looked at, at commit, one
# week or one clause at a time.
OPEN_WEEK = """
CREATE FUNCTION reviews_is_to_be_judged(of_clause reviews_clausechange) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT of_clause.asked <> '' AND of_clause.replaced_at IS NULL AND coalesce((
        SELECT verdict.verdict FROM reviews_clauseverdict said JOIN reviews_policyverdict verdict ON verdict.id = said.verdict_id
        WHERE said.clause_id = of_clause.id ORDER BY said.id DESC LIMIT 1), 'legal') = 'legal'
$$;
CREATE FUNCTION reviews_guard_closed_week() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    is_left boolean;
BEGIN
    IF TG_TABLE_NAME = 'reviews_policyassessment' THEN
        is_left := EXISTS (SELECT FROM reviews_clausechange clause JOIN reviews_policyassessment week ON week.id = clause.assessment_id
                           WHERE week.id = NEW.id AND week.closed_at IS NOT NULL AND reviews_is_to_be_judged(clause));
    ELSE
        is_left := EXISTS (SELECT FROM reviews_clausechange clause JOIN reviews_policyassessment week ON week.id = clause.assessment_id
                           WHERE clause.id = (to_jsonb(NEW) ->> TG_ARGV[0])::bigint AND week.closed_at IS NOT NULL
                             AND reviews_is_to_be_judged(clause));
    END IF;
    IF is_left THEN
        RAISE EXCEPTION 'a week is closed when every clause of it is judged' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER reviews_guard_closed_week AFTER UPDATE OF closed_at ON reviews_policyassessment
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.closed_at IS NOT NULL) EXECUTE FUNCTION reviews_guard_closed_week();
CREATE CONSTRAINT TRIGGER reviews_guard_closed_week AFTER INSERT OR UPDATE OF assessment_id ON reviews_clausechange
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.assessment_id IS NOT NULL)
    EXECUTE FUNCTION reviews_guard_closed_week('id');
CREATE CONSTRAINT TRIGGER reviews_guard_closed_week AFTER INSERT ON reviews_clauseverdict
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION reviews_guard_closed_week('clause_id');
"""
ASKED = """
CREATE FUNCTION reviews_guard_clause_verdict() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM reviews_clausechange WHERE id = NEW.clause_id AND (asked = '' OR replaced_at IS NOT NULL)) THEN
        RAISE EXCEPTION 'only what is asked, and was not replaced, is judged' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reviews_guard_clause_verdict BEFORE INSERT ON reviews_clauseverdict
    FOR EACH ROW EXECUTE FUNCTION reviews_guard_clause_verdict();
"""
SAME_SOURCE = """
CREATE FUNCTION reviews_guard_versions_of_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM catalog_policyversion
               WHERE id IN (NEW.old_version_id, NEW.new_version_id) AND source_id <> NEW.source_id) THEN
        RAISE EXCEPTION 'what became of a policy is told by its own versions' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reviews_guard_versions_of_change BEFORE INSERT OR UPDATE OF new_version_id ON reviews_policychange
    FOR EACH ROW EXECUTE FUNCTION reviews_guard_versions_of_change();
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0011_suggestions"), ("reviews", "0007_policies")]

    operations = [
        migrations.AlterField(model_name="clausechange", name="anchor", field=models.TextField()),
        migrations.RemoveConstraint(model_name="policyverdict", name="only_material_has_a_day"),
        migrations.AddConstraint(
            model_name="policyverdict",
            constraint=models.CheckConstraint(
                name="material_has_a_day_and_nothing_else",
                condition=Q(verdict="material", due_on__isnull=False)
                | Q(verdict__in=["editorial", "legal"], due_on__isnull=True, green_at__isnull=True),
            ),
        ),
        migrations.AddConstraint(
            model_name="policyassessment",
            constraint=models.CheckConstraint(name="week_begins_on_a_monday", condition=Q(week_on__iso_week_day=1)),
        ),
        migrations.RunSQL(
            OPEN_WEEK,
            "DROP FUNCTION reviews_guard_closed_week() CASCADE; DROP FUNCTION reviews_is_to_be_judged(reviews_clausechange);",
        ),
        migrations.RunSQL(ASKED, "DROP FUNCTION reviews_guard_clause_verdict() CASCADE;"),
        migrations.RunSQL(SAME_SOURCE, "DROP FUNCTION reviews_guard_versions_of_change() CASCADE;"),
    ]
