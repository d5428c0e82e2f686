"""A day of the log is found without reading the log."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_chain_acts_as_its_owner")]
    operations = [
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["organization_id", "at"], name="audit_event_by_day"),
        ),
    ]
