"""Which assignments a reminder sweep has to look at, and when: found by index, kept by triggers, so that nothing due costs nothing."""

import django.db.models.deletion
from django.db import migrations, models

# A new or moved due day is looked at by the next sweep; what is done for good or no longer asked, never again.
KEPT = """
CREATE FUNCTION checklists_keep_reminders() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER checklists_keep_reminders_insert AFTER INSERT ON checklists_assignment
    REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION checklists_keep_reminders();
CREATE TRIGGER checklists_keep_reminders_update AFTER UPDATE ON checklists_assignment
    REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION checklists_keep_reminders();
INSERT INTO checklists_reminder (assignment_id, organization_id, next_on)
SELECT id, organization_id, '0001-01-01' FROM checklists_assignment WHERE status <> 'ended' AND due_on IS NOT NULL;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_an_owner_stays"),
        ("checklists", "0002_current_and_settling"),
        ("notifications", "0003_next_slot"),
    ]
    operations = [
        migrations.CreateModel(
            name="Reminder",
            fields=[
                (
                    "assignment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="reminder",
                        serialize=False,
                        to="checklists.assignment",
                    ),
                ),
                ("next_on", models.DateField(null=True)),
                (
                    "organization",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
            ],
            options={"indexes": [models.Index(fields=["organization", "next_on"], name="reminder_by_day")]},
        ),
        migrations.RunSQL(KEPT, "DROP FUNCTION checklists_keep_reminders() CASCADE;"),
    ]
