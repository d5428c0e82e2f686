"""What a go or no-go froze, in the words a page shows: exactly the snapshot, people by their names of today."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from accounts.models import Membership
from checklists.models import Answer
from checklists.queries import Proof
from governance.models import RouteDecision, SignOff
from reviews.models import AdoptionVerdict
from reviews.queries.verdicts import with_reasons


@dataclass(frozen=True)
class Known:
    """What snapshots name by id only: people by today's names, and answers as they were given."""

    people: Mapping[int, str]
    answers: Mapping[int, Answer]


def known_in(organization_id: UUID, *contents: Mapping[str, Any]) -> Known:
    """Everybody and everything that frozen boards name. Two queries."""
    items = [one for content in contents for one in content["items"]]
    member_ids = {content["keeper"] for content in contents} | {one["keeper"].get("member") for one in items}
    members = Membership.objects.filter(organization=organization_id, pk__in=member_ids - {None})
    answers = Answer.objects.filter(
        organization=organization_id, pk__in=[one["answer"]["id"] for one in items if "answer" in one]
    )
    return Known(
        people={member.pk: str(member.user) for member in members.select_related("user")},
        answers={row.pk: row for row in answers.select_related("by", "text", "revision")},
    )


def verdict_shown(verdict: AdoptionVerdict, content: Mapping[str, Any], known: Known) -> dict[str, Any]:
    """What is signed, with each reason, answer and proof as it stood then.

    :param verdict: of ``queries.verdicts.with_reasons``; what people typed stands in the snapshot by digest, and here in full.
    :param content: of the snapshot that is read: the sign-off's, or one that a signature handed on.
    """
    return {
        "outcome_word": verdict.get_outcome_display(),
        "because": verdict.because,
        "name": content["name"],
        "scope": content["scope"],
        "target_on": dt.date.fromisoformat(content["target_on"]),
        "keeper_name": known.people.get(content["keeper"], ""),
        "open": open_when_proposed(verdict),
        "decisions": [_decided(one) for one in content["decisions"]],
        "sections": _sections(content["items"], known),
        "signed_with": content.get("signed_with", []),
    }


def open_when_proposed(verdict: AdoptionVerdict) -> list[dict[str, Any]]:
    """What was open when it was frozen, each with the reason for which it is accepted.

    :param verdict: of ``queries.verdicts.with_reasons``.
    """
    reasons = {one["key"]: one["because"] for one in vars(verdict)["reasons"]}
    return [{**one, "because": reasons.get(one["key"], "")} for one in verdict.sign_off.content["blockers"]]


def signed_content(sign_off: SignOff, content: Mapping[str, Any]) -> dict[str, Any]:
    """What a signature on a go or no-go was given on (``settings.SIGN_OFF_CONTENT``)."""
    verdict = with_reasons(AdoptionVerdict.objects.all()).get(sign_off=sign_off)
    return verdict_shown(verdict, content, known_in(verdict.organization_id, content))


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


def _sections(items: Iterable[Mapping[str, Any]], known: Known) -> dict[str, list[dict[str, Any]]]:
    """The questions of the board by section, each with who looks after it and what settles it."""
    sections: dict[str, list[dict[str, Any]]] = {}
    for one in items:
        row = {
            **one,
            "due_on": dt.date.fromisoformat(one["due_on"]),
            "keeper_name": one["keeper"].get("group") or known.people.get(one["keeper"].get("member"), ""),
            "answer": known.answers.get(one.get("answer", {}).get("id")),
            "proof_word": _proof(one["proof"]) if "proof" in one else "",
        }
        sections.setdefault(one["section"], []).append(row)
    return sections


def _proof(frozen: Mapping[str, Any]) -> str:
    return Proof(frozen["source"], frozen["done"], frozen["total"], None, (), ()).in_words


def _decided(one: Mapping[str, Any]) -> dict[str, Any]:
    until = dt.date.fromisoformat(one["until"]) if one["until"] else None
    return {**one, "outcome_word": RouteDecision.Outcome(one["outcome"]).label, "until": until}
