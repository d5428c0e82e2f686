"""Decisions about routes; a row is one revision, frozen from submission."""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Organization, User
from accounts.models.periods import TsTzRange
from audit.models import FreeText
from catalog.models import AccessRoute
from governance.models.sign_offs import SignOff


class RouteDecision(models.Model):
    """One revision of what an organization decides about a route: allowed, allowed until, or not allowed.

    Drafted and edited by a manager, frozen by ``submit``; only actions move its status, along ``MOVES``.
    The database keeps the submitted content as it was, and approves nothing that is not signed. Never deleted.
    """

    class Outcome(models.TextChoices):
        ALLOWED = "allowed", _("Allowed")
        ALLOWED_UNTIL = "allowed_until", _("Allowed until")
        NOT_ALLOWED = "not_allowed", _("Not allowed")

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("Waiting for signatures")
        CHANGES_ASKED = "changes_asked", _("Changes asked for")
        REJECTED = "rejected", _("Rejected")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        APPROVED = "approved", _("In force")
        SUSPENDED = "suspended", _("Suspended")
        SUPERSEDED = "superseded", _("Superseded")
        RETIRED = "retired", _("Retired")
        EXPIRED = "expired", _("Expired")

    MOVES: ClassVar[dict[str, frozenset[str]]] = {
        Status.DRAFT: frozenset({Status.SUBMITTED, Status.WITHDRAWN}),
        Status.SUBMITTED: frozenset({Status.APPROVED, Status.CHANGES_ASKED, Status.REJECTED, Status.WITHDRAWN}),
        Status.APPROVED: frozenset({Status.SUSPENDED, Status.SUPERSEDED, Status.RETIRED, Status.EXPIRED}),
        Status.SUSPENDED: frozenset({Status.APPROVED, Status.SUPERSEDED, Status.RETIRED, Status.EXPIRED}),
    }

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, db_index=False, related_name="decisions")
    route = models.ForeignKey(AccessRoute, on_delete=models.PROTECT, related_name="decisions")
    number = models.PositiveIntegerField(_("revision"))
    outcome = models.CharField(_("decision"), max_length=20, choices=Outcome, default=Outcome.ALLOWED)
    until = models.DateField(_("until"), null=True, blank=True)
    why = models.TextField(_("why"))
    conditions = models.TextField(_("conditions"), blank=True)
    # Keys of ``queries.permission_modes``; none where nothing is said about how far the tool may act alone.
    permission_modes = ArrayField(
        models.CharField(max_length=20), verbose_name=_("how far it may act alone"), default=list, blank=True
    )
    review_months = models.PositiveSmallIntegerField(
        _("review every (months)"), default=6, validators=[MinValueValidator(1), MaxValueValidator(24)]
    )
    keeper = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="decisions_kept", verbose_name=_("keeper")
    )
    # What the proposer judges the change from the revision in force to be: who rests on the old one is asked again.
    is_material = models.BooleanField(_("the change matters to people who already answered"), default=True)
    status = models.CharField(max_length=20, choices=Status, default=Status.DRAFT)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    sign_off = models.OneToOneField(SignOff, null=True, blank=True, on_delete=models.PROTECT, related_name="decision")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "id"], name="decision_tenant_key"),
            models.UniqueConstraint(fields=["organization", "route", "number"], name="one_decision_per_revision"),
            models.UniqueConstraint(
                fields=["organization", "route"],
                condition=Q(status__in=["approved", "suspended"]),
                name="one_decision_holds_per_route",
            ),
            models.UniqueConstraint(
                fields=["organization", "route"],
                condition=Q(status__in=["draft", "submitted"]),
                name="one_open_proposal_per_route",
            ),
            models.CheckConstraint(
                name="until_only_where_allowed_until",
                condition=Q(outcome="allowed_until", until__isnull=False)
                | (~Q(outcome="allowed_until") & Q(until__isnull=True)),
            ),
            models.CheckConstraint(
                name="submitted_decision_has_sign_off",
                condition=Q(status__in=["draft", "withdrawn"]) | Q(sign_off__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["organization", "status"], name="decision_by_status")]

    def __str__(self) -> str:
        return f"{self.route} ({self.get_outcome_display()}, {self.number})"

    def get_absolute_url(self) -> str:
        return reverse("governance:decision-detail", args=[self.organization.slug, self.pk])

    def can_move_to(self, status: str) -> bool:
        """Whether the transition table lets this decision move to ``status``."""
        return status in self.MOVES.get(self.status, frozenset())

    @property
    def is_in_force(self) -> bool:
        """Approved and nothing since; a passed ``until`` is settled by its force period."""
        return self.status == self.Status.APPROVED


class DecisionEditor(models.Model):
    """Somebody who wrote in a draft, and therefore may not sign it."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    decision = models.ForeignKey(RouteDecision, on_delete=models.PROTECT, db_index=False, related_name="editors")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["decision", "user"], name="one_editor_row_per_decision_and_user"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} edited {self.decision_id}"


class DecisionMove(models.Model):
    """One move of a decision's status: from, to, by whom, why. The status column is a cache of the newest."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    decision = models.ForeignKey(RouteDecision, on_delete=models.PROTECT, related_name="moves")
    from_status = models.CharField(max_length=20, choices=RouteDecision.Status, blank=True)
    to_status = models.CharField(max_length=20, choices=RouteDecision.Status)
    at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.ForeignKey(FreeText, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.decision_id}: {self.from_status} → {self.to_status}"


class ForcePeriod(models.Model):
    """When a decision was in force; opened by approval or resumption, closed once. ``lapses_at``: the end of its *until*.

    ``line`` is the route's color, 1 to 8, the same in each of its periods; a route that is not allowed has none.
    The database refuses two decisions in force for one organization and route at any moment.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    decision = models.ForeignKey(RouteDecision, on_delete=models.PROTECT, related_name="force_periods")
    route = models.ForeignKey(AccessRoute, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    lapses_at = models.DateTimeField(null=True, blank=True)
    line = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="one_decision_in_force_per_route",
                expressions=[
                    ("organization", RangeOperators.EQUAL),
                    ("route", RangeOperators.EQUAL),
                    (TsTzRange("started_at", "ended_at"), RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                name="force_ends_after_it_starts", condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at"))
            ),
        ]
        indexes = [models.Index(fields=["lapses_at"], condition=Q(ended_at__isnull=True), name="force_period_by_lapse")]

    def __str__(self) -> str:
        return f"{self.decision_id} from {self.started_at}"
