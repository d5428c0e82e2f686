"""Frozen content and history in the words a page shows; pages compute nothing."""

import difflib
import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Membership
from audit.canonical import dumps
from governance.models import RouteDecision, Signature, SignOff, SignOffStage
from governance.queries.cards import hops_shown, topics_of

FIELDS = {
    "outcome": gettext_lazy("Decision"),
    "until": gettext_lazy("Until"),
    "why": gettext_lazy("Why"),
    "conditions": gettext_lazy("Conditions"),
    "review_months": gettext_lazy("Review"),
    "keeper": gettext_lazy("Keeper"),
    "scope": gettext_lazy("For whom and what"),
}
TONES = {
    RouteDecision.Status.APPROVED: "good",
    RouteDecision.Status.SUBMITTED: "info",
    RouteDecision.Status.CHANGES_ASKED: "warn",
    RouteDecision.Status.REJECTED: "bad",
    RouteDecision.Status.SUSPENDED: "bad",
    RouteDecision.Status.EXPIRED: "bad",
}


def showing(content: Mapping[str, Any], *, organization_id: UUID) -> dict[str, Any]:
    """What :func:`frozen_content` froze, in words: exactly the snapshot, people by their names of today.

    :param content: the frozen content, or a stored snapshot's parsed JSON; both read the same.
    """
    content = json.loads(dumps(content))
    people = _names(content, organization_id)
    return {
        **content,
        "outcome_word": RouteDecision.Outcome(content["outcome"]).label,
        "review_word": _months(content["review_months"]),
        "keeper_name": people.get(content["keeper"], ""),
        "topics": topics_of(content["facts"]),
        "hops": hops_shown(content["hops"]),
        "scope_words": [_line(line) for line in content["scope"]],
        "changes": [
            {"label": FIELDS[change["field"]], "pieces": word_diff(*_both(change, people))}
            for change in content["changes"]
        ],
    }


def word_diff(before: str, after: str) -> list[dict[str, str]]:
    """The pieces of a word diff: ``same``, ``removed`` and ``added`` texts in reading order."""
    old, new = before.split(), after.split()
    pieces: list[dict[str, str]] = []
    for tag, a, b, c, d in difflib.SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append({"kind": "same", "text": " ".join(old[a:b])})
            continue
        if b > a:
            pieces.append({"kind": "removed", "text": " ".join(old[a:b])})
        if d > c:
            pieces.append({"kind": "added", "text": " ".join(new[c:d])})
    return pieces


def timeline_of(decision: RouteDecision, stages: list[SignOffStage]) -> list[dict[str, Any]]:
    """Every move and signature of a revision, newest first; ``stages`` from ``stages_of``."""
    moves = decision.moves.select_related("by", "reason").order_by("pk")
    events = [
        {
            "at": move.at,
            "title": move.get_to_status_display(),
            "by": str(move.by) if move.by else _("by the calendar"),
            "text": str(move.reason) if move.reason else "",
            "tone": TONES.get(RouteDecision.Status(move.to_status), "quiet"),
            "order": (move.at, 1),
        }
        for move in moves
    ]
    events += [
        {
            "at": stage.signature.at,
            "title": _("Signed for %(group)s") % {"group": stage.name},
            "by": str(stage.signature.user),
            "text": "",
            "tone": "good",
            "order": (stage.signature.at, 0),
        }
        for stage in stages
        if hasattr(stage, "signature") and stage.signature.word == Signature.Word.SIGNED
    ]
    return sorted(events, key=lambda event: event["order"], reverse=True)


def stations_of(stages: list[SignOffStage], sign_off: SignOff | None) -> list[dict[str, str]]:
    """The stages of a sign-off as stations of a line; ``stages`` with ``signature__user`` selected."""
    stations, is_first_open = [], True
    for stage in stages:
        signature = getattr(stage, "signature", None)
        if signature and signature.word == Signature.Word.SIGNED:
            stations.append({"label": stage.name, "state": "done", "word": _("signed by %s") % signature.user})
        elif signature:
            stations.append({"label": stage.name, "state": "stopped", "word": str(signature.get_word_display())})
        else:
            is_next = is_first_open and sign_off is not None and sign_off.outcome == SignOff.Outcome.PENDING
            stations.append({"label": stage.name, "state": "current" if is_next else "to-do"})
            is_first_open = False
    return stations


def _both(change: Mapping[str, Any], people: Mapping[int, str]) -> tuple[str, str]:
    return _word(change["field"], change["before"], people), _word(change["field"], change["after"], people)


def _word(field: str, value: Any, people: Mapping[int, str]) -> str:
    if field == "outcome":
        return str(RouteDecision.Outcome(value).label)
    if field == "keeper":
        return people.get(value, "")
    if field == "review_months":
        return _months(value)
    if field == "scope":
        return " / ".join("; ".join(pair["description"] for pair in _line(line)) for line in value)
    return str(value or "")


def _months(months: int) -> str:
    return ngettext("every %(count)d month", "every %(count)d months", months) % {"count": months}


def _line(line: Mapping[str, Any]) -> list[dict[str, str]]:
    def names(rows: list[Mapping[str, Any]], everything: str) -> str:
        return ", ".join(row["name"] for row in rows) or everything

    return [
        {"term": _("Teams"), "description": names(line["teams"], _("all teams"))},
        {"term": _("Job roles"), "description": names(line["job_roles"], _("all job roles"))},
        {"term": _("Kinds of data"), "description": names(line["data_classes"], _("all kinds of data"))},
        {"term": _("Repositories"), "description": ", ".join(line["repositories"]) or _("all repositories")},
    ]


def _names(content: Mapping[str, Any], organization_id: UUID) -> dict[int, str]:
    ids = {content["keeper"]}
    for change in content["changes"]:
        if change["field"] == "keeper":
            ids |= {change["before"], change["after"]}
    members = Membership.objects.filter(organization_id=organization_id, pk__in=ids).select_related("user")
    return {member.pk: str(member.user) for member in members}
