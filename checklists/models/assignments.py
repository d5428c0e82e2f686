"""Whom a checklist reaches: rules are the truth, assignments their materialization."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import JobRole, Membership, Organization, Team, User
from accounts.models.periods import PeriodQuerySet
from audit.models import FreeText
from catalog.models import AccessRoute
from checklists.models.checklists import Checklist


class AssignmentRule(models.Model):
    """Who has to answer a checklist: a team, a job role, people whose routes include one, or one person; empty is everyone.

    Whoever asks one person says why (``reason``). Holds from ``started_at`` until closed, for people who join later too. For a shared checklist the team answers
    once, or with no team the organization. Closed once, never changed or deleted.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="assignment_rules")
    checklist = models.ForeignKey(Checklist, on_delete=models.PROTECT, related_name="rules")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    job_role = models.ForeignKey(JobRole, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    route = models.ForeignKey(AccessRoute, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    membership = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="assignment_rules"
    )
    reason = models.ForeignKey(FreeText, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    due_days = models.PositiveSmallIntegerField(_("days to answer"), default=14, validators=[MaxValueValidator(365)])
    due_on = models.DateField(_("or due on"), null=True, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    started_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    ended_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    objects = PeriodQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["checklist", "team", "job_role", "route", "membership"],
                condition=Q(ended_at__isnull=True),
                nulls_distinct=False,
                name="same_rule_only_once",
            ),
            models.CheckConstraint(
                name="rule_ends_after_it_starts", condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at"))
            ),
            models.CheckConstraint(
                name="one_person_is_asked_for_a_reason",
                condition=Q(membership__isnull=True, reason__isnull=True)
                | Q(
                    membership__isnull=False,
                    reason__isnull=False,
                    team__isnull=True,
                    job_role__isnull=True,
                    route__isnull=True,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.checklist_id} → team {self.team_id}, role {self.job_role_id}, route {self.route_id}"


class Assignment(models.Model):
    """One person and one personal checklist that is required of them, with how far they are.

    Written by the settle sweep or the first answer, from the rules. ``status`` and the counts are a cache a test
    recomputes; they stand in no index, so that the sweep's updates stay cheap. ``reason`` says why something is asked
    again, ``asked_on`` when it was asked, newly or again; what is complete is due only when an answer soon runs out.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("To do")
        COMPLETE = "complete", _("Completed")
        ENDED = "ended", _("No longer required")

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, db_index=False, related_name="assignments")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="assignments")
    checklist = models.ForeignKey(Checklist, on_delete=models.PROTECT, related_name="assignments")
    team_id = models.BigIntegerField(null=True)
    job_role_id = models.BigIntegerField(null=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    item_count = models.PositiveSmallIntegerField(default=0)
    open_count = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(max_length=20, blank=True, default="")
    due_on = models.DateField(null=True)
    asked_on = models.DateField()
    settled_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "membership", "checklist"], name="one_assignment_per_person_and_list"
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "team_id"], name="assignment_by_team"),
            models.Index(fields=["organization", "checklist", "membership"], name="assignment_by_checklist"),
        ]

    def __str__(self) -> str:
        return f"{self.membership_id}: {self.checklist_id}"


class Clearance(models.Model):
    """One person and one route that a decision in force allows them, and whether they are cleared for it.

    Written by settling, from the same predicate; a cache a test recomputes. ``lost_at``: when they were cleared last, since they
    are no longer. Gone when nothing allows it any more; whoever was cleared until then stands in ``ClearanceLost``.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, db_index=False, related_name="clearances")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="clearances")
    route = models.ForeignKey(AccessRoute, on_delete=models.PROTECT, related_name="+")
    team_id = models.BigIntegerField(null=True)
    job_role_id = models.BigIntegerField(null=True)
    is_cleared = models.BooleanField()
    lost_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "route", "membership"], name="one_clearance_per_person_and_route"
            ),
        ]
        indexes = [models.Index(fields=["membership"], name="clearance_by_person")]

    def __str__(self) -> str:
        return f"{self.membership_id}: {self.route_id} {self.is_cleared}"


class ClearanceLost(models.Model):
    """One person who was cleared for a route until no decision allowed it to them any more: it was suspended or ended, they
    left, or moved.

    Written by settling, where it takes a clearance away; what it says is over where they are cleared anew.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, db_index=False, related_name="+")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    route = models.ForeignKey(AccessRoute, on_delete=models.PROTECT, related_name="+")
    lost_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "clearances lost"
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "route", "membership"], name="one_lost_clearance_per_person_and_route"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.membership_id}: {self.route_id} until {self.lost_at}"


class SettleRequest(models.Model):
    """Somebody (or, with no membership, everybody) whose assignments have to be settled anew.

    Written by triggers in the transaction of the change itself; taken by the settle sweep.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, db_index=False, related_name="+")
    membership = models.ForeignKey(Membership, null=True, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["organization", "membership"], name="settle_request_by_tenant")]

    def __str__(self) -> str:
        return f"{self.organization_id}: {self.membership_id or 'everybody'}"


class SettleJob(models.Model):
    """One pass over everybody of an organization; the cursor moves in each batch's own transaction."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="settle_jobs")
    cursor = models.BigIntegerField(default=0)
    started_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization"], condition=Q(done_at__isnull=True), name="one_settle_job_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization_id} at {self.cursor}"


class Lapse(models.Model):
    """A day on which something a person said runs out or is about to; taken by the settle sweep when it comes."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["on", "membership"], name="one_lapse_per_day_and_person")]

    def __str__(self) -> str:
        return f"{self.membership_id} on {self.on}"


class Reminder(models.Model):
    """An open assignment with a due day, the day on which to look next whether its person is to be told, and the day on which
    somebody else is: a week after the due day whoever leads the team (``late_on``), after two whoever keeps the checklist.

    Kept by a trigger on assignments (a new or moved due day: look at the next sweep, day 0001-01-01) and by the sweep that tells. Its
    index is what makes a sweep with nothing due cost the same for a thousand assignments and a million, while the
    assignments' own columns stay out of every index.
    """

    assignment = models.OneToOneField(Assignment, primary_key=True, on_delete=models.CASCADE, related_name="reminder")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+", db_index=False)
    next_on = models.DateField(null=True)
    late_on = models.DateField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["organization", "next_on"], name="reminder_by_day"),
            models.Index(
                fields=["organization", "late_on"], condition=Q(late_on__isnull=False), name="reminder_long_overdue"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assignment_id}: {self.next_on}"
