"""A route of our own that is used no longer: it vanishes from every list, and can be taken up again."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Membership
from audit.actions import record
from catalog.models import AccessRoute
from governance.models import RouteDecision
from operations.errors import ActionRefused

Status = RouteDecision.Status
OPEN = (Status.DRAFT, Status.SUBMITTED, Status.CHANGES_ASKED, Status.APPROVED, Status.SUSPENDED)


@transaction.atomic
def archive_route(*, route: AccessRoute, by: Membership, at: dt.datetime) -> AccessRoute:
    """Take a route of our own off every list; what was decided and said about it stays.

    :raises ActionRefused: it ships, or is archived already; or a decision on it is in force, suspended or being prepared.
    """
    row = _lock(route, by)
    if row.retired_at is not None:
        raise ActionRefused(_("This route is archived already."))
    if obstacle := obstacle_to_archiving(row):
        raise ActionRefused(obstacle)
    row.retired_at = at
    row.save(update_fields=["retired_at"])
    _record("route.archived", row, by=by, at=at)
    return row


@transaction.atomic
def restore_route(*, route: AccessRoute, by: Membership, at: dt.datetime) -> AccessRoute:
    """A route of our own can be chosen again; nothing is decided about it by that.

    :raises ActionRefused: it is not archived.
    """
    row = _lock(route, by)
    if row.retired_at is None:
        raise ActionRefused(_("This route is taken up again already."))
    row.retired_at = None
    row.save(update_fields=["retired_at"])
    _record("route.restored", row, by=by, at=at)
    return row


def obstacle_to_archiving(route: AccessRoute) -> str:
    """Why it can't be archived now, as a sentence; empty where nothing is in the way."""
    open_ones = RouteDecision.objects.filter(organization=route.organization_id, route=route, status__in=OPEN)
    decision = open_ones.order_by("-pk").first()
    if decision is None:
        return ""
    return _(
        "There is a decision on it (%(status)s): retire or withdraw that first, so that everybody hears of it."
    ) % {"status": decision.get_status_display()}


def _lock(route: AccessRoute, by: Membership) -> AccessRoute:
    """FOR UPDATE: a proposal that is being written holds the route, and is seen once it is."""
    row = AccessRoute.objects.select_for_update(of=("self",)).get(pk=route.pk)
    if row.organization_id != by.organization_id:
        raise ActionRefused(_("This route ships with Wayleave and stays in the list: decide that it is not allowed."))
    return row


def _record(action: str, route: AccessRoute, *, by: Membership, at: dt.datetime) -> None:
    record(action, by=by.user_id, organization_id=by.organization_id, at=at, target=f"route:{route.pk}")
