"""What the database guarantees about tenants, and the schedule's twin in SQL."""

from django.db import migrations

from operations.tenancy import tenant_foreign_keys

# The newest day of a schedule that is not after ``as_of``: notifications.schedule.newest_slot, for whole tables.
NEWEST_SLOT = """
CREATE FUNCTION notifications_newest_slot(due_on date, as_of date, days int[], then_every int) RETURNS date
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    reached int;
    day int;
BEGIN
    FOREACH day IN ARRAY days LOOP
        EXIT WHEN day > as_of - due_on;
        reached := day;
    END LOOP;
    IF reached = days[array_upper(days, 1)] AND then_every > 0 THEN
        reached := reached + (as_of - due_on - reached) / then_every * then_every;
    END IF;
    RETURN due_on + reached;
END $$;
"""

# A time zone PostgreSQL knows: one misspelled name must not stop everybody's mail.
ZONE = """
CREATE FUNCTION notifications_zone(name text) RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
    PERFORM timestamp '2000-01-01' AT TIME ZONE name;
    RETURN name;
EXCEPTION WHEN invalid_parameter_value THEN
    RETURN 'UTC';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_initial"), ("accounts", "0002_tenants_and_periods")]
    operations = [
        tenant_foreign_keys(
            ("notifications_notice", "recipient_id", "accounts_membership"),
            ("notifications_notice", "mail_id", "notifications_outgoingmail"),
        ),
        migrations.RunSQL(NEWEST_SLOT, "DROP FUNCTION notifications_newest_slot(date, date, int[], int);"),
        migrations.RunSQL(ZONE, "DROP FUNCTION notifications_zone(text);"),
    ]
