"""What a go or no-go froze, in the words a page shows: exactly the snapshot, people by their names of today."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from accounts.models import Membership
from checklists.models import Answer
from checklists.queries import Proof
from governance.models import RouteDecision, SignOff
from reviews.models import AdoptionVerdict


def verdict_shown(verdict: AdoptionVerdict, content: Mapping[str, Any]) -> dict[str, Any]:
    """What is signed, with each reason, answer and proof as it stood then. Three queries.

    :param verdict: with its ``because``; what people typed stands in the snapshot by digest, and here in full.
    :param content: of the snapshot that is read: the sign-off's, or one that a signature handed on.
    """
    people = _names(verdict, content)
    answers = _answers(verdict, content["items"])
    reasons = {one.key: one.because for one in verdict.accepted.select_related("because")}
    return {
        "outcome_word": verdict.get_outcome_display(),
        "because": verdict.because,
        "name": content["name"],
        "scope": content["scope"],
        "target_on": dt.date.fromisoformat(content["target_on"]),
        "keeper_name": people.get(content["keeper"], ""),
        "open": open_when_proposed(verdict, reasons),
        "decisions": [_decided(one) for one in content["decisions"]],
        "sections": _sections(content["items"], answers, people),
    }


def open_when_proposed(verdict: AdoptionVerdict, reasons: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What was open when it was frozen, each with the reason for which it is accepted.

    :param verdict: with its sign-off's snapshot.
    :param reasons: by key.
    """
    return [{**one, "because": reasons.get(one["key"], "")} for one in verdict.sign_off.content["blockers"]]


def signed_content(sign_off: SignOff, content: Mapping[str, Any]) -> dict[str, Any]:
    """What a signature on a go or no-go was given on (``settings.SIGN_OFF_CONTENT``)."""
    return verdict_shown(
        AdoptionVerdict.objects.select_related("because", "sign_off__snapshot").get(sign_off=sign_off), content
    )


def with_comments(shown: dict[str, Any], talk: Callable[[str], dict[str, Any] | None]) -> dict[str, Any]:
    """What :func:`verdict_shown` puts in words, each line with its ``talk``; what is open is talked about where it says so."""
    shown["talk"] = {name: talk(name) for name in ("why", "whole")}
    for one in shown["open"]:
        one["talk"] = talk(one["key"])
    for one in shown["decisions"]:
        one["talk"] = talk(f"decision:{one['decision']}")
    known = {one["key"] for one in shown["open"]}
    for row in (row for rows in shown["sections"].values() for row in rows):
        row["talk"] = None if (key := f"item:{row['item']}") in known else talk(key)
    return shown


def _sections(
    items: Iterable[Mapping[str, Any]], answers: Mapping[int, Answer], people: Mapping[int, str]
) -> dict[str, list[dict[str, Any]]]:
    """The questions of the board by section, each with who looks after it and what settles it."""
    sections: dict[str, list[dict[str, Any]]] = {}
    for one in items:
        row = {
            **one,
            "due_on": dt.date.fromisoformat(one["due_on"]),
            "keeper_name": one["keeper"].get("group") or people.get(one["keeper"].get("member"), ""),
            "answer": answers.get(one.get("answer", {}).get("id")),
            "proof_word": _proof(one["proof"]) if "proof" in one else "",
        }
        sections.setdefault(one["section"], []).append(row)
    return sections


def _proof(frozen: Mapping[str, Any]) -> str:
    return Proof(frozen["source"], frozen["done"], frozen["total"], None, (), ()).in_words


def _decided(one: Mapping[str, Any]) -> dict[str, Any]:
    until = dt.date.fromisoformat(one["until"]) if one["until"] else None
    return {**one, "outcome_word": RouteDecision.Outcome(one["outcome"]).label, "until": until}


def _answers(verdict: AdoptionVerdict, items: Iterable[Mapping[str, Any]]) -> dict[int, Answer]:
    ids = [one["answer"]["id"] for one in items if "answer" in one]
    rows = Answer.objects.filter(organization=verdict.organization_id, pk__in=ids)
    return {row.pk: row for row in rows.select_related("by", "text", "revision")}


def _names(verdict: AdoptionVerdict, content: Mapping[str, Any]) -> dict[int, str]:
    ids = {content["keeper"], *(one["keeper"].get("member") for one in content["items"])}
    members = Membership.objects.filter(organization=verdict.organization_id, pk__in=ids - {None})
    return {member.pk: str(member.user) for member in members.select_related("user")}
