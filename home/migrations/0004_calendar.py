"""Links of people's calendars."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from operations.tenancy import tenant_foreign_keys


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_solo_ends_for_good"), ("home", "0003_waiting")]
    operations = [
        migrations.CreateModel(
            name="CalendarFeed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token_sha256", models.CharField(max_length=64, unique=True)),
                ("made_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "membership",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="calendar_feeds",
                        to="accounts.membership",
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
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(ended_at__isnull=True),
                        fields=("organization", "membership"),
                        name="one_open_calendar_per_person",
                    )
                ],
                "indexes": [models.Index(fields=["membership"], name="calendar_of_person")],
            },
        ),
        tenant_foreign_keys(("home_calendarfeed", "membership_id", "accounts_membership")),
    ]
