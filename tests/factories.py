"""Things to act on that several apps' tests need; people are in cast.py."""

import datetime as dt
from itertools import count

from accounts.models import Membership
from catalog.models import AccessRoute, Fact, Tool, Topic
from governance import actions as governance
from governance.queries.own_words import CHECKS

ADDED = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)
_numbers = count(1)


def make_route(key: str = "", name: str = "") -> AccessRoute:
    """A shipped route of its own tool, of which nothing is known."""
    number = next(_numbers)
    key = key or f"route-{number}"
    tool = Tool.objects.create(key=f"tool-{number}", vendor="A vendor", name=f"Tool {number}")
    return AccessRoute.objects.create(
        key=key,
        tool=tool,
        name=name or key,
        short_code=f"R{number % 1000}",
        tier=AccessRoute.Tier.values[0],
        surface=AccessRoute.Surface.values[0],
        added_at=ADDED,
    )


def make_topic(key: str) -> Topic:
    """A topic of facts, made where the catalog is not loaded."""
    return Topic.objects.get_or_create(key=key, defaults={"name": key.title(), "position": 1, "old_after_days": 92})[0]


def known(route: AccessRoute, *, by: Membership, at: dt.datetime) -> AccessRoute:
    """The same route, ready to be allowed: what has to be looked at is known, fresh and promised by contract."""
    if route.facts.exists():
        return accepted(route, by=by, at=at)
    topics = _topics_to_check(old_after_days=10_000)
    Fact.objects.bulk_create(
        Fact(
            route=route,
            topic=topic,
            key=f"{route.key}:{topic.key}",
            statement=f"{topic.name}: as our contract says.",
            promise=Fact.Promise.CONTRACT,
            as_of=at.date(),
            as_of_precision="day",
            recorded_at=at,
        )
        for topic in topics
    )
    return route


def accepted(route: AccessRoute, *, by: Membership, at: dt.datetime) -> AccessRoute:
    """The same route, ready to be allowed: that nobody knows more about it is accepted."""
    _topics_to_check(old_after_days=92)
    governance.accept(route=route, why="We live with it.", expires_on=dt.date(2099, 1, 1), by=by, at=at)
    return route


def _topics_to_check(*, old_after_days: int) -> list[Topic]:
    topics = [
        Topic(key=key, name=key.title(), position=1, old_after_days=old_after_days)
        for key in {one.topics[0] for one in CHECKS}
    ]
    return Topic.objects.bulk_create(topics, ignore_conflicts=True)
