"""An item as one audience sees it: its words, and this company's routes, conditions, contacts and facts as they stand.

Rendered per item × the decisions that cover a person, so that people in the same place share the snapshot.
"""

import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import get_language

from accounts.models import Organization
from accounts.queries import keeper_now
from audit.actions import snapshot_digest
from catalog.models import Fact, Procedure
from catalog.queries import facts_by_topic
from checklists.models import Answer, ItemRevision
from governance.models import RouteDecision
from governance.queries.permission_modes import modes_in_words
from governance.queries.submissions import scopes_of

# What a block shows of each line of a scope: the names that it has there.
_OF_A_SCOPE: dict[str, Callable[[dict[str, Any]], list[str]]] = {
    "uses": lambda line: [row["name"] for row in line["uses"]],
    "data_classes": lambda line: [row["name"] for row in line["data_classes"]],
    "repositories": lambda line: line["repositories"],
}


@dataclass(frozen=True)
class ShownItem:
    """What is shown, what it rests on, and its hash: the hash that the form carries."""

    revision: ItemRevision
    content: dict[str, Any]
    bases: dict[str, int]

    lines: Mapping[str, int | None]

    @cached_property
    def sha256(self) -> str:
        return snapshot_digest(self.content, bases=self.bases)

    @property
    def company(self) -> dict[str, list[dict[str, Any]]]:
        """What is shown of this company's routes, each with its line (a color, and so no part of the content) and day."""
        blocks = {name: self.content[name] for name in ("routes", "conditions", *_OF_A_SCOPE) if name in self.content}
        return {name: [row | self._to_be_read(row) for row in rows] for name, rows in blocks.items()}

    def _to_be_read(self, row: dict[str, Any]) -> dict[str, Any]:
        until = row.get("until")
        return {"line": self.lines.get(row["code"]), "until_day": dt.date.fromisoformat(until) if until else None}


def as_it_was_shown(answer: Answer) -> ShownItem:
    """What an answer was given to, as its snapshot kept it; routes are in no line, because colors are no part of it."""
    bases = {basis.key: basis.revision for basis in answer.snapshot.bases.all()}
    return ShownItem(revision=answer.revision, content=json.loads(answer.snapshot.content), bases=bases, lines={})


def render_items(
    organization: Organization, revisions: Iterable[ItemRevision], decisions: Sequence[RouteDecision]
) -> dict[int, ShownItem]:
    """Each revision, by its item's id, as people see it whom exactly these decisions cover.

    At most three queries, however many items and decisions; one more for a contact where no decision names one.

    :param decisions: as :func:`governance.queries.decisions.covering_decisions` gives them; *not allowed* ones too.
    """
    wanted = list(revisions)
    allowed = [decision for decision in decisions if decision.outcome != RouteDecision.Outcome.NOT_ALLOWED]
    topics = {topic for revision in wanted for topic in revision.rests_on_topics}
    facts = facts_by_topic([one.route for one in allowed], organization, topics) if topics and allowed else {}
    keys = {key for revision in wanted for key in revision.procedures}
    procedures = _procedures(organization, keys, facts) if keys else {}
    scopes = scopes_of(*allowed) if any(_OF_A_SCOPE.keys() & set(revision.shows) for revision in wanted) else {}
    # Whoever works alone has nobody to ask, and an address of their own that nobody typed.
    is_alone = organization.is_solo
    contacts = [] if is_alone else sorted({vars(decision)["keeper_now_id"] for decision in decisions})
    # Whom to ask is asked most where nothing is decided, or what was is suspended.
    if not contacts and not is_alone and any("contacts" in revision.shows for revision in wanted):
        contacts = [one.pk for one in [keeper_now(organization, None)] if one]
    return {one.item_id: _render(one, decisions, allowed, facts, procedures, scopes, contacts) for one in wanted}


def _render(
    revision: ItemRevision,
    decisions: Sequence[RouteDecision],
    allowed: Sequence[RouteDecision],
    facts: dict[int, list[Fact]],
    procedures: dict[str, Procedure],
    scopes: dict[int, list[dict[str, Any]]],
    contacts: list[int],
) -> ShownItem:
    said = _facts_about(revision, allowed, facts)
    content: dict[str, Any] = {
        "kind": "item",
        "language": get_language() or "en",
        "item": revision.item_id,
        "question": revision.question,
        "why": revision.why,
        "steps": revision.steps,
        "answer": revision.answer_kind,
        "choices": revision.choices,
        "expects": revision.expects,
        "evidence_example": revision.evidence_example,
        "valid_months": revision.valid_months,
        "facts": [
            {"topic": fact.topic_id, "says": fact.statement, "detail": fact.detail, "state": fact.state}
            for fact in said
        ],
        "procedures": [
            {"title": procedures[key].title, "steps": procedures[key].steps}
            for key in revision.procedures
            if key in procedures
        ],
        **_company(revision, decisions, allowed, scopes, contacts),
    }
    bases = {f"item:{revision.item_id}": revision.pk} | {f"fact:{fact.key}": fact.pk for fact in said}
    if revision.rests_on_decisions:
        bases |= {f"decision:{decision.route_id}": decision.pk for decision in decisions}
    lines = {one.route.short_code: getattr(one, "line", None) for one in decisions}
    return ShownItem(revision=revision, content=content, bases=bases, lines=lines)


def _company(
    revision: ItemRevision,
    decisions: Sequence[RouteDecision],
    allowed: Sequence[RouteDecision],
    scopes: dict[int, list[dict[str, Any]]],
    contacts: list[int],
) -> dict[str, Any]:
    blocks: dict[str, Any] = {}
    if "routes" in revision.shows:
        blocks["routes"] = [_route(decision) for decision in decisions]
    if "conditions" in revision.shows:
        blocks["conditions"] = [_conditions(one) for one in allowed]
    if "contacts" in revision.shows:
        blocks["contacts"] = contacts
    for name in [name for name in _OF_A_SCOPE if name in revision.shows]:
        blocks[name] = [
            {
                "code": one.route.short_code,
                "name": one.route.name,
                "lines": _scope(scopes.get(one.pk, []), _OF_A_SCOPE[name]),
            }
            for one in allowed
        ]
    return blocks


def _scope(lines: Sequence[dict[str, Any]], names: Callable[[dict[str, Any]], list[str]]) -> list[dict[str, list[str]]]:
    """What each line names, and for whom where there are several: what one team may is not what another may."""
    several = len(lines) > 1
    return [{"whom": _whom(line) if several else [], "names": names(line)} for line in lines]


def _whom(line: dict[str, Any]) -> list[str]:
    groups = [", ".join(row["name"] for row in line[of]) for of in ("teams", "job_roles")]
    return [group for group in groups if group]


def _route(decision: RouteDecision) -> dict[str, Any]:
    return {
        "code": decision.route.short_code,
        "name": decision.route.name,
        "outcome": decision.outcome,
        "until": decision.until.isoformat() if decision.until else None,
        "why": decision.why if decision.outcome == RouteDecision.Outcome.NOT_ALLOWED else "",
    }


def _conditions(decision: RouteDecision) -> dict[str, Any]:
    modes = modes_in_words(decision.permission_modes)
    return {
        "code": decision.route.short_code,
        "name": decision.route.name,
        "conditions": decision.conditions,
        "modes": [f"{mode.name}: {mode.means}" for mode in modes],
    }


def _facts_about(revision: ItemRevision, allowed: Sequence[RouteDecision], facts: dict[int, list[Fact]]) -> list[Fact]:
    """The facts on the item's topics about the allowed routes, each once, in the order of the routes."""
    topics = set(revision.rests_on_topics)
    about = {fact.key: fact for one in allowed for fact in facts.get(one.route_id, []) if fact.topic_id in topics}
    return list(about.values())


def _procedures(organization: Organization, keys: set[str], facts: dict[int, list[Fact]]) -> dict[str, Procedure]:
    """The procedures that facts about the covering routes name: others don't apply to these people."""
    named = keys & {fact.procedure_key for said in facts.values() for fact in said}
    standing = Procedure.objects.visible_to(organization).standing().filter(key__in=named)
    return {procedure.key: procedure for procedure in standing.order_by("organization_id")}
