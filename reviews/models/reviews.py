"""Is it still true? Periodic reviews of decisions and published checklists."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Organization, User
from audit.models import FreeText
from checklists.models import Checklist, ChecklistVersion
from governance.models import RouteDecision


def exactly_one_subject(name: str) -> models.CheckConstraint:
    """A row is about a decision or a checklist, never both, never neither."""
    return models.CheckConstraint(
        name=name,
        condition=Q(decision__isnull=False, checklist__isnull=True) | Q(decision__isnull=True, checklist__isnull=False),
    )


class ReviewSchedule(models.Model):
    """When one subject is reviewed next. Written when it comes into force and when a review closes."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    decision = models.OneToOneField(RouteDecision, null=True, on_delete=models.PROTECT, related_name="review_schedule")
    checklist = models.OneToOneField(Checklist, null=True, on_delete=models.PROTECT, related_name="review_schedule")
    next_on = models.DateField()

    class Meta:
        constraints = [exactly_one_subject("schedule_has_one_subject")]
        indexes = [models.Index(fields=["next_on"], name="schedule_by_day")]

    def __str__(self) -> str:
        return f"{self.decision_id or self.checklist_id} on {self.next_on}"


class Review(models.Model):
    """One period's re-verification of one thing. Opened by the sweep when its day has come; closed by its keeper's word
    that it still holds, or by the change that they found it needs, once that is decided or published.

    At most one is open per subject, one per subject and period ever; missed periods collapse into it by name.
    """

    class Outcome(models.TextChoices):
        HOLDS = "holds", _("It still holds")
        EDITORIAL = "editorial", _("Changed, editorial")
        MATERIAL = "material", _("Changed, material")
        ENDED = "ended", _("What it was about has ended")

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, db_index=False, related_name="reviews")
    decision = models.ForeignKey(
        RouteDecision, null=True, on_delete=models.PROTECT, db_index=False, related_name="reviews"
    )
    checklist = models.ForeignKey(
        Checklist, null=True, on_delete=models.PROTECT, db_index=False, related_name="reviews"
    )
    period_on = models.DateField(_("period"))
    missed = models.JSONField(_("missed periods"), default=list, blank=True)
    due_on = models.DateField(_("due"))
    keeper = models.ForeignKey(Membership, null=True, on_delete=models.PROTECT, related_name="reviews_kept")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=20, choices=Outcome, blank=True)
    because = models.ForeignKey(FreeText, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "id"], name="review_tenant_key"),
            exactly_one_subject("review_has_one_subject"),
            models.UniqueConstraint(fields=["decision", "period_on"], name="review_once_per_decision_and_period"),
            models.UniqueConstraint(fields=["checklist", "period_on"], name="review_once_per_checklist_and_period"),
            models.UniqueConstraint(
                fields=["decision"], condition=Q(closed_at__isnull=True), name="one_open_review_per_decision"
            ),
            models.UniqueConstraint(
                fields=["checklist"], condition=Q(closed_at__isnull=True), name="one_open_review_per_checklist"
            ),
            models.CheckConstraint(
                name="closed_review_has_outcome",
                condition=Q(closed_at__isnull=True, outcome="") | (Q(closed_at__isnull=False) & ~Q(outcome="")),
            ),
        ]
        indexes = [models.Index(fields=["organization", "closed_at", "due_on"], name="review_by_due")]

    def __str__(self) -> str:
        return f"{self.decision_id or self.checklist_id}, {self.period_on}"


class ReviewFinding(models.Model):
    """What a keeper found at a review: that its subject has to change, whether that matters to people, and why.

    Written by ``actions.find_change``, again when nothing came of the last one. Never changed: the review stays open
    until the change is decided, and it is the change that says who is asked again. ``version`` is the draft that changes
    a checklist: that one published, or a later one, is the change. A decision says itself that it was superseded.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="findings")
    outcome = models.CharField(max_length=20, choices=Review.Outcome)
    because = models.ForeignKey(FreeText, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(ChecklistVersion, null=True, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="finding_is_a_change", condition=Q(outcome__in=["editorial", "material"])),
        ]

    def __str__(self) -> str:
        return f"{self.review_id}: {self.outcome}"
