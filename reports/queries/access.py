"""Who may have access, and what is used, as rows of a file."""

import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from accounts.models import Organization
from catalog.models import AccessRoute
from checklists.models import UsageInquiry
from checklists.queries import usage
from checklists.queries.cleared import everybody_who_had_access


def cleared_columns() -> list[str]:
    """What stands in each column of :func:`cleared_rows`."""
    return [_("Access"), _("Name"), _("Email"), _("Team"), _("Until"), _("Why not any more")]


def cleared_filters(route: AccessRoute, organization: Organization, *, since: dt.datetime) -> str:
    """Which route, and since when those are listed who are no longer cleared; in words."""
    day = since.astimezone(ZoneInfo(organization.timezone)).date()
    return _("route %(route)s; no longer cleared since %(day)s") % {"route": route, "day": day.isoformat()}


def cleared_rows(
    organization: Organization, route: AccessRoute, *, since: dt.datetime, at: dt.datetime
) -> Iterator[tuple[str, ...]]:
    """Everybody who is cleared for a route, then everybody who was since ``since`` and is no longer."""
    zone = ZoneInfo(organization.timezone)
    for one in everybody_who_had_access(organization, route, since=since, at=at):
        until = f"{one.lost_at.astimezone(zone):%Y-%m-%d %H:%M}" if one.lost_at else ""
        yield (_("no") if one.lost_at else _("yes"), one.name, one.email, one.team, until, one.why)


def usage_rows(inquiry: UsageInquiry) -> Iterator[tuple[str, ...]]:
    """The numbers of an inquiry that may be shown, the organization's first."""
    for group in usage.shown(inquiry, team_ids=None):
        team = _("Everybody") if group.is_all else group.team or _("All other teams together")
        if group.answered:
            yield (team, _("Have answered"), "", "", str(group.answered))
        if group.nothing:
            yield (team, _("Use nothing"), "", "", str(group.nothing))
        for one in group.tools:
            yield (team, one.name, one.account, "", str(one.people))
            yield from ((team, one.name, one.account, purpose, str(people)) for purpose, people in one.purposes)
