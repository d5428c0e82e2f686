"""What the catalog's keeper thinks of clauses."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0010_cited_places"),
    ]

    operations = [
        migrations.AddField(
            model_name="policysource",
            name="suggestions",
            field=models.JSONField(blank=True, default=list),
        ),
    ]
