"""Exactly what submitting freezes: the words that will be signed, and what they rest on."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Model, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject
from django.utils.translation import get_language

from accounts.models import Organization
from catalog.models import AccessRoute
from catalog.queries import FactShown, said_of, steps_of
from governance.models import (
    ForcePeriod,
    RouteDecision,
    ScopeLine,
    ScopeLineDataClass,
    ScopeLineJobRole,
    ScopeLineTeam,
    ScopeLineUse,
)
from governance.queries.agreements import agreements_on, basis_of, frozen
from governance.queries.conditions import BoundConditions, carried_rows
from governance.queries.own_words import Open, newest_word, open_checks, word_on

WORDS = ("outcome", "until", "why", "conditions", "permission_modes", "review_months", "keeper", "scope")


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


def has_predecessor(decision: RouteDecision) -> bool:
    """Whether another revision for the same route was ever in force: people may have answered under its words."""
    earlier = ForcePeriod.objects.filter(organization=decision.organization_id, route=decision.route_id)
    return earlier.exclude(decision=decision).exists()


def frozen_content(decision: RouteDecision) -> tuple[dict[str, Any], dict[str, int]]:
    """What is to be signed, and what it rests on: key → revision that was shown. Four queries.

    People are ids; the organization's own texts stand in full, and so does what is said about the route.
    """
    before, scopes, going_on = _compared(decision)
    words = words_of(decision, scopes[decision.pk])
    carried = [_carried(one) for one in going_on]
    bound = "\n".join(text for text in (decision.conditions, *(one["text"] for one in carried)) if text)
    facts = said_by_all(decision.route, decision.organization)
    content: dict[str, Any] = {
        "kind": "decision",
        "title": str(decision.route),
        "code": decision.route.short_code,
        "language": get_language() or "en",
        "route": {
            "id": decision.route_id,
            "key": decision.route.key,
            "code": decision.route.short_code,
            "name": str(decision.route),
            "warning": decision.route.warning,
        },
        "revision": decision.number,
        "is_material": decision.is_material,
        **words,
        "replaces": before.number if before else None,
        "carries_on": carried,
        "changes": changes(words_of(before, scopes[before.pk]), words | {"conditions": bound}) if before else [],
        "facts": [said(shown) for shown in facts],
        "hops": [hop_said(hop) for hop in steps_of(decision.route, decision.organization)],
        "agreements": [frozen(one) for one in agreements_on(decision.route, decision.organization)],
    }
    bases = {f"fact:{shown.fact.key}": shown.fact.pk for shown in facts}
    words_said = {fact["key"]: fact["our_word"]["revision"] for fact in content["facts"] if fact["our_word"]}
    bases |= {f"own-word:{key}": revision for key, revision in words_said.items()}
    return content, bases | {basis_of(decision.route_id, one): one["revision"] for one in content["agreements"]}


def open_on(route: AccessRoute, organization: Organization, *, on: dt.date) -> list[Open]:
    """What a decision that allows this route can't be submitted without: facts that need our own word. One query."""
    return open_checks([said(shown) for shown in said_by_all(route, organization)], on=on)


def said_by_all(route: AccessRoute, organization: Organization) -> list[FactShown]:
    """Everything said about a route, each fact with our own word on it, and with what its pages say today."""
    return said_of(route, organization, our_word=newest_word(organization))


def scope_of(decision: RouteDecision) -> list[dict[str, Any]]:
    """The lines of a scope in names and ids, in order; an empty list within a line reads *all*."""
    return scopes_of(decision)[decision.pk]


def scopes_of(*decisions: RouteDecision) -> dict[int, list[dict[str, Any]]]:
    """The scopes of several decisions by their ids, as :func:`scope_of` gives one. One query."""
    scopes: dict[int, list[dict[str, Any]]] = {decision.pk: [] for decision in decisions}
    for line in _lines(Q(decision__in=[decision.pk for decision in decisions])):
        scopes[line.decision_id].append(_line(line))
    return scopes


def _compared(
    decision: RouteDecision,
) -> tuple[RouteDecision | None, dict[int, list[dict[str, Any]]], list[dict[str, Any]]]:
    """The revision that holds today, the scopes of both, and the conditions that go on from it; whatever holds has a line, and
    so has what can be submitted: lines find it all."""
    holds = Q(
        decision__route=decision.route_id,
        decision__organization=decision.organization_id,
        decision__status__in=[RouteDecision.Status.APPROVED, RouteDecision.Status.SUSPENDED],
    )
    before: RouteDecision | None = None
    scopes: dict[int, list[dict[str, Any]]] = {decision.pk: []}
    carried: list[dict[str, Any]] = []
    bound = BoundConditions("decision__sign_off_id", "decision__conditions")
    lines = _lines(Q(decision=decision) | holds).select_related("decision")
    for line in lines.annotate(bound_conditions=bound, carried_rows=carried_rows("decision")):
        scopes.setdefault(line.decision_id, []).append(_line(line))
        if line.decision_id != decision.pk:
            before = line.decision
            before.conditions = line.bound_conditions  # what it was signed with holds today, too
        else:
            allows = decision.outcome != RouteDecision.Outcome.NOT_ALLOWED
            carried = [one for one in line.carried_rows if allows and one["met_at"] is None]
    return before, scopes, carried


def _lines(which: Q) -> QuerySet[ScopeLine]:
    return (
        ScopeLine.objects.filter(which)
        .annotate(
            team_rows=_named(ScopeLineTeam, "team"),
            job_role_rows=_named(ScopeLineJobRole, "job_role"),
            use_rows=_named(ScopeLineUse, "use"),
            data_class_rows=_named(ScopeLineDataClass, "data_class"),
        )
        .order_by("position", "pk")
    )


def _line(line: Any) -> dict[str, Any]:
    return {
        "teams": line.team_rows,
        "job_roles": line.job_role_rows,
        "uses": line.use_rows,
        "data_classes": line.data_class_rows,
        "repositories": [text.strip() for text in line.repositories.splitlines() if text.strip()],
    }


def said(shown: FactShown) -> dict[str, Any]:
    """One fact of ``catalog.queries.said_of`` as it is frozen and shown."""
    fact: Any = shown.fact
    return {
        "key": fact.key,
        "revision": fact.pk,
        "topic": fact.topic_id,
        "topic_name": fact.topic.name,
        "statement": fact.statement,
        "detail": fact.detail,
        "state": fact.state,
        "promise": fact.promise,
        "uncertain_why": fact.uncertain_why,
        "as_of": fact.as_of.isoformat() if fact.as_of else None,
        "as_of_precision": fact.as_of_precision,
        "as_of_note": fact.as_of_note,
        "old_after_days": fact.topic.old_after_days,
        "our_word": word_on(fact),
        "origin": shown.origin,
        "is_ours": shown.is_ours,
        "sources": fact.cited,
        "sides": fact.sides,
        **({"seen_on": shown.seen_on.isoformat()} if shown.seen_on else {}),
    }


def hop_said(hop: Any) -> dict[str, Any]:
    """One hop of ``catalog.queries.steps_of`` as it is frozen and shown."""
    return {
        "from": {"name": hop.from_node.label, "operator": hop.from_node.owner},
        "to": {"name": hop.to_node.label, "operator": hop.to_node.owner},
        "data": hop.data,
        "encryption": hop.encryption,
        "when": hop.when,
        "uncertain_why": hop.uncertain_why,
        "sources": hop.cited,
    }


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What differs between two revisions' words, field by field; of a field that an old snapshot does not know, nothing."""
    return [
        {"field": field, "before": before[field], "after": after[field]}
        for field in WORDS
        if field in before and before[field] != after[field]
    ]


def words_of(decision: RouteDecision, scope: list[dict[str, Any]]) -> dict[str, Any]:
    """The decision's own words, as values JSON has a word for; ``scope`` as :func:`scope_of` gives it."""
    return {
        "outcome": decision.outcome,
        "until": decision.until.isoformat() if decision.until else None,
        "why": decision.why,
        "conditions": decision.conditions,
        "permission_modes": list(decision.permission_modes),
        "review_months": decision.review_months,
        "keeper": decision.keeper_id,
        "scope": scope,
    }


def _carried(row: Mapping[str, Any]) -> dict[str, Any]:
    """A condition that goes on, as it is frozen."""
    return {name: row[name] for name in ("group", "number", "text", "due_on", "suspends")} | {
        "condition": row["id"],
        "keeper": row["keeper_id"],
    }


def _named(through: type[Model], kind: str) -> ArraySubquery:
    rows = through._default_manager.filter(line=OuterRef("pk")).order_by(f"{kind}__name", f"{kind}_id")
    return ArraySubquery(rows.values(row=JSONObject(id=f"{kind}_id", name=f"{kind}__name")))
