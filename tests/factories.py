"""Things to act on that several apps' tests need; people are in cast.py."""

import datetime as dt
from itertools import count

from catalog.models import AccessRoute, Tool

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
