"""Where a fact is said may stand beneath headings of any length."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0011_suggestions")]

    operations = [
        migrations.AlterField(
            model_name="citedplace",
            name="sections",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.TextField(blank=True), blank=True, default=list, size=None
            ),
        ),
    ]
