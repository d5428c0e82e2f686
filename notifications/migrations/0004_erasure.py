"""What one person was told is found without reading what everybody was told."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0003_next_slot")]
    operations = [
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(fields=["recipient"], name="notice_of_person"),
        ),
    ]
