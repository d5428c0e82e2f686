"""No reminder at a weekend; what a person wants to hear of; and whose mail comes back."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

from operations.create_tables import CreateTables
from operations.tenancy import tenant_foreign_keys

# Twins of notifications.schedule: the days that a schedule names, of which none stays on a Saturday or Sunday.
WORKDAYS = """
CREATE FUNCTION notifications_workday(day date) RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT day + CASE extract(isodow FROM day) WHEN 6 THEN 2 WHEN 7 THEN 1 ELSE 0 END
$$;
CREATE FUNCTION notifications_workday(day date, due_on date) RETURNS date LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    into_weekend constant int := extract(isodow FROM day)::int - 5;
BEGIN
    IF into_weekend <= 0 THEN
        RETURN day;
    END IF;
    RETURN CASE WHEN due_on BETWEEN day AND day + 2 - into_weekend THEN day - into_weekend ELSE day + 3 - into_weekend END;
END $$;
CREATE FUNCTION notifications_reach(due_on date, as_of date) RETURNS date LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    past_friday constant int := extract(isodow FROM as_of)::int - 5;
BEGIN
    IF past_friday < 0 THEN
        RETURN as_of;
    END IF;
    RETURN CASE WHEN due_on - (as_of - past_friday) BETWEEN 1 AND 2 THEN due_on ELSE as_of - past_friday END;
END $$;
ALTER FUNCTION notifications_newest_slot(date, date, int[], int) RENAME TO notifications_newest_day;
ALTER FUNCTION notifications_next_slot(date, date, int[], int) RENAME TO notifications_next_day;
CREATE FUNCTION notifications_newest_slot(due_on date, as_of date, days int[], then_every int) RETURNS date
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    RETURN notifications_workday(
        notifications_newest_day(due_on, notifications_reach(due_on, as_of), days, then_every), due_on);
END $$;
CREATE FUNCTION notifications_next_slot(due_on date, after date, days int[], then_every int) RETURNS date
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    RETURN notifications_workday(
        notifications_next_day(due_on, notifications_reach(due_on, after), days, then_every), due_on);
END $$;
"""
ANY_DAY = """
DROP FUNCTION notifications_newest_slot(date, date, int[], int);
DROP FUNCTION notifications_next_slot(date, date, int[], int);
ALTER FUNCTION notifications_newest_day(date, date, int[], int) RENAME TO notifications_newest_slot;
ALTER FUNCTION notifications_next_day(date, date, int[], int) RENAME TO notifications_next_slot;
DROP FUNCTION notifications_reach(date, date);
DROP FUNCTION notifications_workday(date, date);
DROP FUNCTION notifications_workday(date);
"""


def of(model: str, **options: object) -> models.ForeignKey:
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=model, **options)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_solo_ends_for_good"),
        ("notifications", "0004_erasure"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.RunSQL(WORKDAYS, ANY_DAY),
        CreateTables(
            [
                migrations.AddField(
                    model_name="notice",
                    name="is_muted",
                    field=models.BooleanField(
                        db_default=False,
                        default=False,
                        help_text="Taken back because the person wants to hear of what presses alone.",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="notice",
                    constraint=models.CheckConstraint(
                        name="muted_notice_is_withdrawn", condition=Q(is_muted=False) | Q(withdrawn_at__isnull=False)
                    ),
                ),
                migrations.AlterField(
                    model_name="outgoingmail",
                    name="kind",
                    field=models.CharField(
                        choices=[
                            ("account", "Sign-in and account"),
                            ("message", "Message"),
                            ("digest", "Reminders of the day"),
                            ("urgent", "Urgent reminder"),
                            ("test", "Test"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                migrations.AddIndex(
                    model_name="outgoingmail",
                    index=models.Index(fields=["organization", "status", "created_at"], name="mail_by_day"),
                ),
                migrations.CreateModel(
                    name="Preference",
                    fields=[
                        (
                            "membership",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                primary_key=True,
                                related_name="mail_preference",
                                serialize=False,
                                to="accounts.membership",
                            ),
                        ),
                        ("only_pressing", models.BooleanField(default=False)),
                        ("changed_at", models.DateTimeField()),
                        ("organization", of("accounts.organization", db_index=False, related_name="+")),
                    ],
                ),
                migrations.CreateModel(
                    name="Bounce",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("address_sha256", models.CharField(max_length=64)),
                        ("marked_at", models.DateTimeField()),
                        ("cleared_at", models.DateTimeField(null=True)),
                        ("cleared_by", of(settings.AUTH_USER_MODEL, null=True, related_name="+")),
                        ("mail", of("notifications.outgoingmail", null=True, related_name="bounces")),
                        ("marked_by", of(settings.AUTH_USER_MODEL, null=True, related_name="+")),
                        ("membership", of("accounts.membership", db_index=False, related_name="bounces")),
                        ("organization", of("accounts.organization", db_index=False, related_name="bounces")),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=Q(cleared_at__isnull=True),
                                fields=("organization", "membership"),
                                name="one_open_bounce_per_person",
                            )
                        ],
                        "indexes": [
                            models.Index(
                                condition=Q(cleared_at__isnull=True), fields=["membership"], name="bounce_of_person"
                            )
                        ],
                    },
                ),
            ]
        ),
        tenant_foreign_keys(
            ("notifications_preference", "membership_id", "accounts_membership"),
            ("notifications_bounce", "membership_id", "accounts_membership"),
            ("notifications_bounce", "mail_id", "notifications_outgoingmail"),
        ),
    ]
