"""On which day somebody else is told that a person is late: a week after the due day the lead, after two the keeper."""

from django.db import migrations, models
from django.db.models import Q

# As before, and the day on which it is long overdue with it: a due day that is new or moved begins anew.
KEPT = """
CREATE OR REPLACE FUNCTION checklists_keep_reminders() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        DELETE FROM checklists_reminder reminder USING after
        WHERE reminder.assignment_id = after.id AND (after.status = 'ended' OR after.due_on IS NULL);
        INSERT INTO checklists_reminder (assignment_id, organization_id, next_on, late_on)
        SELECT after.id, after.organization_id, '0001-01-01', after.due_on + 7 FROM after JOIN before ON before.id = after.id
        WHERE after.status <> 'ended' AND after.due_on IS NOT NULL
          AND (before.status, before.due_on, before.asked_on) IS DISTINCT FROM (after.status, after.due_on, after.asked_on)
        ORDER BY after.id
        ON CONFLICT (assignment_id) DO UPDATE SET next_on = excluded.next_on, late_on = excluded.late_on;
    ELSE
        INSERT INTO checklists_reminder (assignment_id, organization_id, next_on, late_on)
        SELECT id, organization_id, '0001-01-01', due_on + 7 FROM after WHERE status <> 'ended' AND due_on IS NOT NULL;
    END IF;
    RETURN NULL;
END $$;
"""
FILLED = """
UPDATE checklists_reminder reminder SET late_on = assignment.due_on + 7
FROM checklists_assignment assignment WHERE assignment.id = reminder.assignment_id;
"""
KEPT_BEFORE = """
CREATE OR REPLACE FUNCTION checklists_keep_reminders() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        DELETE FROM checklists_reminder reminder USING after
        WHERE reminder.assignment_id = after.id AND (after.status = 'ended' OR after.due_on IS NULL);
        INSERT INTO checklists_reminder (assignment_id, organization_id, next_on)
        SELECT after.id, after.organization_id, '0001-01-01' FROM after JOIN before ON before.id = after.id
        WHERE after.status <> 'ended' AND after.due_on IS NOT NULL
          AND (before.status, before.due_on, before.asked_on) IS DISTINCT FROM (after.status, after.due_on, after.asked_on)
        ORDER BY after.id ON CONFLICT (assignment_id) DO UPDATE SET next_on = excluded.next_on;
    ELSE
        INSERT INTO checklists_reminder (assignment_id, organization_id, next_on)
        SELECT id, organization_id, '0001-01-01' FROM after WHERE status <> 'ended' AND due_on IS NOT NULL;
    END IF;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("checklists", "0006_evidence_and_threads"), ("notifications", "0005_preferences_and_bounces")]
    operations = [
        migrations.AddField(model_name="reminder", name="late_on", field=models.DateField(null=True)),
        migrations.RunSQL(FILLED + KEPT, KEPT_BEFORE),
        migrations.AddIndex(
            model_name="reminder",
            index=models.Index(
                fields=["organization", "late_on"], condition=Q(late_on__isnull=False), name="reminder_long_overdue"
            ),
        ),
    ]
