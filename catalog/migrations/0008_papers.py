"""Papers (PDF, Word) are kept beside the texts of a policy, as evidence."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_solo_ends_for_good"),
        ("audit", "0004_find_by_day"),
        ("catalog", "0007_fingerprints"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="policyversion",
            name="content_type",
            field=models.CharField(blank=True, help_text="Of a paper; empty for a text.", max_length=100),
        ),
        migrations.AddConstraint(
            model_name="policyversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("content_type", ""), ("origin", "uploaded"), _connector="OR"),
                name="paper_was_uploaded",
            ),
        ),
    ]
