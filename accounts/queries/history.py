"""A person's periods in one organization, as one line of stops."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, F, QuerySet, Value
from django.utils.translation import gettext as _

from accounts.models import AccessPeriod, GroupPeriod, LeadPeriod, Membership, Placement

ACCESS, PLACED, LED, SIGNED = "access", "placed", "led", "signed"
COLUMNS = ("kind", "what", "also", "started_at", "ended_at", "began_by", "closed_by")


@dataclass(frozen=True)
class Stop:
    """One period: what it was, from when to when, by whose hand."""

    title: str
    started_at: dt.datetime
    ended_at: dt.datetime | None
    began_by: str
    closed_by: str


def history_of(membership: Membership) -> list[Stop]:
    """Everything the person held here, newest first; one query."""
    access = _rows(AccessPeriod, membership, ACCESS, what=F("level"))
    placements = _rows(Placement, membership, PLACED, what=F("team__name"), also=F("job_role__name"))
    leads = _rows(LeadPeriod, membership, LED, what=F("team__name"))
    groups = _rows(GroupPeriod, membership, SIGNED, what=F("group__name"))
    rows = access.union(placements, leads, groups, all=True).order_by("-started_at", "kind")
    return [
        Stop(_title(row["kind"], row["what"], row["also"]), *(row[column] for column in COLUMNS[3:])) for row in rows
    ]


def _rows(kind: Any, membership: Membership, name: str, **columns: F) -> QuerySet:
    text = CharField()
    also = columns.pop("also", Value(None, output_field=text))
    return (
        kind.objects.filter(membership=membership)
        .annotate(
            kind=Value(name, output_field=text),
            also=also,
            began_by=F("started_by__name"),
            closed_by=F("ended_by__name"),
            **columns,
        )
        .values(*COLUMNS)
    )


def _title(kind: str, what: str, also: str | None) -> str:
    if kind == ACCESS:
        return _("Access level: %(level)s") % {"level": AccessPeriod.Level(what).label}
    if kind == LED:
        return _("Led %(team)s") % {"team": what}
    if kind == SIGNED:
        return _("Signed for %(group)s") % {"group": what}
    return _("Team: %(team)s. Job role: %(role)s") % {"team": what or _("none"), "role": also or _("none")}
