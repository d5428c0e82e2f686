"""An organization that has an owner keeps one: refused at commit, also in raw SQL and when two leave at once."""

from django.db import migrations

AN_OWNER_STAYS = """
CREATE FUNCTION accounts_an_owner_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Two owners who go at the same moment wait here for each other; the second sees that the first has gone.
    PERFORM 1 FROM accounts_organization WHERE id = OLD.organization_id FOR NO KEY UPDATE;
    IF NOT EXISTS (
        SELECT 1 FROM accounts_accessperiod
        WHERE organization_id = OLD.organization_id AND level = 'owner' AND ended_at IS NULL
    ) THEN
        RAISE EXCEPTION 'the last owner of an organization cannot leave'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER accounts_an_owner_stays AFTER UPDATE ON accounts_accessperiod
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.level = 'owner' AND OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL)
    EXECUTE FUNCTION accounts_an_owner_stays();
"""

# Half of the product counts days by AT TIME ZONE: a name that PostgreSQL doesn't know would stop it for everybody.
ZONES = """
ALTER TABLE accounts_organization ADD CONSTRAINT organization_zone_is_known
    CHECK ((timestamptz 'epoch' AT TIME ZONE timezone) IS NOT NULL);
ALTER TABLE accounts_user ADD CONSTRAINT person_zone_is_known
    CHECK (timezone = '' OR (timestamptz 'epoch' AT TIME ZONE timezone) IS NOT NULL);
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_tenants_and_periods")]
    operations = [
        migrations.RunSQL(
            AN_OWNER_STAYS,
            "DROP TRIGGER accounts_an_owner_stays ON accounts_accessperiod; DROP FUNCTION accounts_an_owner_stays();",
        ),
        migrations.RunSQL(
            ZONES,
            "ALTER TABLE accounts_organization DROP CONSTRAINT organization_zone_is_known;"
            "ALTER TABLE accounts_user DROP CONSTRAINT person_zone_is_known;",
        ),
    ]
