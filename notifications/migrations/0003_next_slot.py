"""The day after which a schedule has something new to say: a sweep looks at a due thing on that day, not every day."""

from django.db import migrations

# The first day of a schedule after ``after``; null when it has said everything. Twin of notifications.schedule.next_slot.
NEXT_SLOT = """
CREATE FUNCTION notifications_next_slot(due_on date, after date, days int[], then_every int) RETURNS date
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    last constant int := days[array_upper(days, 1)];
    day int;
BEGIN
    FOREACH day IN ARRAY days LOOP
        IF day > after - due_on THEN
            RETURN due_on + day;
        END IF;
    END LOOP;
    RETURN CASE WHEN then_every > 0 THEN due_on + last + ((after - due_on - last) / then_every + 1) * then_every END;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("notifications", "0002_tenants_and_slots")]
    operations = [
        migrations.RunSQL(NEXT_SLOT, "DROP FUNCTION notifications_next_slot(date, date, int[], int);"),
    ]
