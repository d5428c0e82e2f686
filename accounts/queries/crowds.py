"""Several people at once: whom a change would touch, and whom it leaves as they are."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import AccessPeriod, JobRole, Membership, Placement, Team
from accounts.rights import Right, may_grant_level
from audit import canonical

Level = AccessPeriod.Level


@dataclass(frozen=True)
class NewPlace:
    """Where several people are to work; what is not changed stays as each of them has it."""

    team: Team | None = None
    job_role: JobRole | None = None
    changes_team: bool = False
    changes_job_role: bool = False


@dataclass(frozen=True)
class Crowd:
    """Whom a change touches.

    :ivar ids: memberships, in rising order.
    :ivar there: how many are placed so already.
    :ivar outsiders: how many come from outside to sign, and have no place.
    :ivar apart: how many can only leave by themselves: whoever acts, owners, and who holds more than they do.
    """

    ids: list[int]
    there: int = 0
    outsiders: int = 0
    apart: int = 0

    @property
    def digest(self) -> str:
        """Says who they are, for a form that must mean the same people as the page before it."""
        return canonical.digest_of_ids(self.ids)


def to_be_placed(people: QuerySet[Membership], place: NewPlace) -> Crowd:
    """Those of ``people`` who would move; whoever has left is not counted at all."""
    insiders = people.filter(_holds(set(Level) - {Level.GUEST}))
    there = Placement.objects.open().filter(membership=OuterRef("pk"))
    if place.changes_team:
        there = there.filter(team=place.team)
    if place.changes_job_role:
        there = there.filter(job_role=place.job_role)
    ids = _ids(insiders.filter(~Exists(there)))
    return Crowd(ids, there=insiders.count() - len(ids), outsiders=people.filter(_holds({Level.GUEST})).count())


def to_leave(people: QuerySet[Membership], *, by: Membership, held: frozenset[Right]) -> Crowd:
    """Those of ``people`` who would leave; owners, oneself and whoever holds more than ``held`` leave one by one."""
    levels = {level for level in Level if level != Level.OWNER and may_grant_level(held, level)}
    ids = _ids(people.filter(_holds(levels)).exclude(pk=by.pk))
    return Crowd(ids, apart=people.filter(_holds(set(Level))).count() - len(ids))


def _holds(levels: Collection[str]) -> Exists:
    return Exists(AccessPeriod.objects.open().filter(membership=OuterRef("pk"), level__in=levels))


def _ids(people: QuerySet[Membership]) -> list[int]:
    return sorted(people.values_list("pk", flat=True))
