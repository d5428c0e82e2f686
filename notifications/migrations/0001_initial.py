import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

from operations.create_tables import CreateTables


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0002_tenants_and_periods"),
        ("accounts", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="OutgoingMail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("account", "Sign-in and account"),
                            ("message", "Message"),
                            ("digest", "Reminders of the day"),
                            ("urgent", "Urgent reminder"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("to", models.CharField(max_length=320, verbose_name="to")),
                ("from_email", models.CharField(max_length=320)),
                ("subject", models.CharField(max_length=500, verbose_name="subject")),
                ("text", models.TextField(blank=True)),
                ("html", models.TextField(blank=True)),
                ("headers", models.JSONField(blank=True, default=dict)),
                ("message_id", models.CharField(max_length=200, unique=True)),
                ("digest_on", models.DateField(help_text="The day of a digest, in the person's time zone.", null=True)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("pending", "Waiting to be sent"),
                            ("sent", "Sent"),
                            ("failed", "Failed"),
                            ("held", "Kept here"),
                        ],
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("claim", models.UUIDField(null=True)),
                (
                    "lease_until",
                    models.DateTimeField(help_text="Nobody else takes it before; after a failure, the next try."),
                ),
                ("last_error", models.TextField(blank=True)),
                ("created_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                (
                    "organization",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="outgoing_mail",
                        to="accounts.organization",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("status", "pending")), fields=["lease_until", "id"], name="mail_to_send"
                    ),
                    models.Index(fields=["organization", "status", "id"], name="mail_by_status"),
                    models.Index(condition=models.Q(("status", "held")), fields=["id"], name="mail_held"),
                    models.Index(
                        models.F("organization"),
                        django.db.models.functions.text.Lower("to"),
                        models.F("id"),
                        name="mail_by_address",
                    ),
                    models.Index(fields=["organization", "kind", "id"], name="mail_by_kind"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("digest_on__isnull", False)),
                        fields=("organization", "user", "digest_on"),
                        name="one_digest_per_person_and_day",
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="outgoing_mail_tenant_key"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "digest"), _negated=True),
                            models.Q(
                                ("digest_on__isnull", False), ("organization__isnull", False), ("user__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="digest_has_person_and_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("sent_at__isnull", False), ("status", "sent")),
                            models.Q(models.Q(("status", "sent"), _negated=True), ("sent_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="sent_mail_has_its_moment",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rule", models.SlugField(db_index=False, max_length=60)),
                ("subject_key", models.CharField(max_length=200)),
                ("slot_date", models.DateField()),
                ("title", models.CharField(max_length=300)),
                ("body", models.TextField(blank=True)),
                ("because", models.TextField(blank=True, help_text="Why it is asked again.")),
                ("link", models.CharField(help_text="A path on this installation.", max_length=500)),
                ("due_on", models.DateField(blank=True, null=True)),
                ("is_urgent", models.BooleanField(default=False)),
                (
                    "needs",
                    models.CharField(
                        blank=True,
                        help_text="The right without which it is nobody's business any more.",
                        max_length=40,
                    ),
                ),
                ("written_at", models.DateTimeField()),
                (
                    "send_from",
                    models.DateTimeField(help_text="The morning of its slot where the person is; at once if urgent."),
                ),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                (
                    "organization",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notices",
                        to="accounts.organization",
                    ),
                ),
                (
                    "recipient",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notices",
                        to="accounts.membership",
                    ),
                ),
                (
                    "mail",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notices",
                        to="notifications.outgoingmail",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("mail__isnull", True), ("withdrawn_at__isnull", True)),
                        fields=["send_from"],
                        name="notice_due_to_send",
                    ),
                    models.Index(
                        condition=models.Q(("mail__isnull", True), ("withdrawn_at__isnull", True)),
                        fields=["recipient", "send_from"],
                        name="notice_unsent_of_person",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "subject_key", "recipient", "rule", "slot_date"),
                        name="one_notice_per_rule_subject_person_and_slot",
                    ),
                    models.CheckConstraint(condition=models.Q(("title", ""), _negated=True), name="notice_has_title"),
                    models.CheckConstraint(
                        condition=models.Q(("link__regex", "^/([^/\\\\]|$)")), name="notice_links_to_a_path_here"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("mail__isnull", True), ("withdrawn_at__isnull", True), _connector="OR"),
                        name="sent_notice_is_not_withdrawn",
                    ),
                ],
            },
        ),
    ]
    operations = [CreateTables(operations)]
