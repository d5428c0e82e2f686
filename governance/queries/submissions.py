"""Exactly what submitting freezes: the words that will be signed, and what they rest on."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language

from governance.models import RouteDecision

WORDS = ("outcome", "until", "why", "conditions", "review_months", "keeper", "scope")


def holding(decision: RouteDecision) -> RouteDecision | None:
    """The revision that holds for the same route now, in force or suspended; None where there is none."""
    return (
        RouteDecision.objects.filter(
            organization_id=decision.organization_id,
            route_id=decision.route_id,
            status__in=[RouteDecision.Status.APPROVED, RouteDecision.Status.SUSPENDED],
        )
        .exclude(pk=decision.pk)
        .first()
    )


def frozen_content(decision: RouteDecision) -> tuple[dict[str, Any], dict[str, int]]:
    """What is to be signed, and what it rests on: key → revision that was shown.

    People are ids; the organization's own texts stand in full.
    """
    before = holding(decision)
    words = words_of(decision)
    content: dict[str, Any] = {
        "kind": "decision",
        "language": get_language() or "en",
        "route": {"id": decision.route_id, "key": decision.route.key, "name": str(decision.route)},
        "revision": decision.number,
        "is_material": decision.is_material,
        **words,
        "replaces": before.number if before else None,
        "changes": changes(words_of(before), words) if before else [],
    }
    return content, {}


def words_of(decision: RouteDecision) -> dict[str, Any]:
    """The decision's own words, as values JSON has a word for."""
    return {
        "outcome": decision.outcome,
        "until": decision.until.isoformat() if decision.until else None,
        "why": decision.why,
        "conditions": decision.conditions,
        "review_months": decision.review_months,
        "keeper": decision.keeper_id,
        "scope": scope_of(decision),
    }


def scope_of(decision: RouteDecision) -> list[dict[str, Any]]:
    """The lines of the scope in names and ids; an empty list within a line reads *all*."""
    lines = decision.scope_lines.prefetch_related("teams", "job_roles", "data_classes")
    return [
        {
            "teams": [_named(team) for team in line.teams.all()],
            "job_roles": [_named(role) for role in line.job_roles.all()],
            "data_classes": [_named(data_class) for data_class in line.data_classes.all()],
            "repositories": [text.strip() for text in line.repositories.splitlines() if text.strip()],
        }
        for line in lines
    ]


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What differs between two revisions' words, field by field."""
    return [
        {"field": field, "before": before[field], "after": after[field]}
        for field in WORDS
        if before[field] != after[field]
    ]


def _named(row: Any) -> dict[str, Any]:
    return {"id": row.pk, "name": row.name}
