"""One submission and its signatures; a sign-off knows no subject, the subject's revision points to it."""

import json
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Organization, SignOffGroup, User
from audit.models import FreeText, Snapshot


class SignOff(models.Model):
    """One submission: the frozen content, the stages, and how it ended.

    Made by ``actions.open_sign_off``; closed by the last signature, a refusal or the proposer's withdrawal.
    The database lets it be approved only when every stage is signed; a closed one never changes again.
    """

    class Outcome(models.TextChoices):
        PENDING = "pending", _("Waiting for signatures")
        APPROVED = "approved", _("Signed")
        CHANGES_ASKED = "changes_asked", _("Changes asked for")
        REJECTED = "rejected", _("Rejected")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, db_index=False, related_name="sign_offs")
    # What is signed, and what lists and mails call it; the database holds them to what the snapshot says.
    kind = models.CharField(max_length=20)
    title = models.CharField(max_length=300)
    code = models.CharField(max_length=40, blank=True)
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="+")
    submitted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField()
    # Set once stages and parties are written: from then on the database refuses to add any.
    sealed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=20, choices=Outcome, default=Outcome.PENDING)
    closed_at = models.DateTimeField(null=True, blank=True)
    # Frozen: the organization had exactly one active member, who approves their own decision.
    is_sole = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "id"], name="sign_off_tenant_key"),
            models.CheckConstraint(
                name="closed_sign_off_has_outcome",
                condition=Q(outcome="pending", closed_at__isnull=True)
                | (~Q(outcome="pending") & Q(closed_at__isnull=False)),
            ),
        ]
        indexes = [models.Index(fields=["organization", "outcome", "submitted_at"], name="sign_off_by_outcome")]

    def __str__(self) -> str:
        return f"{self.title}: {self.get_outcome_display()}"

    def get_absolute_url(self) -> str:
        """The page of its kind; the settings name it, because the app of a kind may stand above this one."""
        return reverse(settings.SIGN_OFF_PAGES[self.kind], args=[self.organization.slug, self.pk])

    @property
    def content(self) -> dict[str, Any]:
        """What was frozen, parsed; the bytes that were hashed are the snapshot's."""
        return json.loads(self.snapshot.content)


class SignOffStage(models.Model):
    """One frozen stage of a submission: whose word it waits for, in order."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, db_index=False, related_name="+")
    sign_off = models.ForeignKey(SignOff, on_delete=models.PROTECT, db_index=False, related_name="stages")
    position = models.PositiveSmallIntegerField()
    group = models.ForeignKey(SignOffGroup, null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200, help_text=_("The group's name at submission."))

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "id"], name="sign_off_stage_tenant_key"),
            models.UniqueConstraint(fields=["sign_off", "position"], name="one_stage_per_position"),
        ]

    def __str__(self) -> str:
        return self.name


class SignOffParty(models.Model):
    """Frozen at submission: whether this user may sign this stage, and if not, why."""

    class Reason(models.TextChoices):
        MEMBER = "member", _("Member of the group")
        PROPOSED = "proposed", _("Proposed it")
        EDITED = "edited", _("Edited it")
        SOLE = "sole", _("The only person of the organization")

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    stage = models.ForeignKey(SignOffStage, on_delete=models.PROTECT, db_index=False, related_name="parties")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    may_sign = models.BooleanField()
    reason = models.CharField(max_length=10, choices=Reason)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["stage", "user"], name="one_party_per_stage_and_user"),
            models.CheckConstraint(
                name="proposer_and_editor_may_not_sign",
                condition=Q(may_sign=True, reason__in=["member", "sole"])
                | Q(may_sign=False, reason__in=["proposed", "edited"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} on {self.stage_id}: {self.may_sign}"


class Signature(models.Model):
    """One person's word on one stage, bound to the snapshot they saw.

    Made by ``actions.sign``, ``ask_for_changes`` and ``reject``. The database refuses it unless the sign-off is
    pending, every earlier stage is signed, and the frozen parties let this user sign this stage; never changed.
    """

    class Word(models.TextChoices):
        SIGNED = "signed", _("Signed")
        CHANGES_ASKED = "changes_asked", _("Asked for changes")
        REJECTED = "rejected", _("Rejected")

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, db_index=False, related_name="signatures")
    sign_off = models.ForeignKey(SignOff, on_delete=models.PROTECT, db_index=False, related_name="signatures")
    stage = models.OneToOneField(SignOffStage, on_delete=models.PROTECT, related_name="signature")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="signatures")
    word = models.CharField(max_length=20, choices=Word)
    comment = models.ForeignKey(FreeText, null=True, on_delete=models.PROTECT, related_name="+")
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="+")
    # Where it was signed with conditions: the same content with all conditions so far, which later stages see and sign.
    onward_snapshot = models.ForeignKey(Snapshot, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sign_off", "user"], name="one_person_signs_one_stage"),
            models.UniqueConstraint(fields=["organization", "id"], name="signature_tenant_key"),
            models.CheckConstraint(name="refusal_has_a_comment", condition=Q(word="signed") | Q(comment__isnull=False)),
            models.CheckConstraint(
                name="only_who_signs_sets_conditions", condition=Q(word="signed") | Q(onward_snapshot__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.word}"
