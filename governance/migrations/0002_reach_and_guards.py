"""Whom a decision reaches, as a query, and what the database refuses, in plain SQL."""

from django.db import migrations

from operations.tenancy import append_only, only_closes, ours_or_shipped, tenant_foreign_keys

# Decisions in force at a moment and since when, unfolded to the teams and job roles their lines name; null reaches all.
REACH = """
CREATE FUNCTION governance_reach(of_organization uuid, moment timestamptz)
RETURNS TABLE (decision_id bigint, route_id bigint, outcome varchar, team_id bigint, job_role_id bigint, since timestamptz)
LANGUAGE sql STABLE AS $$
    SELECT decision.id, decision.route_id, decision.outcome, line_team.team_id, line_role.job_role_id, period.started_at
    FROM governance_forceperiod period
    JOIN governance_routedecision decision ON decision.id = period.decision_id
    JOIN governance_scopeline line ON line.decision_id = decision.id
    LEFT JOIN governance_scopelineteam line_team ON line_team.line_id = line.id
    LEFT JOIN governance_scopelinejobrole line_role ON line_role.line_id = line.id
    WHERE period.organization_id = of_organization AND period.started_at <= moment
      AND (period.ended_at IS NULL OR period.ended_at > moment)
      AND (period.lapses_at IS NULL OR period.lapses_at > moment)
$$;
"""

# Asked on every page, so their plans are kept: planned anew each time, they took longer to plan than to run.
OF_ONE_PERSON = """
CREATE FUNCTION governance_covering(of_organization uuid, of_team bigint, of_job_role bigint, moment timestamptz)
RETURNS SETOF bigint LANGUAGE plpgsql STABLE ROWS 5 AS $$
BEGIN
    RETURN QUERY SELECT reach.decision_id FROM governance_reach(of_organization, moment) reach
        WHERE (reach.team_id IS NULL OR reach.team_id = of_team)
          AND (reach.job_role_id IS NULL OR reach.job_role_id = of_job_role);
END $$;

-- The stages that wait for this user's word: theirs to sign, all earlier ones signed, not yet decided. Who may sign is
-- frozen at submission: whoever leaves the group afterwards still signs what names them. Pages and notices ask this.
CREATE FUNCTION governance_waiting_for(of_organization uuid, of_user uuid)
RETURNS SETOF bigint LANGUAGE plpgsql STABLE ROWS 5 AS $$
BEGIN
    RETURN QUERY SELECT stage.id FROM governance_signoffstage stage
        JOIN governance_signoff sign_off ON sign_off.id = stage.sign_off_id
        JOIN governance_signoffparty party ON party.stage_id = stage.id
        WHERE sign_off.organization_id = of_organization AND sign_off.outcome = 'pending' AND sign_off.sealed_at IS NOT NULL
          AND party.user_id = of_user AND party.may_sign
          AND NOT EXISTS (
              SELECT FROM governance_signature said
              WHERE said.stage_id = stage.id OR (said.sign_off_id = stage.sign_off_id AND said.user_id = of_user))
          AND NOT EXISTS (
              SELECT FROM governance_signoffstage before
              LEFT JOIN governance_signature said ON said.stage_id = before.id
              WHERE before.sign_off_id = stage.sign_off_id AND before.position < stage.position AND said.id IS NULL)
          AND NOT EXISTS (
              SELECT FROM governance_signoffparty barred
              JOIN governance_signoffstage other ON other.id = barred.stage_id
              WHERE other.sign_off_id = stage.sign_off_id AND barred.user_id = of_user AND NOT barred.may_sign);
END $$;

-- The questions that wait for this member's answer: asked of them, or of somebody for whom they stand in.
CREATE FUNCTION governance_questions_for(of_organization uuid, member bigint)
RETURNS SETOF bigint LANGUAGE plpgsql STABLE ROWS 5 AS $$
BEGIN
    IF accounts_keeper(of_organization, member) IS DISTINCT FROM member THEN
        RETURN;  -- who can keep nothing is asked nothing
    END IF;
    RETURN QUERY SELECT question.id FROM governance_question question
        WHERE question.organization_id = of_organization AND question.answered_at IS NULL
          AND coalesce(question.contact_id, 0) IN (
              SELECT asked.contact FROM (
                  SELECT DISTINCT coalesce(contact_id, 0) AS contact FROM governance_question
                  WHERE organization_id = of_organization AND answered_at IS NULL) asked
              WHERE accounts_keeper(of_organization, asked.contact) = member);
END $$;
"""

DECISION = """
CREATE FUNCTION governance_guard_decision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'decisions are never deleted' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'draft' THEN
            RAISE EXCEPTION 'a decision begins as a draft' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.status <> 'draft'
       AND to_jsonb(OLD) - 'status' IS DISTINCT FROM to_jsonb(NEW) - 'status' THEN
        RAISE EXCEPTION 'a submitted decision is frozen' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF OLD.status <> NEW.status AND NOT (OLD.status, NEW.status) IN (
        ('draft', 'submitted'), ('draft', 'withdrawn'),
        ('submitted', 'approved'), ('submitted', 'changes_asked'), ('submitted', 'rejected'), ('submitted', 'withdrawn'),
        ('approved', 'suspended'), ('approved', 'superseded'), ('approved', 'retired'), ('approved', 'expired'),
        ('suspended', 'approved'), ('suspended', 'superseded'), ('suspended', 'retired'), ('suspended', 'expired')) THEN
        RAISE EXCEPTION 'a decision does not move from % to %', OLD.status, NEW.status
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF OLD.status = 'submitted' AND NEW.status <> 'submitted' AND NOT EXISTS (
        SELECT FROM governance_signoff WHERE id = NEW.sign_off_id AND outcome = NEW.status) THEN
        RAISE EXCEPTION 'a submitted decision moves only as its sign-off ended' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.status = 'submitted' AND OLD.status = 'draft' AND NOT EXISTS (
        SELECT FROM governance_signoff
        WHERE id = NEW.sign_off_id AND kind = 'decision' AND outcome = 'pending' AND sealed_at IS NOT NULL) THEN
        RAISE EXCEPTION 'a decision is submitted with a sealed sign-off' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER governance_guard_decision BEFORE INSERT OR UPDATE OR DELETE ON governance_routedecision
    FOR EACH ROW EXECUTE FUNCTION governance_guard_decision();

CREATE FUNCTION governance_guard_line() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    lines bigint[];
BEGIN
    IF TG_TABLE_NAME = 'governance_scopeline' THEN
        IF EXISTS (SELECT FROM governance_routedecision WHERE status <> 'draft'
                   AND id IN (CASE WHEN TG_OP = 'DELETE' THEN OLD.decision_id ELSE NEW.decision_id END,
                              CASE WHEN TG_OP = 'INSERT' THEN NEW.decision_id ELSE OLD.decision_id END)) THEN
            RAISE EXCEPTION 'the scope of a submitted decision is frozen' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    ELSE
        lines := ARRAY[CASE WHEN TG_OP = 'DELETE' THEN OLD.line_id ELSE NEW.line_id END,
                       CASE WHEN TG_OP = 'INSERT' THEN NEW.line_id ELSE OLD.line_id END];
        IF EXISTS (SELECT FROM governance_scopeline line JOIN governance_routedecision decision
                   ON decision.id = line.decision_id AND decision.status <> 'draft' WHERE line.id = ANY (lines)) THEN
            RAISE EXCEPTION 'the scope of a submitted decision is frozen' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
""" + "".join(
    f"CREATE TRIGGER {table}_is_frozen BEFORE INSERT OR UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION governance_guard_line();\n"
    for table in (
        "governance_scopeline",
        "governance_scopelineteam",
        "governance_scopelinejobrole",
        "governance_scopelinedataclass",
    )
)

SIGN_OFF = """
CREATE FUNCTION governance_guard_sign_off() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'sign-offs are never deleted' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.outcome <> 'pending' OR NEW.sealed_at IS NOT NULL THEN
            RAISE EXCEPTION 'a sign-off begins pending and open' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        IF NOT EXISTS (SELECT FROM audit_snapshot WHERE id = NEW.snapshot_id AND content::json ->> 'kind' = NEW.kind
                       AND left(content::json ->> 'title', 300) = NEW.title) THEN
            RAISE EXCEPTION 'a sign-off is called what its snapshot calls it' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF to_jsonb(OLD) - '{outcome,closed_at,sealed_at}'::text[] IS DISTINCT FROM to_jsonb(NEW) - '{outcome,closed_at,sealed_at}'::text[]
       OR OLD.outcome <> 'pending'
       OR (OLD.sealed_at IS NOT NULL AND NEW.sealed_at IS DISTINCT FROM OLD.sealed_at) THEN
        RAISE EXCEPTION 'a sign-off is frozen, and a closed one stays closed' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.outcome = 'approved' AND (
        NOT EXISTS (SELECT FROM governance_signoffstage WHERE sign_off_id = NEW.id)
        OR EXISTS (SELECT FROM governance_signoffstage stage WHERE stage.sign_off_id = NEW.id AND NOT EXISTS (
            SELECT FROM governance_signature WHERE stage_id = stage.id AND sign_off_id = NEW.id AND word = 'signed'))) THEN
        RAISE EXCEPTION 'approved means that every stage is signed' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.outcome IN ('changes_asked', 'rejected') AND NOT EXISTS (
        SELECT FROM governance_signature WHERE sign_off_id = NEW.id AND word = NEW.outcome) THEN
        RAISE EXCEPTION 'no signature says so' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER governance_guard_sign_off BEFORE INSERT OR UPDATE OR DELETE ON governance_signoff
    FOR EACH ROW EXECUTE FUNCTION governance_guard_sign_off();

CREATE FUNCTION governance_guard_sealed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of_sign_off bigint;
BEGIN
    IF TG_TABLE_NAME = 'governance_signoffstage' THEN
        of_sign_off := NEW.sign_off_id;
    ELSE
        SELECT sign_off_id INTO of_sign_off FROM governance_signoffstage WHERE id = NEW.stage_id;
    END IF;
    IF EXISTS (SELECT FROM governance_signoff WHERE id = of_sign_off AND sealed_at IS NOT NULL) THEN
        RAISE EXCEPTION 'who may sign is frozen at submission' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER governance_stage_before_seal BEFORE INSERT ON governance_signoffstage
    FOR EACH ROW EXECUTE FUNCTION governance_guard_sealed();
CREATE TRIGGER governance_party_before_seal BEFORE INSERT ON governance_signoffparty
    FOR EACH ROW EXECUTE FUNCTION governance_guard_sealed();

CREATE FUNCTION governance_guard_signature() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    submission record;
    at_stage record;
    to_be_signed bigint;
BEGIN
    SELECT * INTO submission FROM governance_signoff WHERE id = NEW.sign_off_id FOR UPDATE;
    SELECT coalesce((SELECT said.onward_snapshot_id FROM governance_signature said
                     JOIN governance_signoffstage stage ON stage.id = said.stage_id
                     WHERE said.sign_off_id = NEW.sign_off_id AND said.onward_snapshot_id IS NOT NULL
                     ORDER BY stage.position DESC LIMIT 1), submission.snapshot_id) INTO to_be_signed;
    SELECT * INTO at_stage FROM governance_signoffstage WHERE id = NEW.stage_id;
    IF submission.outcome <> 'pending' OR submission.sealed_at IS NULL THEN
        RAISE EXCEPTION 'this sign-off is not waiting for signatures' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF at_stage.sign_off_id <> NEW.sign_off_id OR NEW.snapshot_id <> to_be_signed
       OR NEW.organization_id <> submission.organization_id THEN
        RAISE EXCEPTION 'a signature belongs to its submission and its snapshot' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NOT EXISTS (SELECT FROM accounts_membership WHERE id = NEW.membership_id AND user_id = NEW.user_id
                   AND organization_id = NEW.organization_id) THEN
        RAISE EXCEPTION 'the signer is this member' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF EXISTS (SELECT FROM governance_signoffstage earlier WHERE earlier.sign_off_id = NEW.sign_off_id
               AND earlier.position < at_stage.position AND NOT EXISTS (
                   SELECT FROM governance_signature WHERE stage_id = earlier.id AND word = 'signed')) THEN
        RAISE EXCEPTION 'an earlier stage has not signed yet' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NOT EXISTS (SELECT FROM governance_signoffparty WHERE stage_id = NEW.stage_id AND user_id = NEW.user_id AND may_sign)
       OR EXISTS (SELECT FROM governance_signoffparty party JOIN governance_signoffstage stage ON stage.id = party.stage_id
                  WHERE stage.sign_off_id = NEW.sign_off_id AND party.user_id = NEW.user_id AND NOT party.may_sign) THEN
        RAISE EXCEPTION 'this person may not sign this stage' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF submission.is_sole THEN
        IF NEW.user_id <> submission.submitted_by_id OR 1 <> (
            SELECT count(*) FROM accounts_accessperiod WHERE organization_id = NEW.organization_id AND ended_at IS NULL) THEN
            RAISE EXCEPTION 'only the one person of an organization of one approves alone' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    ELSIF NEW.user_id = submission.submitted_by_id OR EXISTS (
        SELECT FROM governance_routedecision decision JOIN governance_decisioneditor editor ON editor.decision_id = decision.id
        WHERE decision.sign_off_id = NEW.sign_off_id AND editor.user_id = NEW.user_id) THEN
        RAISE EXCEPTION 'nobody signs what they proposed or edited' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER governance_guard_signature BEFORE INSERT ON governance_signature
    FOR EACH ROW EXECUTE FUNCTION governance_guard_signature();
"""

# A decision comes into force only while approved.
FORCE = """
CREATE FUNCTION governance_guard_force() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM governance_routedecision WHERE id = NEW.decision_id AND status = 'approved'
                   AND route_id = NEW.route_id AND organization_id = NEW.organization_id) THEN
        RAISE EXCEPTION 'only an approved decision is in force' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER governance_guard_force BEFORE INSERT ON governance_forceperiod
    FOR EACH ROW EXECUTE FUNCTION governance_guard_force();
"""

UNDO = """
DROP FUNCTION governance_guard_force() CASCADE;
DROP FUNCTION governance_guard_signature() CASCADE;
DROP FUNCTION governance_guard_sealed() CASCADE;
DROP FUNCTION governance_guard_sign_off() CASCADE;
DROP FUNCTION governance_guard_line() CASCADE;
DROP FUNCTION governance_guard_decision() CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("governance", "0001_initial"),
        ("accounts", "0004_who_keeps"),
        ("audit", "0002_chain_and_refusals"),
    ]
    operations = [
        tenant_foreign_keys(
            ("governance_routedecision", "keeper_id", "accounts_membership"),
            ("governance_routedecision", "sign_off_id", "governance_signoff"),
            ("governance_decisioneditor", "decision_id", "governance_routedecision"),
            ("governance_decisionmove", "decision_id", "governance_routedecision"),
            ("governance_decisionmove", "reason_id", "audit_freetext"),
            ("governance_forceperiod", "decision_id", "governance_routedecision"),
            ("governance_scopeline", "decision_id", "governance_routedecision"),
            ("governance_scopelineteam", "line_id", "governance_scopeline"),
            ("governance_scopelineteam", "team_id", "accounts_team"),
            ("governance_scopelinejobrole", "line_id", "governance_scopeline"),
            ("governance_scopelinejobrole", "job_role_id", "accounts_jobrole"),
            ("governance_scopelinedataclass", "line_id", "governance_scopeline"),
            ("governance_scopelinedataclass", "data_class_id", "governance_dataclass"),
            ("governance_signoff", "snapshot_id", "audit_snapshot"),
            ("governance_signoffstage", "sign_off_id", "governance_signoff"),
            ("governance_signoffstage", "group_id", "accounts_signoffgroup"),
            ("governance_signoffparty", "stage_id", "governance_signoffstage"),
            ("governance_signature", "sign_off_id", "governance_signoff"),
            ("governance_signature", "stage_id", "governance_signoffstage"),
            ("governance_signature", "membership_id", "accounts_membership"),
            ("governance_signature", "snapshot_id", "audit_snapshot"),
            ("governance_signature", "onward_snapshot_id", "audit_snapshot"),
            ("governance_signature", "comment_id", "audit_freetext"),
            ("governance_question", "asked_by_id", "accounts_membership"),
            ("governance_question", "contact_id", "accounts_membership"),
            ("governance_question", "text_id", "audit_freetext"),
            ("governance_question", "answer_id", "audit_freetext"),
        ),
        ours_or_shipped(("governance_routedecision", "route_id", "catalog_accessroute")),
        append_only(
            "governance_decisioneditor",
            "governance_decisionmove",
            "governance_signoffstage",
            "governance_signoffparty",
            "governance_signature",
        ),
        only_closes("governance_forceperiod", "ended_at"),
        only_closes("governance_question", "answered_at", "answered_by_id", "answer_id", "contact_id"),
        migrations.RunSQL(REACH, "DROP FUNCTION governance_reach(uuid, timestamptz);"),
        migrations.RunSQL(
            OF_ONE_PERSON,
            "DROP FUNCTION governance_covering(uuid, bigint, bigint, timestamptz);"
            "DROP FUNCTION governance_waiting_for(uuid, uuid);"
            "DROP FUNCTION governance_questions_for(uuid, bigint);",
        ),
        migrations.RunSQL(DECISION + SIGN_OFF + FORCE, UNDO),
    ]
