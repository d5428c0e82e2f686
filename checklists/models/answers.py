"""What people said, whole and immutable, bound to what they were shown."""

import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Organization, Team, User
from audit.models import FreeText, Snapshot
from checklists.models.checklists import Item, ItemRevision
from operations.models import KeptFile


class Answer(models.Model):
    """One answer to one item: a person's, a team's, or (neither) the organization's.

    Added by ``actions.answer``; a newer row supersedes it, nothing changes or removes it. Whether it is current is
    decided by ``current(at=)`` alone. ``completes`` is false for *I'm not sure* and for an honest answer that shows
    something is still to be mended.
    """

    class Kind(models.TextChoices):
        GIVEN = "given", _("Answered")
        NOT_APPLICABLE = "not_applicable", _("Not applicable")
        UNSURE = "unsure", _("I'm not sure")

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, db_index=False, related_name="answers")
    membership = models.ForeignKey(
        Membership, null=True, on_delete=models.PROTECT, db_index=False, related_name="answers"
    )
    team = models.ForeignKey(Team, null=True, on_delete=models.PROTECT, related_name="answers")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="answers")
    revision = models.ForeignKey(ItemRevision, on_delete=models.PROTECT, related_name="answers")
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.GIVEN)
    # confirm: "yes", or "no" with unsure for what could not be confirmed; yes_no: "yes"/"no"; choice: its value; date: ISO; text and evidence: empty (text is a FreeText).
    value = models.CharField(max_length=100, blank=True)
    text = models.ForeignKey(FreeText, null=True, on_delete=models.PROTECT, related_name="+")
    completes = models.BooleanField()
    valid_until = models.DateField(null=True)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "id"], name="answer_tenant_key"),
            models.CheckConstraint(
                name="answer_has_one_answerer", condition=~Q(membership__isnull=False, team__isnull=False)
            ),
            models.CheckConstraint(name="unsure_does_not_complete", condition=~Q(kind="unsure", completes=True)),
        ]
        indexes = [
            models.Index(fields=["membership", "item", "-id"], name="answer_newest_of_person"),
            models.Index(
                fields=["organization", "item", "-id"],
                condition=Q(membership__isnull=True),
                name="answer_newest_shared",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id}: {self.kind}"

    @property
    def in_words(self) -> str:
        """What was said, as its button said it; what was typed stands in ``text``. Reads ``revision``."""
        if self.kind == self.Kind.UNSURE and self.value == "no":
            return gettext("I can't confirm this")
        if self.kind != self.Kind.GIVEN or not self.value:
            return self.get_kind_display()
        if self.revision.answer_kind == ItemRevision.AnswerKind.DATE:
            return date_format(dt.date.fromisoformat(self.value), "j M Y")
        labels = {"yes": gettext("Yes"), "no": gettext("No")} | {
            one["value"]: one["label"] for one in self.revision.choices
        }
        return labels.get(self.value, self.value)


class AnswerDraft(models.Model):
    """What is half typed; replaced freely, gone when the answer is given."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, db_index=False, related_name="+")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    data = models.JSONField(default=dict)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["membership", "item"], name="one_draft_per_person_and_item"),
        ]

    def __str__(self) -> str:
        return f"{self.membership_id}: {self.item_id}"


def evidence_path(row: "Evidence | Upload", filename: str) -> str:
    """Where a file is put: under the organization's id, named by its hash, to which the storage adds a suffix of its own when
    the same file is given again; ``file`` says where it lies. The name a person gave is only the column ``name``."""
    return f"{row.organization_id}/evidence/{row.sha256[:2]}/{row.sha256}"


class Evidence(KeptFile):
    """A file or a link that shows an answer. Added with the answer, never changed; ``added_at`` is when it was brought.

    One that was given before is not brought again: ``reused`` names the first row of the same file, whose bytes it shares.
    Erasing whoever added it takes the name they gave and, of their own answer, the file or the link too.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, db_index=False, related_name="evidence")
    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, related_name="evidence")
    file = models.FileField(upload_to=evidence_path, max_length=200, blank=True)
    has_preview = models.BooleanField(default=False)
    reused = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="uses")
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    erased_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "evidence"
        constraints = [
            models.UniqueConstraint(fields=["organization", "id"], name="evidence_tenant_key"),
            models.CheckConstraint(
                name="evidence_is_file_or_link",
                condition=Q(link="", size__gt=0) | (~Q(link="") & Q(size=0)) | Q(erased_at__isnull=False),
            ),
        ]


class Upload(KeptFile):
    """A file that somebody has brought for an answer they have not given yet, so that nothing is lost until they do.

    Gone when the answer takes it, or the person takes it back. One that is not what it says it is, is held back: kept and
    hashed, no part of any answer, until a manager releases it; after a while its bytes go, the row and its hash stay.
    """

    class Trouble(models.TextChoices):
        """Why a file is held back."""

        OTHER_KIND = "other_kind", _("It is not what its name says")
        MACROS = "macros", _("It holds a program (macros)")
        NO_PICTURE = "no_picture", _("It can't be opened as a picture")
        TOO_MANY_PIXELS = "too_many_pixels", _("It is a picture too large to be opened safely")

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, db_index=False, related_name="uploads")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="uploads")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, null=True, on_delete=models.PROTECT, related_name="+")
    file = models.FileField(upload_to=evidence_path, max_length=200, blank=True)
    has_preview = models.BooleanField(default=False)
    trouble = models.CharField(max_length=20, choices=Trouble, blank=True)
    # What is in it, as far as it can be told: the ending of such files, ".png".
    looks_like = models.CharField(max_length=10, blank=True)
    # No longer on its person's page: taken back, or part of an answer since it was released.
    gone_at = models.DateTimeField(null=True)
    discarded_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)
    released_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.ForeignKey(FreeText, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="released_upload_was_held_back",
                condition=Q(released_at__isnull=True, released_by__isnull=True, reason__isnull=True)
                | Q(~Q(trouble=""), released_at__isnull=False, released_by__isnull=False, reason__isnull=False),
            ),
            models.CheckConstraint(
                name="discarded_upload_was_held_back", condition=Q(discarded_at__isnull=True) | ~Q(trouble="")
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "added_at"], name="upload_by_age"),
        ]

    @property
    def is_held_back(self) -> bool:
        return bool(self.trouble) and self.released_at is None
