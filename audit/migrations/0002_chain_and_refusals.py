"""The chain, written at commit, and the refusals, in plain SQL: no session setting of an application role turns them off."""

from django.db import migrations

from operations.tenancy import tenant_foreign_keys

CHAIN = """
CREATE FUNCTION audit_line(event audit_auditevent) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT convert_to(jsonb_build_array(
        event.id::text, coalesce(event.organization_id::text, ''),
        (extract(epoch FROM event.at) * 1000000)::bigint::text,
        coalesce(event.actor_id::text, ''), event.action, event.target, event.data)::text, 'UTF8')
$$;

CREATE FUNCTION audit_chain() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of_chain uuid := coalesce(NEW.organization_id, '00000000-0000-0000-0000-000000000000'::uuid);
    head record;
    before bytea := ''::bytea;
    at_position bigint := 1;
BEGIN
    PERFORM pg_advisory_xact_lock(1463898964, hashtext(of_chain::text));
    SELECT position, hash INTO head FROM audit_auditlink WHERE chain = of_chain ORDER BY position DESC LIMIT 1;
    IF FOUND THEN
        before := head.hash;
        at_position := head.position + 1;
    END IF;
    INSERT INTO audit_auditlink (chain, position, event_id, previous, hash)
    VALUES (of_chain, at_position, NEW.id, before, sha256(before || audit_line(NEW)));
    RETURN NULL;
END $$;

CREATE FUNCTION audit_link_by_trigger_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'links are written by the chain''s own trigger only'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER audit_link_by_trigger_only BEFORE INSERT ON audit_auditlink
    FOR EACH ROW EXECUTE FUNCTION audit_link_by_trigger_only();

CREATE CONSTRAINT TRIGGER audit_event_is_chained AFTER INSERT ON audit_auditevent
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_chain();
"""

REFUSALS = """
CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: these rows are append-only', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
""" + "".join(
    f"""
CREATE TRIGGER {table}_is_append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER {table}_is_not_truncated BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
"""
    for table in (
        "audit_auditevent",
        "audit_auditlink",
        "audit_snapshot",
        "audit_basis",
        "audit_reopening",
        "audit_withdrawal",
        "audit_auditanchor",
    )
)

FREE_TEXT = """
CREATE FUNCTION audit_text_only_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL
       AND NEW.body IS NULL AND NEW.salt IS NULL
       AND (NEW.id, NEW.organization_id, NEW.sha256) = (OLD.id, OLD.organization_id, OLD.sha256) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% on audit_freetext is refused: a text may only be erased', TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER audit_freetext_only_erased BEFORE UPDATE OR DELETE ON audit_freetext
    FOR EACH ROW EXECUTE FUNCTION audit_text_only_erased();
CREATE TRIGGER audit_freetext_is_not_truncated BEFORE TRUNCATE ON audit_freetext
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
ALTER TABLE audit_freetext ADD CONSTRAINT text_matches_its_digest
    CHECK (body IS NULL OR sha256 = encode(sha256(salt || convert_to(body, 'UTF8')), 'hex'));
ALTER TABLE audit_snapshot ADD CONSTRAINT snapshot_matches_its_hash
    CHECK (sha256 = encode(sha256(convert_to(content, 'UTF8')), 'hex'));
"""

UNDO_FREE_TEXT = """
ALTER TABLE audit_snapshot DROP CONSTRAINT snapshot_matches_its_hash;
ALTER TABLE audit_freetext DROP CONSTRAINT text_matches_its_digest;
DROP TRIGGER audit_freetext_is_not_truncated ON audit_freetext;
DROP TRIGGER audit_freetext_only_erased ON audit_freetext;
DROP FUNCTION audit_text_only_erased();
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [
        migrations.RunSQL(
            CHAIN,
            "DROP TRIGGER audit_event_is_chained ON audit_auditevent; DROP FUNCTION audit_chain();"
            "DROP FUNCTION audit_line(audit_auditevent);"
            "DROP TRIGGER audit_link_by_trigger_only ON audit_auditlink; DROP FUNCTION audit_link_by_trigger_only();",
        ),
        migrations.RunSQL(REFUSALS, "DROP FUNCTION audit_refuse() CASCADE;"),
        migrations.RunSQL(FREE_TEXT, UNDO_FREE_TEXT),
        tenant_foreign_keys(
            ("audit_basis", "snapshot_id", "audit_snapshot"),
            ("audit_reopening", "undoes_id", "audit_reopening"),
            ("audit_withdrawal", "reopening_id", "audit_reopening"),
            ("audit_withdrawal", "snapshot_id", "audit_snapshot"),
        ),
    ]
