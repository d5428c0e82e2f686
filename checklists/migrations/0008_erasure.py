"""What a person handed in may be erased, and changed in no other way."""

from django.db import migrations, models
from django.db.models import Q

ONLY_ERASED = """
DROP TRIGGER checklists_evidence_is_append_only ON checklists_evidence;
CREATE FUNCTION checklists_evidence_only_erased() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    may_change constant text[] := ARRAY['name', 'link', 'file', 'has_preview', 'erased_at'];
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL AND NEW.name = ''
       AND NEW.link IN ('', OLD.link) AND NEW.file IN ('', OLD.file)
       AND (OLD.has_preview OR NOT NEW.has_preview)
       AND to_jsonb(OLD) - may_change = to_jsonb(NEW) - may_change THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% on checklists_evidence is refused: it may only be erased', TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER checklists_evidence_only_erased BEFORE UPDATE OR DELETE ON checklists_evidence
    FOR EACH ROW EXECUTE FUNCTION checklists_evidence_only_erased();
"""
AS_BEFORE = """
DROP FUNCTION checklists_evidence_only_erased() CASCADE;
CREATE TRIGGER checklists_evidence_is_append_only BEFORE UPDATE OR DELETE ON checklists_evidence
    FOR EACH ROW EXECUTE FUNCTION audit_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("checklists", "0007_keepers_and_reminders")]
    operations = [
        migrations.AddField(model_name="evidence", name="erased_at", field=models.DateTimeField(null=True)),
        migrations.RemoveConstraint(model_name="evidence", name="evidence_is_file_or_link"),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.CheckConstraint(
                name="evidence_is_file_or_link",
                condition=Q(link="", size__gt=0) | (~Q(link="") & Q(size=0)) | Q(erased_at__isnull=False),
            ),
        ),
        migrations.RunSQL(ONLY_ERASED, AS_BEFORE),
    ]
