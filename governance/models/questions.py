"""What somebody who was unsure asked."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Organization, User
from audit.models import FreeText


class Question(models.Model):
    """What a person who is unsure asked the contact, about what, and the answer.

    Asked by *I'm not sure*; answered once by the contact, or closed by either of the two, then without an answer. Whoever asks
    back adds a row that ``follows`` the first one: these are a thread. ``about`` is a basis key such as ``item:12``, ``draft``
    what the person had typed into their own answer until then.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, db_index=False, related_name="questions")
    asked_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="questions_asked")
    contact = models.ForeignKey(Membership, null=True, on_delete=models.PROTECT, related_name="questions_to_answer")
    about = models.CharField(max_length=200)
    title = models.CharField(_("about"), max_length=300)
    text = models.ForeignKey(FreeText, null=True, on_delete=models.PROTECT, related_name="+")
    draft = models.ForeignKey(FreeText, null=True, on_delete=models.PROTECT, related_name="+")
    follows = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="followed_by")
    asked_at = models.DateTimeField()
    answer = models.ForeignKey(FreeText, null=True, on_delete=models.PROTECT, related_name="+")
    answered_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "id"], name="question_tenant_key"),
            models.CheckConstraint(
                name="answered_question_has_answerer",
                condition=Q(answered_at__isnull=True, answer__isnull=True, answered_by__isnull=True)
                | Q(answered_at__isnull=False, answered_by__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization", "contact"], condition=Q(answered_at__isnull=True), name="question_waiting"
            ),
            models.Index(fields=["organization", "asked_by", "about"], name="question_by_asker"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_closed(self) -> bool:
        """Whether one of the two ended it without an answer."""
        return self.answered_at is not None and self.answer_id is None
