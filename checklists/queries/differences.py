"""What an item said when somebody saw it, and what it says now, where that differs."""

import datetime as dt
import json
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Membership
from checklists.models import Answer
from checklists.queries.rendering import ShownItem
from governance.models import RouteDecision
from governance.queries.comparing import word_diff

Content = Mapping[str, Any]


def difference(before: Content, after: Content) -> list[dict[str, Any]]:
    """What differs between two renderings of an item, each with its ``label`` and ``pieces``; one query for contacts.

    :param before: the content of a snapshot; ``after``: that of a :class:`ShownItem`.
    """
    told = [name for name in _labels() if before.get(name) != after.get(name)]
    people = _people(before, after) if "contacts" in told else {}
    rows = []
    for name in told:
        words = [_words(name, content.get(name) or (), people) for content in (before, after)]
        if words[0] != words[1]:
            rows.append({"label": _labels()[name], "pieces": word_diff(*_what_differs(*words))})
    return rows


def _what_differs(before: list[str], after: list[str]) -> list[str]:
    """Both without what stands in the other too: of a long list, one line may have changed. All of it where only the order has."""
    only = [list((Counter(these) - Counter(those)).elements()) for these, those in ((before, after), (after, before))]
    return [" · ".join(each) for each in (only if any(only) else (before, after))]


def since_answered(answer: Answer, shown: ShownItem) -> list[dict[str, Any]]:
    """The same between what an answer was given to and what stands now, whatever was changed between."""
    return difference(json.loads(answer.snapshot.content), shown.content)


def _labels() -> dict[str, str]:
    return {
        "question": _("Question"),
        "why": _("Why it matters"),
        "steps": _("Steps"),
        "choices": _("Choices"),
        "routes": _("Routes"),
        "conditions": _("Conditions"),
        "uses": _("What for"),
        "data_classes": _("Data"),
        "repositories": _("Repositories"),
        "facts": _("What the vendor says"),
        "contacts": _("Contacts"),
        "evidence_example": _("Example of good evidence"),
    }


def _people(*contents: Content) -> dict[int, str]:
    ids = {pk for content in contents for pk in content.get("contacts") or ()}
    return {one.pk: str(one) for one in Membership.objects.filter(pk__in=ids).select_related("user")}


def _words(name: str, value: Any, people: Mapping[int, str]) -> list[str]:
    if not value or isinstance(value, str):
        return [value] if value else []
    each: dict[str, Callable[[Any], str]] = {
        "steps": str,
        "choices": lambda one: one["label"],
        "routes": lambda one: f"{one['code']} {one['name']}: {_outcome(one)}",
        "conditions": _conditions,
        "uses": _scope,
        "data_classes": _scope,
        "repositories": _scope,
        "facts": lambda one: f"{one['says']} {one['detail']}".strip(),
        "contacts": lambda one: people.get(one, "–"),
    }
    return [each[name](one) for one in value]


def _conditions(one: Content) -> str:
    return " ".join([f"{one['code']} {one['name']}: {one['conditions'] or '–'}", *one.get("modes", [])])


def _scope(route: Content) -> str:
    lines = [": ".join(filter(None, [" · ".join(one["whom"]), ", ".join(one["names"])])) for one in route["lines"]]
    return f"{route['code']} {route['name']}: {'; '.join(lines) or '–'}"


def _outcome(route: Content) -> str:
    until = date_format(dt.date.fromisoformat(route["until"]), "j M Y") if route["until"] else ""
    return " ".join(filter(None, [str(RouteDecision.Outcome(route["outcome"]).label), until]))
