"""What the person who acts holds now, and the refusals that follow from it."""

import datetime as dt

from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from accounts.models import AccessPeriod, Membership
from accounts.queries import Standing, must_prove_address, standing_of, with_standing
from accounts.rights import Right, may_grant_group, may_grant_level
from operations.errors import ActionRefused


def standing_now(membership: Membership) -> Standing:
    """What this membership holds now, read from the periods, not from the page that was opened earlier."""
    return standing_of(with_standing(Membership.objects.filter(pk=membership.pk)).get())


def refuse_without(right: Right, by: Membership) -> frozenset[Right]:
    """The rights of the person who acts.

    :raises ActionRefused: they no longer hold ``right``.
    """
    held = standing_now(by).rights
    if right not in held:
        raise ActionRefused(_("You may no longer do this: your access has changed."))
    return held


def refuse_level_above(held: frozenset[Right], level: str) -> None:
    """:raises ActionRefused: the level carries a right that the person who acts doesn't hold."""
    if not may_grant_level(held, level):
        raise ActionRefused(
            _("The access level “%(level)s” holds more than you do: ask an owner.")
            % {"level": AccessPeriod.Level(level).label}
        )


def refuse_group(held: frozenset[Right]) -> None:
    """:raises ActionRefused: the person who acts may not decide who signs."""
    if not may_grant_group(held):
        raise ActionRefused(_("Only an owner decides who belongs to a sign-off group."))


def refuse_unproved(membership: Membership) -> None:
    """:raises ActionRefused: nobody has seen yet that the address is theirs: whoever was handed their link may hold it."""
    if must_prove_address(membership.user):
        raise ActionRefused(
            _("%(person)s has to sign in with a code first: so far nobody knows that mail to %(email)s reaches them.")
            % {"person": membership.user, "email": membership.user.email}
        )


def refuse_outsider(standing: Standing) -> str:
    """The access level of somebody who belongs to the organization.

    :raises ActionRefused: they have left.
    """
    if standing.level is None:
        raise ActionRefused(_("This person has left the organization."))
    return standing.level


def refuse_overtaken(at: dt.datetime, *periods: QuerySet) -> None:
    """:raises ActionRefused: somebody else's change, made while we waited for the lock, came after ``at``."""
    for kind in periods:
        last = kind.aggregate(started=Max("started_at"), ended=Max("ended_at"))
        if any(moment and moment > at for moment in last.values()):
            raise ActionRefused(_("Somebody changed this a moment ago: look again before you change it."))


def refuse_foreign(by: Membership, *things: object) -> None:
    """:raises ActionRefused: one of the things belongs to another organization, or is archived."""
    for thing in things:
        if thing is None:
            continue
        if thing.organization_id != by.organization_id:  # type: ignore[attr-defined]  # every tenant's row has it
            raise ActionRefused(_("This belongs to another organization."))
        if getattr(thing, "archived_at", None) is not None:
            raise ActionRefused(_("“%(name)s” is archived.") % {"name": thing})
