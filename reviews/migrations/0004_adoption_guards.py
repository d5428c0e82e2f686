"""What the database guarantees of an adoption review: tenants, history, and that its status is what was signed."""

from django.db import migrations

from operations.tenancy import append_only, not_truncated, only_closes, ours_or_shipped, tenant_foreign_keys

ADOPTION = """
CREATE FUNCTION reviews_guard_adoption() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'adoption reviews are never deleted' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'running' THEN
            RAISE EXCEPTION 'an adoption review begins running' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF to_jsonb(OLD) - 'status' IS DISTINCT FROM to_jsonb(NEW) - 'status'
       OR (OLD.status <> NEW.status AND NOT (OLD.status, NEW.status) IN (
           ('running', 'go'), ('running', 'no_go'), ('running', 'ended'))) THEN
        RAISE EXCEPTION 'an adoption review only moves as its table says' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF OLD.status <> NEW.status AND NEW.status IN ('go', 'no_go') AND NOT EXISTS (
        SELECT FROM reviews_adoptionverdict verdict JOIN governance_signoff sign_off ON sign_off.id = verdict.sign_off_id
        WHERE verdict.review_id = NEW.id AND verdict.outcome = NEW.status AND sign_off.outcome = 'approved') THEN
        RAISE EXCEPTION 'a go or a no-go is signed' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reviews_guard_adoption BEFORE INSERT OR UPDATE OR DELETE ON reviews_adoptionreview
    FOR EACH ROW EXECUTE FUNCTION reviews_guard_adoption();

CREATE FUNCTION reviews_guard_verdict() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM reviews_adoptionreview WHERE id = NEW.review_id AND status = 'running' FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'only a running adoption review is decided' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NOT EXISTS (SELECT FROM governance_signoff WHERE id = NEW.sign_off_id AND organization_id = NEW.organization_id
                   AND kind = 'adoption' AND outcome = 'pending' AND sealed_at IS NOT NULL) THEN
        RAISE EXCEPTION 'a verdict is proposed with a sealed sign-off' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF EXISTS (SELECT FROM reviews_adoptionverdict other JOIN governance_signoff sign_off ON sign_off.id = other.sign_off_id
               WHERE other.review_id = NEW.review_id AND sign_off.outcome = 'pending') THEN
        RAISE EXCEPTION 'one verdict at a time waits for signatures' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reviews_guard_verdict BEFORE INSERT ON reviews_adoptionverdict
    FOR EACH ROW EXECUTE FUNCTION reviews_guard_verdict();
"""

# At commit: the status is what the newest move says, and what was signed is what it says.
STATUS = """
CREATE FUNCTION reviews_adoption_is_true() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of_review bigint;
    now_status varchar;
BEGIN
    IF TG_TABLE_NAME = 'reviews_adoptionreview' THEN
        of_review := NEW.id;
    ELSIF TG_TABLE_NAME = 'governance_signoff' THEN
        SELECT review_id INTO of_review FROM reviews_adoptionverdict WHERE sign_off_id = NEW.id;
        IF of_review IS NULL THEN
            RETURN NULL;
        END IF;
    ELSE
        of_review := NEW.review_id;
    END IF;
    SELECT status INTO now_status FROM reviews_adoptionreview WHERE id = of_review;
    IF now_status IS DISTINCT FROM (
        SELECT to_status FROM reviews_adoptionmove WHERE review_id = of_review ORDER BY id DESC LIMIT 1) THEN
        RAISE EXCEPTION 'the status of an adoption review is what its newest move says' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF EXISTS (SELECT FROM reviews_adoptionverdict verdict JOIN governance_signoff sign_off ON sign_off.id = verdict.sign_off_id
               WHERE verdict.review_id = of_review AND sign_off.outcome = 'approved' AND verdict.outcome <> now_status) THEN
        RAISE EXCEPTION 'an adoption review is what was signed' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NOT EXISTS (SELECT FROM reviews_adoptionterms WHERE review_id = of_review) THEN
        RAISE EXCEPTION 'an adoption review says what it is about' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER reviews_adoption_is_true AFTER INSERT OR UPDATE ON reviews_adoptionreview
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION reviews_adoption_is_true();
CREATE CONSTRAINT TRIGGER reviews_adoption_is_true AFTER INSERT ON reviews_adoptionmove
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION reviews_adoption_is_true();
CREATE CONSTRAINT TRIGGER reviews_adoption_is_true AFTER UPDATE ON governance_signoff
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.kind = 'adoption') EXECUTE FUNCTION reviews_adoption_is_true();
"""

# What belongs to a review is added and moved while it runs; afterwards the board is what was decided on.
RUNNING = """
CREATE FUNCTION reviews_only_while_running() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM reviews_adoptionreview WHERE id = NEW.review_id AND status = 'running') THEN
        RAISE EXCEPTION 'this adoption review is over' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
""" + "".join(
    f"CREATE TRIGGER reviews_only_while_running BEFORE INSERT ON {table}"
    " FOR EACH ROW EXECUTE FUNCTION reviews_only_while_running();\n"
    for table in (
        "reviews_adoptionterms",
        "reviews_adoptionchecklist",
        "reviews_adoptionroute",
        "reviews_boardkeeper",
        "reviews_boardday",
        "reviews_boardcomment",
    )
)

# The routes that the review running at a moment, or ending at it, is about and nothing in force decides;
# ``checklists_answers_itself`` calls it by its name.
UNDECIDED = """
CREATE FUNCTION reviews_undecided(of_organization uuid, moment timestamptz) RETURNS SETOF bigint LANGUAGE sql STABLE AS $$
    SELECT about.route_id FROM reviews_adoptionroute about
    WHERE about.organization_id = of_organization AND about.started_at <= moment
      AND (about.ended_at IS NULL OR about.ended_at > moment)
      AND 'running' = (SELECT to_status FROM reviews_adoptionmove move
                       WHERE move.review_id = about.review_id
                         AND (move.at < moment OR move.at = moment AND move.to_status = 'running')
                       ORDER BY move.id DESC LIMIT 1)
      AND NOT EXISTS (SELECT FROM governance_forceperiod period
                      WHERE period.organization_id = of_organization AND period.route_id = about.route_id
                        AND period.started_at <= moment AND (period.ended_at IS NULL OR period.ended_at > moment)
                        AND (period.lapses_at IS NULL OR period.lapses_at > moment))
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("reviews", "0003_adoption_review")]
    operations = [
        tenant_foreign_keys(
            *(
                (f"reviews_{table}", "review_id", "reviews_adoptionreview")
                for table in (
                    "adoptionterms",
                    "adoptionmove",
                    "adoptionchecklist",
                    "adoptionroute",
                    "boardkeeper",
                    "boardday",
                    "boardcomment",
                    "adoptionverdict",
                )
            ),
            ("reviews_adoptionterms", "keeper_id", "accounts_membership"),
            ("reviews_adoptionterms", "because_id", "audit_freetext"),
            ("reviews_adoptionmove", "reason_id", "audit_freetext"),
            ("reviews_adoptionchecklist", "checklist_id", "checklists_checklist"),
            ("reviews_boardkeeper", "item_id", "checklists_item"),
            ("reviews_boardkeeper", "member_id", "accounts_membership"),
            ("reviews_boardkeeper", "group_id", "accounts_signoffgroup"),
            ("reviews_boardday", "item_id", "checklists_item"),
            ("reviews_boardday", "because_id", "audit_freetext"),
            ("reviews_boardcomment", "item_id", "checklists_item"),
            ("reviews_boardcomment", "text_id", "audit_freetext"),
            ("reviews_adoptionverdict", "because_id", "audit_freetext"),
            ("reviews_adoptionverdict", "sign_off_id", "governance_signoff"),
            ("reviews_acceptedblocker", "verdict_id", "reviews_adoptionverdict"),
            ("reviews_acceptedblocker", "because_id", "audit_freetext"),
        ),
        ours_or_shipped(("reviews_adoptionroute", "route_id", "catalog_accessroute")),
        append_only(
            "reviews_adoptionterms",
            "reviews_adoptionmove",
            "reviews_adoptionchecklist",
            "reviews_boardkeeper",
            "reviews_boardday",
            "reviews_boardcomment",
            "reviews_adoptionverdict",
            "reviews_acceptedblocker",
        ),
        only_closes("reviews_adoptionroute", "ended_at", "ended_by_id"),
        not_truncated("reviews_adoptionreview"),
        migrations.RunSQL(
            ADOPTION + STATUS + RUNNING + UNDECIDED,
            "DROP FUNCTION reviews_undecided(uuid, timestamptz); DROP FUNCTION reviews_only_while_running() CASCADE;"
            "DROP FUNCTION reviews_adoption_is_true() CASCADE; DROP FUNCTION reviews_guard_verdict() CASCADE;"
            "DROP FUNCTION reviews_guard_adoption() CASCADE;",
        ),
    ]
