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


def evidence_path(evidence: "Evidence", filename: str) -> str:
    """Where a file is put: under the organization's id, named by its hash, to which the storage adds a suffix of its own when
    the same file is given again; ``file`` says where it lies. The name a person gave is only the column ``name``."""
    return f"{evidence.organization_id}/evidence/{evidence.sha256[:2]}/{evidence.sha256}"


class Evidence(KeptFile):
    """A file or a link that shows an answer. Added with the answer, never changed; erasing whoever added it takes the
    name they gave and, of their own answer, the file or the link too."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="evidence")
    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, related_name="evidence")
    file = models.FileField(upload_to=evidence_path, max_length=200, blank=True)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    erased_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "evidence"
        constraints = [
            models.CheckConstraint(
                name="evidence_is_file_or_link",
                condition=Q(link="", size__gt=0) | (~Q(link="") & Q(size=0)) | Q(erased_at__isnull=False),
            ),
        ]
