"""What is said about routes, as one organization sees it: shipped rows, with its own laid over them."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Exists, OuterRef, Prefetch, Q, QuerySet, When, Window
from django.db.models.expressions import BaseExpression, Combinable
from django.db.models.functions import JSONObject, RowNumber
from django.db.models.lookups import Exact

from accounts.models import Organization
from catalog.models import AccessRoute, Citation, Claim, Fact, Hop, Procedure, Profile
from catalog.queries.pages import pages_citing, readings_in
from catalog.queries.readings import Reading

ORIGINS = ("route", "base", "profile")
FILTERS = ("tier", "trains", "reaches_vendor", "zero_retention", "audit_log")

# Facts as ``standing_facts`` gives them, about some routes and topics, each with the routes that share its profile. On every
# page of a question, so it is one text: put together by the ORM it took longer than it ran.
_SAID = """
SELECT fact.*, ARRAY(SELECT shared.accessroute_id FROM catalog_accessroute_profiles shared
                     WHERE shared.profile_id = fact.profile_id AND shared.accessroute_id = ANY(%(routes)s)) AS shared_by
FROM catalog_fact fact
JOIN catalog_topic topic ON topic.key = fact.topic_id
WHERE fact.topic_id = ANY(%(topics)s) AND fact.superseded_at IS NULL
  AND (fact.organization_id = %(organization)s OR fact.organization_id IS NULL AND NOT EXISTS (
        SELECT FROM catalog_fact own
        WHERE own.organization_id = %(organization)s AND own.key = fact.key AND own.superseded_at IS NULL))
  AND (fact.route_id = ANY(%(said_of)s) OR fact.profile_id IN (
        SELECT profile_id FROM catalog_accessroute_profiles WHERE accessroute_id = ANY(%(routes)s)))
ORDER BY topic.position, fact.key
"""


@dataclass(frozen=True)
class FactShown:
    """A fact as it is shown on one route's page.

    :ivar origin: where it comes from: ``route``, ``base`` (the plan or platform underneath) or ``profile`` (shared).
    :ivar is_ours: the organization's own row, laid over a shipped one or standing alone.
    :ivar readings: what the newest texts of its pages say of it, where somebody looked (``with_readings``).
    """

    fact: Fact
    origin: str
    is_ours: bool
    readings: tuple[Reading, ...] = ()

    @property
    def seen_on(self) -> dt.date | None:
        """The last day on which every page it cites still read as it did when it was written; None where one does not, or
        nobody can tell."""
        if not self.readings or any(reading.words != "same" for reading in self.readings):
            return None
        return min(reading.read_on for reading in self.readings)

    def is_old(self, on: dt.date) -> bool:
        """Whether the topic's patience has run out; a fact of unknown date is always old."""
        age = self.age_in_days(on)
        return age is None or age > self.fact.topic.old_after_days

    def age_in_days(self, on: dt.date) -> int | None:
        """Days since the day it is as of, or was seen to stand still; None where that is unknown."""
        days = [day for day in (self.fact.as_of, self.seen_on) if day]
        return (on - max(days)).days if days else None


def routes(
    organization: Organization | None, *, text: str = "", vendor: str = "", **answers: str
) -> QuerySet[AccessRoute]:
    """The routes an organization can choose from, filtered.

    :param text: each of its words is looked for in name, aliases, vendor, tool and short code.
    :param answers: any of ``FILTERS`` with the value wanted; empty values filter nothing.
    """
    found = AccessRoute.objects.visible_to(organization).filter(retired_at=None).select_related("tool")
    for name, value in answers.items():
        if name not in FILTERS:
            raise TypeError(f"no filter {name!r}")
        if value:
            found = found.filter(**{name: value})
    if vendor:
        found = found.filter(tool__vendor=vendor)
    for word in text.split():
        named = Q(name__icontains=word) | Q(aliases__icontains=word) | Q(short_code__iexact=word)
        found = found.filter(named | Q(tool__name__icontains=word) | Q(tool__vendor__icontains=word))
    return found.order_by("tool__vendor", "tool__name", "name")


def archived_routes(organization: Organization) -> QuerySet[AccessRoute]:
    """The organization's own routes that it archived."""
    own = AccessRoute.objects.filter(organization=organization, retired_at__isnull=False)
    return own.select_related("tool").order_by("name")


def vendors(organization: Organization | None) -> list[str]:
    """The vendors that routes of the organization have."""
    found = routes(organization).order_by("tool__vendor").values_list("tool__vendor", flat=True)
    return list(found.distinct())


def standing_facts(organization: Organization | None) -> QuerySet[Fact]:
    """Facts as the organization sees them: its own row hides the shipped one with the same key."""
    facts = Fact.objects.visible_to(organization).standing()
    if organization is None:
        return facts
    own = Fact.objects.standing().filter(organization=organization, key=OuterRef("key"))
    return facts.filter(Q(organization__isnull=False) | ~Exists(own))


def facts_by_topic(
    about: Collection[AccessRoute], organization: Organization | None, topics: Collection[str]
) -> dict[int, list[Fact]]:
    """For each route (by id) the facts of some topics, base and profiles included: what an answer about it rests on.

    One query, however many routes.
    """
    asked: dict[str, Any] = {
        "organization": organization.pk if organization else None,
        "routes": [route.pk for route in about],
        "said_of": [pk for route in about for pk in (route.pk, route.base_id) if pk],
        "topics": list(topics),
    }
    facts = list(Fact.objects.raw(_SAID, asked))
    found = {}
    for route in about:
        mine = [
            one
            for one in facts
            if one.route_id in {route.pk, route.base_id} - {None} or route.pk in vars(one)["shared_by"]
        ]
        found[route.pk] = [shown.fact for shown in _laid_over(route, mine)]
    return found


def said_of(
    route: AccessRoute, organization: Organization | None, **columns: Combinable | BaseExpression
) -> list[FactShown]:
    """Everything said about a route, by topic: its own facts, shared ones, and the base's where it says nothing itself.

    One query, however many facts: each carries ``cited`` (source, its date, sections) and ``sides`` (statement, cited). What
    the newest texts of the pages say stands in the first row: it is about pages, not facts.

    :param columns: what each fact carries besides, such as what an app above says of it.
    """
    profiles = Profile.objects.filter(routes=route, retired_at=None)
    sides = Claim.objects.filter(fact=OuterRef("pk")).order_by("position")
    about = Q(route__in=[pk for pk in (route.pk, route.base_id) if pk]) | Q(profile__in=profiles)
    standing = Fact.objects.visible_to(organization).standing().filter(about)
    pages = ArraySubquery(pages_citing(standing.values("pk"), organization))
    facts = (
        standing_facts(organization)
        .filter(about)
        .select_related("topic", "profile", "route")
        .annotate(
            cited=_cited_by("fact"),
            sides=ArraySubquery(sides.values(row=JSONObject(statement="statement", cited=_cited_by("claim")))),
            pages=Case(When(Exact(Window(RowNumber()), 1), then=pages), default=None),
            **columns,
        )
        .order_by("topic__position", "profile_id", "pk")
    )
    found: list[Any] = list(facts)
    readings = readings_in(next((fact.pages for fact in found if fact.pages), []), organization)
    return [replace(shown, readings=tuple(readings.get(shown.fact.pk, ()))) for shown in _laid_over(route, found)]


def steps_of(route: AccessRoute, organization: Organization | None) -> list[Hop]:
    """The hops of a route in order, each with its two stations; in one query: each carries what it has ``cited``."""
    hops = Hop.objects.visible_to(organization).standing().filter(route=route)
    found = hops.select_related("from_node", "to_node").annotate(cited=_cited_by("hop"))
    return list(found.order_by("position", "pk"))


def _cited_by(kind: str) -> ArraySubquery:
    cited = Citation.objects.filter(**{kind: OuterRef("pk")}).order_by("pk")
    source = {name: f"source__{name}" for name in ("title", "url", "kind", "as_of", "as_of_precision", "as_of_note")}
    return ArraySubquery(cited.values(row=JSONObject(sections="sections", **source)))


def procedures_of(facts: Iterable[FactShown], organization: Organization | None) -> list[Procedure]:
    """The procedures that these facts name, each once."""
    keys = {shown.fact.procedure_key for shown in facts} - {""}
    found = Procedure.objects.visible_to(organization).standing().filter(key__in=keys)
    cites = Prefetch("citations", Citation.objects.select_related("source"))
    return list(found.prefetch_related(cites).order_by("key"))


def _laid_over(route: AccessRoute, facts: Iterable[Fact]) -> list[FactShown]:
    found: list[Any] = list(facts)
    said = {fact.topic_id for fact in found if fact.route_id == route.pk and fact.state != Fact.State.UNKNOWN}
    base_says = {fact.topic_id for fact in found if _is_base(fact, route) and fact.state != Fact.State.UNKNOWN}
    shown = []
    for fact in found:
        if _is_base(fact, route):
            if fact.topic_id in said or fact.state == Fact.State.UNKNOWN:
                continue
            origin = "base"
        elif fact.route_id == route.pk:
            # "Nobody knows" gives way to what is known underneath.
            if fact.state == Fact.State.UNKNOWN and fact.organization_id is None and fact.topic_id in base_says - said:
                continue
            origin = "route"
        else:
            origin = "profile"
        shown.append(FactShown(fact=fact, origin=origin, is_ours=fact.organization_id is not None))
    # Facts arrive by topic; within one the route speaks first, then what is underneath, then what is shared. By key: what
    # supersedes a fact stands in its place, where a word diff looks for it.
    place = {topic: number for number, topic in enumerate(dict.fromkeys(one.fact.topic_id for one in shown))}
    return sorted(shown, key=lambda one: (place[one.fact.topic_id], ORIGINS.index(one.origin), one.fact.key))


def _is_base(fact: Fact, route: AccessRoute) -> bool:
    return fact.route_id is not None and fact.route_id != route.pk and fact.route_id == route.base_id
