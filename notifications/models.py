"""Who is told what: the ledger of what is due to be said, and the messages that carry it."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Organization, User

UNSENT = Q(mail__isnull=True, withdrawn_at__isnull=True)


class NoticeQuerySet(models.QuerySet):
    """What is still to be said."""

    def unsent(self) -> Self:
        """Neither sent nor taken back."""
        return self.filter(UNSENT)


class OutgoingMailQuerySet(models.QuerySet):
    """What the delivery page and the outbox ask for."""

    def pending(self) -> Self:
        """Mail that waits for its first or next try."""
        return self.filter(status=OutgoingMail.Status.PENDING)

    def held(self) -> Self:
        """Mail that stays here to be read: no mail is set up, or it belongs to the demo company."""
        return self.filter(status=OutgoingMail.Status.HELD)


class OutgoingMail(models.Model):
    """One message to one address: a sign-in code, an invitation, a person's digest of the day.

    Written in the transaction of whatever caused it (``notifications.mail``, ``notifications.digest``); only the sender
    (``notifications.sending``) moves it on. The Message-ID is fixed before the first try, so copies after a crash are
    recognizable; the database keeps it unique, and allows one digest per person, organization and day. Once sent, the
    words are emptied: the envelope stays, a sign-in code does not.
    """

    class Status(models.TextChoices):
        PENDING = "pending", _("Waiting to be sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")
        HELD = "held", _("Kept here")

    class Kind(models.TextChoices):
        ACCOUNT = "account", _("Sign-in and account")
        MESSAGE = "message", _("Message")
        DIGEST = "digest", _("Reminders of the day")
        URGENT = "urgent", _("Urgent reminder")
        TEST = "test", _("Test")

    organization = models.ForeignKey(
        Organization, null=True, on_delete=models.PROTECT, db_index=False, related_name="outgoing_mail"
    )
    user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    to = models.CharField(_("to"), max_length=320)
    from_email = models.CharField(max_length=320)
    subject = models.CharField(_("subject"), max_length=500)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    headers = models.JSONField(default=dict, blank=True)
    message_id = models.CharField(max_length=200, unique=True)
    digest_on = models.DateField(null=True, help_text=_("The day of a digest, in the person's time zone."))

    status = models.CharField(_("status"), max_length=10, choices=Status)
    attempts = models.PositiveSmallIntegerField(default=0)
    claim = models.UUIDField(null=True)
    lease_until = models.DateTimeField(help_text=_("Nobody else takes it before; after a failure, the next try."))
    last_error = models.TextField(blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    objects = OutgoingMailQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "user", "digest_on"],
                condition=Q(digest_on__isnull=False),
                name="one_digest_per_person_and_day",
            ),
            models.UniqueConstraint(fields=["organization", "id"], name="outgoing_mail_tenant_key"),
            models.CheckConstraint(
                name="digest_has_person_and_day",
                condition=~Q(kind="digest")
                | Q(organization__isnull=False, user__isnull=False, digest_on__isnull=False),
            ),
            models.CheckConstraint(
                name="sent_mail_has_its_moment",
                condition=Q(status="sent", sent_at__isnull=False) | (~Q(status="sent") & Q(sent_at__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(fields=["lease_until", "id"], condition=Q(status="pending"), name="mail_to_send"),
            models.Index(fields=["organization", "status", "id"], name="mail_by_status"),
            models.Index(fields=["organization", "kind", "id"], name="mail_by_kind"),
            models.Index(fields=["organization", "status", "created_at"], name="mail_by_day"),
            models.Index("organization", Lower("to"), "id", name="mail_by_address"),
            models.Index(fields=["id"], condition=Q(status="held"), name="mail_held"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} → {self.to}"

    @property
    def why(self) -> str:
        """In a sentence: why it has not left, or why it failed; empty for what was sent without trouble."""
        if self.status == self.Status.HELD:
            if self.organization and self.organization.is_demo:
                return gettext("The demo company never sends mail outside.")
            if self.organization and self.organization.is_solo:
                return gettext("Whoever works alone is sent no mail.")
            return gettext("No mail is set up, so it stays here to be read.")
        return self.last_error


class Notice(models.Model):
    """One thing one person is told, for one subject on one day of its timetable ("due in 3 days", "2 days late").

    Written by the app that owns the due thing through ``notifications.actions`` and withdrawn by the action that
    settles the subject. The database allows one per rule, subject, person and slot, however many sweeps run; a notice
    that went out in a mail points to it and stays.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, db_index=False, related_name="notices")
    rule = models.SlugField(max_length=60, db_index=False)
    subject_key = models.CharField(max_length=200)
    recipient = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="notices", db_index=False)
    slot_date = models.DateField()

    title = models.CharField(max_length=300)
    body = models.TextField(blank=True)
    because = models.TextField(blank=True, help_text=_("Why it is asked again."))
    link = models.CharField(max_length=500, help_text=_("A path on this installation."))
    due_on = models.DateField(null=True, blank=True)
    is_urgent = models.BooleanField(default=False)
    needs = models.CharField(
        max_length=40, blank=True, help_text=_("The right without which it is nobody's business any more.")
    )
    written_at = models.DateTimeField()
    send_from = models.DateTimeField(help_text=_("The morning of its slot where the person is; at once if urgent."))
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    is_muted = models.BooleanField(
        default=False,
        db_default=False,
        help_text=_("Taken back because the person wants to hear of what presses alone."),
    )
    mail = models.ForeignKey(OutgoingMail, null=True, blank=True, on_delete=models.PROTECT, related_name="notices")

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "subject_key", "recipient", "rule", "slot_date"],
                name="one_notice_per_rule_subject_person_and_slot",
            ),
            models.CheckConstraint(name="notice_has_title", condition=~Q(title="")),
            models.CheckConstraint(name="notice_links_to_a_path_here", condition=Q(link__regex=r"^/([^/\\]|$)")),
            models.CheckConstraint(
                name="sent_notice_is_not_withdrawn", condition=Q(mail__isnull=True) | Q(withdrawn_at__isnull=True)
            ),
            models.CheckConstraint(
                name="muted_notice_is_withdrawn", condition=Q(is_muted=False) | Q(withdrawn_at__isnull=False)
            ),
        ]
        indexes = [
            models.Index(fields=["send_from"], condition=UNSENT, name="notice_due_to_send"),
            models.Index(fields=["recipient", "send_from"], condition=UNSENT, name="notice_unsent_of_person"),
            models.Index(fields=["recipient"], name="notice_of_person"),
        ]

    def __str__(self) -> str:
        return self.title


class Preference(models.Model):
    """How much one person wants to be told by mail in one organization; without a row, everything.

    Changed by the person alone, signed in or by the link in their reminders. What they don't want is passed over when the
    day's mail is written (``Notice.is_muted``); what is overdue and what they must stop using comes in any case.
    """

    membership = models.OneToOneField(
        Membership, primary_key=True, on_delete=models.PROTECT, related_name="mail_preference"
    )
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, db_index=False, related_name="+")
    only_pressing = models.BooleanField(default=False)
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.membership_id}: {'only what presses' if self.only_pressing else 'everything'}"


class Bounce(models.Model):
    """Mail to one person that came back, or was said not to arrive; while it is open, they get no reminders.

    Marked by the sender when a server refuses the address for good, by ``manage.py read_bounces``, or by hand; it is over
    when somebody who manages people, or the person, says to try again, or when their address is another. Sign-in codes and
    *stop using it now* are tried all the same. The address stands here as a digest only.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, db_index=False, related_name="bounces")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, db_index=False, related_name="bounces")
    address_sha256 = models.CharField(max_length=64)
    mail = models.ForeignKey(OutgoingMail, null=True, on_delete=models.PROTECT, related_name="bounces")
    marked_at = models.DateTimeField()
    marked_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    cleared_at = models.DateTimeField(null=True)
    cleared_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "membership"],
                condition=Q(cleared_at__isnull=True),
                name="one_open_bounce_per_person",
            ),
        ]
        indexes = [models.Index(fields=["membership"], condition=Q(cleared_at__isnull=True), name="bounce_of_person")]

    def __str__(self) -> str:
        return f"{self.membership_id} since {self.marked_at}"
