"""Exactly what submitting freezes: the words that will be signed, and what they rest on."""

from collections.abc import Mapping
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Model, OuterRef
from django.db.models.functions import JSONObject
from django.utils.translation import get_language

from governance.models import RouteDecision, ScopeLine, ScopeLineDataClass, ScopeLineJobRole, ScopeLineTeam

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
    scopes = scopes_of(decision, *([before] if before else []))
    words = _words(decision, scopes[decision.pk])
    content: dict[str, Any] = {
        "kind": "decision",
        "language": get_language() or "en",
        "route": {"id": decision.route_id, "key": decision.route.key, "name": str(decision.route)},
        "revision": decision.number,
        "is_material": decision.is_material,
        **words,
        "replaces": before.number if before else None,
        "changes": changes(_words(before, scopes[before.pk]), words) if before else [],
    }
    return content, {}


def scopes_of(*decisions: RouteDecision) -> dict[int, list[dict[str, Any]]]:
    """The lines of each decision's scope in names and ids; an empty list within a line reads *all*. One query."""
    lines = ScopeLine.objects.filter(decision__in=[decision.pk for decision in decisions]).annotate(
        team_rows=_named(ScopeLineTeam, "team"),
        job_role_rows=_named(ScopeLineJobRole, "job_role"),
        data_class_rows=_named(ScopeLineDataClass, "data_class"),
    )
    scopes: dict[int, list[dict[str, Any]]] = {decision.pk: [] for decision in decisions}
    for line in lines.order_by("position", "pk"):
        scopes[line.decision_id].append(
            {
                "teams": line.team_rows,
                "job_roles": line.job_role_rows,
                "data_classes": line.data_class_rows,
                "repositories": [text.strip() for text in line.repositories.splitlines() if text.strip()],
            }
        )
    return scopes


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What differs between two revisions' words, field by field."""
    return [
        {"field": field, "before": before[field], "after": after[field]}
        for field in WORDS
        if before[field] != after[field]
    ]


def _words(decision: RouteDecision, scope: list[dict[str, Any]]) -> dict[str, Any]:
    """The decision's own words, as values JSON has a word for."""
    return {
        "outcome": decision.outcome,
        "until": decision.until.isoformat() if decision.until else None,
        "why": decision.why,
        "conditions": decision.conditions,
        "review_months": decision.review_months,
        "keeper": decision.keeper_id,
        "scope": scope,
    }


def _named(through: type[Model], kind: str) -> ArraySubquery:
    rows = through._default_manager.filter(line=OuterRef("pk")).order_by(f"{kind}__name", f"{kind}_id")
    return ArraySubquery(rows.values(row=JSONObject(id=f"{kind}_id", name=f"{kind}__name")))
