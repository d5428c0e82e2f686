"""A route's page: the catalog's words, our decision beside them."""

import datetime as dt
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet

from accounts.models import AccessPeriod, Membership, Organization
from accounts.queries import active_memberships, placed
from catalog.models import AccessRoute
from catalog.queries import FactShown, procedures_of, steps_of
from governance.queries.cards import hops_shown, standing_of, topics_of
from governance.queries.lines import line_of
from governance.queries.own_words import CHECKS, names_in, open_checks
from governance.queries.submissions import hop_said, said, said_by_all


def route_pages(organization: Organization) -> QuerySet[AccessRoute]:
    """The routes an organization can open, each with its tool, its base and the names of what it requires."""
    required = AccessRoute.objects.filter(required_by=OuterRef("pk")).order_by("name").values("name")
    visible = AccessRoute.objects.visible_to(organization).select_related("tool", "base")
    return visible.annotate(required_names=ArraySubquery(required), line=line_of(organization, route="pk"))


def described(route: AccessRoute, organization: Organization, *, on: dt.date) -> dict[str, Any]:
    """Everything said about a route: facts by topic, hops, procedures. Four queries."""
    facts = said_by_all(route, organization)
    rows = [said(shown) for shown in facts]
    topics = topics_of(rows, on=on, people=names_in(shown.fact for shown in facts))
    standing = {shown.fact.pk: standing_of(shown.readings) for shown in facts}
    for card in (card for topic in topics for card in topic["cards"]):
        card["standing"] = standing[card["revision"]]
    return {
        "topics": topics,
        "open_checks": [check for check in CHECKS if any(one.check == check for one in open_checks(rows, on=on))],
        "hops": hops_shown([hop_said(hop) for hop in steps_of(route, organization)]),
        "procedures": procedures_of(facts, organization),
        "is_unchecked": any(not shown.is_ours for shown in facts),
        "old_topics": _old_topics(facts, on),
    }


def _old_topics(facts: list[FactShown], on: dt.date) -> list[str]:
    """What shipped facts are about whose date is further back than their topic allows, each topic once."""
    old = (shown.fact for shown in facts if not shown.is_ours and shown.fact.as_of and shown.is_old(on))
    return list(dict.fromkeys(fact.topic.name for fact in old))


def people_to_ask(organization: Organization) -> list[Membership]:
    """Whom somebody asks who finds a route not decided: the managers, and without any the owners."""
    is_manager = Q(level__in=[AccessPeriod.Level.MANAGER, AccessPeriod.Level.OWNER])
    people: QuerySet[Any] = placed(active_memberships(organization))
    people = people.filter(is_manager).select_related("user")
    return list(people.order_by("level", "user__name", "pk")[:3])
