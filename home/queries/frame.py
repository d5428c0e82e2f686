"""What the frame of every page says of one person: what waits for them, and where they belong; one query."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.urls import reverse

from accounts.models import Membership


@dataclass(frozen=True)
class Waiting:
    """How many things wait for this person's hand, by the page on which they are done."""

    items: int = 0
    sign_offs: int = 0
    reviews: int = 0
    questions: int = 0


@dataclass(frozen=True)
class Belonging:
    """An organization somebody belongs to now; ``is_current`` on the pages of that organization."""

    name: str
    url: str
    is_current: bool


@dataclass(frozen=True)
class UsageAsked:
    """*What do you use today?*, asked of this person; ``keeper`` sees the names."""

    due_on: dt.date
    keeper: str
    url: str


@dataclass(frozen=True)
class Frame:
    """What every page shows around its content, and what stands first in everybody's list.

    :ivar usage: until they have said it; ``usage_said`` from then on, while it may be changed.
    """

    waiting: Waiting
    organizations: list[Belonging]
    usage: UsageAsked | None = None
    usage_said: UsageAsked | None = None


_FRAME = "SELECT * FROM home_frame(%(organization)s, %(member)s, %(user)s, moment => %(at)s, items => %(items)s)"


def frame_of(membership: Membership, *, at: dt.datetime, items: int | None = None) -> Frame:
    """The frame of this person's pages now, their questions by the one predicate (``current(at=)``).

    :param items: how many questions are left for them, where the page has evaluated that already.
    """
    who: dict[str, Any] = {
        "organization": membership.organization_id,
        "member": membership.pk,
        "user": membership.user_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(_FRAME, {**who, "at": at, "items": items})
        *counts, organizations, usage = cursor.fetchone()
    slug = membership.organization.slug
    asked, is_said = _usage_asked(usage, slug)
    return Frame(
        Waiting(*counts),
        _belongings(organizations, current=slug),
        usage=None if is_said else asked,
        usage_said=asked if is_said else None,
    )


def organizations_of(user_id: UUID) -> list[Belonging]:
    """The organizations this person belongs to now, for pages that stand in none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT home_belongings(%s)", [user_id])
        return _belongings(cursor.fetchone()[0])


def _belongings(organizations: list[list[str]], current: str = "") -> list[Belonging]:
    return [Belonging(name, reverse("home:organization", args=[slug]), slug == current) for name, slug in organizations]


def _usage_asked(usage: tuple[str, str, bool] | None, slug: str) -> tuple[UsageAsked | None, bool]:
    """What is asked now, and whether this person has said it."""
    if usage is None:
        return None, False
    due_on, keeper, is_said = usage
    return UsageAsked(dt.date.fromisoformat(due_on), keeper, reverse("checklists:usage-tell", args=[slug])), is_said
