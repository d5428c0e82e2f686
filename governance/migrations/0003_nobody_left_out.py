"""What the first guards left open, in plain SQL: who has left, empty scopes, and statuses that say less than the rows."""

from django.db import migrations

from operations.tenancy import not_truncated

# Seal and submission: somebody can sign each stage, and the scope says for whom.
SUBMISSION = """
CREATE FUNCTION governance_guard_seal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.sealed_at IS NOT NULL AND OLD.sealed_at IS NULL AND (
        NOT EXISTS (SELECT FROM governance_signoffstage WHERE sign_off_id = NEW.id)
        OR EXISTS (SELECT FROM governance_signoffstage stage WHERE stage.sign_off_id = NEW.id AND NOT EXISTS (
            SELECT FROM governance_signoffparty party WHERE party.stage_id = stage.id AND party.may_sign))) THEN
        RAISE EXCEPTION 'every stage has somebody who may sign it' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.sealed_at IS NOT NULL AND OLD.sealed_at IS NULL AND NOT NEW.is_sole AND EXISTS (
        SELECT FROM governance_signoffparty party JOIN governance_signoffstage stage ON stage.id = party.stage_id
        WHERE stage.sign_off_id = NEW.id AND party.may_sign AND party.user_id = NEW.submitted_by_id) THEN
        RAISE EXCEPTION 'nobody signs what they submitted' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER governance_guard_seal BEFORE UPDATE ON governance_signoff
    FOR EACH ROW EXECUTE FUNCTION governance_guard_seal();

CREATE FUNCTION governance_guard_submission() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status = 'draft' AND NEW.status = 'submitted' THEN
        IF NOT EXISTS (SELECT FROM governance_scopeline WHERE decision_id = NEW.id) THEN
            RAISE EXCEPTION 'a submitted decision says for whom' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        IF NOT (SELECT is_sole FROM governance_signoff WHERE id = NEW.sign_off_id) AND EXISTS (
            SELECT FROM governance_signoffparty party
            JOIN governance_signoffstage stage ON stage.id = party.stage_id AND stage.sign_off_id = NEW.sign_off_id
            WHERE party.may_sign AND (party.user_id = NEW.proposed_by_id OR EXISTS (
                SELECT FROM governance_decisioneditor editor
                WHERE editor.decision_id = NEW.id AND editor.user_id = party.user_id))) THEN
            RAISE EXCEPTION 'nobody signs what they proposed or edited' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER governance_guard_submission BEFORE UPDATE ON governance_routedecision
    FOR EACH ROW EXECUTE FUNCTION governance_guard_submission();
"""

# Only who belongs to the organization signs, and never the proposer of the revision, whoever submitted it.
SIGNER = """
CREATE FUNCTION governance_guard_signer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM accounts_accessperiod
                   WHERE membership_id = NEW.membership_id AND ended_at IS NULL) THEN
        RAISE EXCEPTION 'a former member signs nothing' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF EXISTS (SELECT FROM governance_routedecision decision JOIN governance_signoff submission
               ON submission.id = decision.sign_off_id AND NOT submission.is_sole
               WHERE decision.sign_off_id = NEW.sign_off_id AND decision.proposed_by_id = NEW.user_id) THEN
        RAISE EXCEPTION 'nobody signs what they proposed or edited' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER governance_guard_signer BEFORE INSERT ON governance_signature
    FOR EACH ROW EXECUTE FUNCTION governance_guard_signer();
"""

# At commit: the status is what the newest move says, and in force means exactly that a force period is open.
STATUS = """
CREATE FUNCTION governance_status_is_true() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of_decision bigint;
    now_status varchar;
BEGIN
    IF TG_TABLE_NAME = 'governance_routedecision' THEN
        of_decision := NEW.id;
    ELSE
        of_decision := NEW.decision_id;
    END IF;
    SELECT status INTO now_status FROM governance_routedecision WHERE id = of_decision;
    IF now_status IS DISTINCT FROM (
        SELECT to_status FROM governance_decisionmove WHERE decision_id = of_decision ORDER BY id DESC LIMIT 1) THEN
        RAISE EXCEPTION 'the status of a decision is what its newest move says' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF (now_status = 'approved') <> EXISTS (
        SELECT FROM governance_forceperiod WHERE decision_id = of_decision AND ended_at IS NULL) THEN
        RAISE EXCEPTION 'an approved decision, and no other, is in force' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER governance_status_is_true AFTER INSERT OR UPDATE ON governance_routedecision
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION governance_status_is_true();
CREATE CONSTRAINT TRIGGER governance_status_is_true AFTER INSERT ON governance_decisionmove
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION governance_status_is_true();
CREATE CONSTRAINT TRIGGER governance_status_is_true AFTER INSERT OR UPDATE ON governance_forceperiod
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION governance_status_is_true();
"""

KEPT = (
    "governance_routedecision",
    "governance_signoff",
    "governance_scopeline",
    "governance_scopelineteam",
    "governance_scopelinejobrole",
    "governance_scopelinedataclass",
)


class Migration(migrations.Migration):
    dependencies = [("governance", "0002_reach_and_guards")]
    operations = [
        migrations.RunSQL(
            SUBMISSION + SIGNER + STATUS,
            "DROP FUNCTION governance_status_is_true() CASCADE; DROP FUNCTION governance_guard_signer() CASCADE;"
            "DROP FUNCTION governance_guard_submission() CASCADE; DROP FUNCTION governance_guard_seal() CASCADE;",
        ),
        not_truncated(*KEPT),
    ]
