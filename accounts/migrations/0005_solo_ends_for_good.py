"""An organization of one: nobody joins while it is one, and once it is a company it stays one. Refused in raw SQL too."""

from django.db import migrations, models

ALONE = """
CREATE FUNCTION accounts_solo_ends_for_good() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what has become a company stays one' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER accounts_solo_ends_for_good BEFORE UPDATE ON accounts_organization
    FOR EACH ROW WHEN (NEW.is_solo AND NOT OLD.is_solo) EXECUTE FUNCTION accounts_solo_ends_for_good();

CREATE FUNCTION accounts_solo_is_alone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM accounts_organization organization
        WHERE organization.is_solo AND organization.id IN (SELECT organization_id FROM joined)
          AND (SELECT count(*) FROM accounts_accessperiod period
               WHERE period.organization_id = organization.id AND period.ended_at IS NULL) > 1
    ) THEN
        RAISE EXCEPTION 'whoever works alone has no colleagues: make it a company first'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER accounts_solo_is_alone AFTER INSERT ON accounts_accessperiod
    REFERENCING NEW TABLE AS joined FOR EACH STATEMENT EXECUTE FUNCTION accounts_solo_is_alone();
"""
AGAIN = """
DROP FUNCTION accounts_solo_is_alone() CASCADE;
DROP FUNCTION accounts_solo_ends_for_good() CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_who_keeps")]
    operations = [
        migrations.AddField("organization", "is_solo", models.BooleanField(default=False)),
        migrations.RunSQL(ALONE, AGAIN),
    ]
