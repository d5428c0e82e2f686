"""An organization's judgement of a change."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Organization, User
from audit.models import FreeText, Reopening
from reviews.models.policies import PolicyVerdict


class ChangeAssessment(models.Model):
    """One change of a fact that somebody's word rests on, and what the organization judges it to be.

    Opened by the sweep when the catalog brought the change, or by the person who entered it; judged once. Material
    re-opens exactly what rests on the fact below the new revision; editorial re-opens nothing. ``policy_verdict``: where it
    was made by judging what the vendor changed.
    """

    class Verdict(models.TextChoices):
        EDITORIAL = "editorial", _("Editorial: nothing to ask again")
        MATERIAL = "material", _("Material: ask everyone it rests on again")

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, db_index=False, related_name="change_assessments"
    )
    fact_key = models.CharField(max_length=200)
    old_revision = models.BigIntegerField()
    new_revision = models.BigIntegerField()
    keeper = models.ForeignKey(Membership, null=True, on_delete=models.PROTECT, related_name="assessments_kept")
    opened_at = models.DateTimeField()
    due_on = models.DateField(_("due"))
    verdict = models.CharField(max_length=20, choices=Verdict, blank=True)
    because = models.ForeignKey(FreeText, null=True, on_delete=models.PROTECT, related_name="+")
    judged_at = models.DateTimeField(null=True, blank=True)
    judged_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    reopening = models.OneToOneField(Reopening, null=True, on_delete=models.PROTECT, related_name="assessment")
    policy_verdict = models.ForeignKey(PolicyVerdict, null=True, on_delete=models.PROTECT, related_name="changes")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "fact_key", "new_revision"], name="change_is_assessed_once"
            ),
            models.CheckConstraint(
                name="verdict_has_judge_and_reason",
                condition=Q(verdict="", judged_at__isnull=True, judged_by__isnull=True, because__isnull=True)
                | (~Q(verdict="") & Q(judged_at__isnull=False, judged_by__isnull=False, because__isnull=False)),
            ),
            models.CheckConstraint(
                name="only_material_reopens", condition=Q(reopening__isnull=True) | Q(verdict="material")
            ),
        ]
        indexes = [models.Index(fields=["organization", "verdict", "due_on"], name="assessment_by_due")]

    def __str__(self) -> str:
        return f"{self.fact_key}: {self.verdict or 'to judge'}"
