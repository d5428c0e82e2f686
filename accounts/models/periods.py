"""Who held what, from when to when, by whose hand: rows are added and closed once, never overwritten."""

import datetime as dt
from typing import ClassVar, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.organizations import JobRole, Organization, SignOffGroup, Team
from accounts.models.people import Membership


class TsTzRange(Func):
    """``tstzrange(started_at, ended_at)``: an open end reaches on."""

    function = "TSTZRANGE"


def never_twice_at_once(name: str, *columns: str) -> ExclusionConstraint:
    """The database refuses two rows with equal ``columns`` whose periods overlap."""
    return ExclusionConstraint(
        name=name,
        expressions=[
            *((column, RangeOperators.EQUAL) for column in columns),
            (TsTzRange("started_at", "ended_at"), RangeOperators.OVERLAPS),
        ],
    )


def ends_after_it_starts(name: str) -> models.CheckConstraint:
    """A closed period has an end after its start, and somebody or something that ended it at that moment."""
    return models.CheckConstraint(name=name, condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")))


class PeriodQuerySet(models.QuerySet):
    """What every kind of period can be asked."""

    def open(self) -> Self:
        """Periods that have not ended."""
        return self.filter(ended_at__isnull=True)

    def at(self, at: dt.datetime) -> Self:
        """Periods that were running at that moment."""
        return self.filter(Q(ended_at__isnull=True) | Q(ended_at__gt=at), started_at__lte=at)


class Period(models.Model):
    """The common shape: a start, an end, and who set either. The database refuses any change but closing it once."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(_("from"))
    ended_at = models.DateTimeField(_("until"), null=True, blank=True)
    started_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    ended_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")

    objects = PeriodQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def is_open(self) -> bool:
        return self.ended_at is None


class AccessPeriod(Period):
    """What a person may do in general: their access level. No open one means they have left."""

    class Level(models.TextChoices):
        OWNER = "owner", _("Owner")
        MANAGER = "manager", _("Manager")
        AUDITOR = "auditor", _("Auditor")
        MEMBER = "member", _("Member")
        # Such as outside counsel: signs what names them, and is asked nothing else.
        GUEST = "guest", _("Outside signer")

    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="access_periods")
    level = models.CharField(_("access level"), max_length=10, choices=Level)

    class Meta:
        constraints: ClassVar = [
            never_twice_at_once("one_access_level_at_a_time", "membership"),
            ends_after_it_starts("access_period_ends_after_it_starts"),
            models.UniqueConstraint(
                fields=["membership"], condition=Q(ended_at__isnull=True), name="one_open_access_period"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "membership"], name="access_period_by_membership"),
            models.Index(
                fields=["organization", "level", "membership"],
                condition=Q(ended_at__isnull=True),
                name="access_period_open_by_level",
            ),
            models.Index(fields=["ended_at"], condition=Q(ended_at__isnull=False), name="access_period_by_end"),
        ]

    def __str__(self) -> str:
        return f"{self.membership_id}: {self.level}"


class Placement(Period):
    """Where a person works and what their job is; a move closes one and opens the next."""

    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="placements")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="placements")
    job_role = models.ForeignKey(JobRole, null=True, blank=True, on_delete=models.PROTECT, related_name="placements")

    class Meta:
        constraints: ClassVar = [
            never_twice_at_once("one_placement_at_a_time", "membership"),
            ends_after_it_starts("placement_ends_after_it_starts"),
            models.UniqueConstraint(
                fields=["membership"], condition=Q(ended_at__isnull=True), name="one_open_placement"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["organization", "team", "membership"],
                condition=Q(ended_at__isnull=True),
                name="placement_open_by_team",
            ),
            models.Index(
                fields=["organization", "job_role", "membership"],
                condition=Q(ended_at__isnull=True),
                name="placement_open_by_job_role",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.membership_id}: {self.team_id}/{self.job_role_id}"


class LeadPeriod(Period):
    """Who led a team, when. One lead at a time."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="lead_periods")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="lead_periods")

    class Meta:
        constraints: ClassVar = [
            never_twice_at_once("one_lead_at_a_time", "team"),
            ends_after_it_starts("lead_period_ends_after_it_starts"),
        ]
        indexes: ClassVar = [models.Index(fields=["organization", "membership"], name="lead_period_by_membership")]

    def __str__(self) -> str:
        return f"{self.team_id} led by {self.membership_id}"


class GroupPeriod(Period):
    """Who belonged to a sign-off group, when."""

    group = models.ForeignKey(SignOffGroup, on_delete=models.PROTECT, related_name="group_periods")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="group_periods")

    class Meta:
        constraints: ClassVar = [
            never_twice_at_once("in_a_group_once_at_a_time", "group", "membership"),
            ends_after_it_starts("group_period_ends_after_it_starts"),
        ]
        indexes: ClassVar = [models.Index(fields=["organization", "membership"], name="group_period_by_membership")]

    def __str__(self) -> str:
        return f"{self.membership_id} in {self.group_id}"
