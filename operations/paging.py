"""Lists page by keyset: each page costs the same, however long the list is."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

EXACT_UP_TO = 1000


@dataclass(frozen=True)
class KeysetPage:
    """One page of a list: its rows, and the addresses of the pages beside it (empty where there is none)."""

    rows: list[Any]
    older_url: str = ""
    newer_url: str = ""


def keyset_page(queryset: QuerySet[Any], request: HttpRequest, *, size: int = 50) -> KeysetPage:
    """The page of ``queryset`` that the request asks for, newest (highest primary key) first.

    Reads ``before`` and ``after`` (primary keys) from the address and keeps every other parameter in the links.
    """
    before, after = number(request.GET.get("before")), number(request.GET.get("after"))
    if after is not None:
        rows = list(queryset.filter(pk__gt=after).order_by("pk")[: size + 1])
        has_newer, has_older = len(rows) > size, True
        rows = rows[:size][::-1]
    else:
        window = queryset if before is None else queryset.filter(pk__lt=before)
        rows = list(window.order_by("-pk")[: size + 1])
        has_newer, has_older = before is not None, len(rows) > size
        rows = rows[:size]
    return KeysetPage(
        rows=rows,
        older_url=_url(request, before=rows[-1].pk) if rows and has_older else "",
        newer_url=_url(request, after=rows[0].pk) if rows and has_newer else "",
    )


@dataclass(frozen=True)
class PostedPage:
    """One page of a list that is asked for by a button, and the number with which the next one begins (0: none)."""

    rows: list[Any]
    older_before: int


def posted_page(queryset: QuerySet[Any], request: HttpRequest, *, size: int = 50) -> PostedPage:
    """As :func:`keyset_page`, older rows only, for what a GET must not show: reads ``before`` from what was sent."""
    before = number(request.POST.get("before"))
    window = queryset if before is None else queryset.filter(pk__lt=before)
    rows = list(window.order_by("-pk")[: size + 1])
    return PostedPage(rows[:size], rows[size - 1].pk if len(rows) > size else 0)


def total_of(queryset: QuerySet[Model]) -> tuple[int, bool]:
    """How many rows there are, counted up to 1,000; and whether that is all of them."""
    counted = len(queryset.order_by().values_list("pk")[: EXACT_UP_TO + 1])
    return min(counted, EXACT_UP_TO), counted <= EXACT_UP_TO


def total_text(queryset: QuerySet[Model]) -> str:
    """The total as a person reads it: exact up to 1,000, then *more than 1,000*."""
    counted, is_exact = total_of(queryset)
    if not is_exact:
        return _("more than 1,000 entries")
    return ngettext("%(count)d entry", "%(count)d entries", counted) % {"count": counted}


def number(value: str | None) -> int | None:
    """A key as an address or a form names it; None for what is none, or may be too long to read."""
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 19 else None


def _url(request: HttpRequest, **place: int) -> str:
    query = request.GET.copy()
    for name in ("before", "after"):
        query.pop(name, None)
    for name, value in place.items():
        query[name] = str(value)
    return f"?{query.urlencode()}"
