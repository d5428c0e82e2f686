"""Where an organization found the words a fact rests on."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from operations.tenancy import append_only, ours_or_shipped


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_solo_ends_for_good"),
        ("catalog", "0008_papers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CitedPlace",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("fact_key", models.CharField(max_length=180)),
                (
                    "sections",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(blank=True, max_length=400), blank=True, default=list, size=None
                    ),
                ),
                (
                    "read_as",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=64), blank=True, default=list, size=None
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.policysource"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organization", "fact_key", "source", "-id"], name="cited_places_newest_first")
                ],
            },
        ),
        append_only("catalog_citedplace"),
        ours_or_shipped(("catalog_citedplace", "source_id", "catalog_policysource")),
    ]
