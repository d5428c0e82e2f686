"""How long people who have left are kept, and who is kept beyond it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from operations.tenancy import tenant_foreign_keys


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_single_sign_on"),
        ("audit", "0004_find_by_day"),
    ]

    operations = [
        migrations.AddField(
            model_name="membership",
            name="erased_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="membership",
            name="held_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="membership",
            name="held_because",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="audit.freetext",
            ),
        ),
        migrations.AddField(
            model_name="membership",
            name="held_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="organization",
            name="keep_people_for_years",
            field=models.PositiveSmallIntegerField(
                default=3,
                help_text="Then their name, address, words and files are erased.",
                verbose_name="years for which people who have left are kept",
            ),
        ),
        migrations.AddField(
            model_name="organization",
            name="keep_signers_for_years",
            field=models.PositiveSmallIntegerField(
                default=10,
                help_text="Not shorter: what they signed may be asked about for longer.",
                verbose_name="years for those who could sign",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("held_at__isnull", True), ("held_because__isnull", True), ("held_by__isnull", True)),
                    models.Q(("held_at__isnull", False), ("held_because__isnull", False), ("held_by__isnull", False)),
                    _connector="OR",
                ),
                name="held_person_has_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="organization",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("keep_people_for_years__gte", 1),
                    ("keep_signers_for_years__gte", models.F("keep_people_for_years")),
                ),
                name="signers_are_kept_as_long_as_others",
            ),
        ),
        migrations.AddIndex(
            model_name="accessperiod",
            index=models.Index(
                fields=["ended_at"], condition=models.Q(("ended_at__isnull", False)), name="access_period_by_end"
            ),
        ),
        tenant_foreign_keys(("accounts_membership", "held_because_id", "audit_freetext")),
    ]
