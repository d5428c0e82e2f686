"""Frozen content and history in the words a page shows; pages compute nothing."""

import datetime as dt
import json
from collections.abc import Mapping
from copy import copy
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Membership, User
from audit.canonical import dumps
from audit.models import AuditEvent
from governance.models import DecisionMove, RouteDecision, Signature, SignOff, SignOffParty, SignOffStage
from governance.queries.agreements import in_words
from governance.queries.cards import hops_shown, topics_of
from governance.queries.comparing import agreements_changed, facts_changed, hops_changed, word_diff
from governance.queries.conditions import from_revision
from governance.queries.permission_modes import modes_in_words
from governance.queries.submissions import changes, words_of
from operations.templatetags.dates import moment

FIELDS = {
    "outcome": gettext_lazy("Decision"),
    "until": gettext_lazy("Until"),
    "why": gettext_lazy("Why"),
    "conditions": gettext_lazy("Conditions"),
    "permission_modes": gettext_lazy("How far it may act alone"),
    "review_months": gettext_lazy("Review"),
    "keeper": gettext_lazy("Keeper"),
    "scope": gettext_lazy("For whom and what"),
}
# For whoever comes too late: who did it, and when.
STANDS = {
    RouteDecision.Status.SUBMITTED: gettext_lazy("%(person)s submitted this revision, %(when)s: it is frozen now."),
    RouteDecision.Status.CHANGES_ASKED: gettext_lazy(
        "%(person)s asked for changes, %(when)s: the words of this revision go on in a new draft."
    ),
    RouteDecision.Status.REJECTED: gettext_lazy("%(person)s rejected this revision, %(when)s."),
    RouteDecision.Status.WITHDRAWN: gettext_lazy("%(person)s withdrew this revision, %(when)s."),
    RouteDecision.Status.APPROVED: gettext_lazy("%(person)s put this revision in force, %(when)s."),
    RouteDecision.Status.SUSPENDED: gettext_lazy("%(person)s suspended this revision, %(when)s."),
    RouteDecision.Status.SUPERSEDED: gettext_lazy("A newer revision took the place of this one, %(when)s."),
    RouteDecision.Status.RETIRED: gettext_lazy("%(person)s ended this decision, %(when)s."),
    RouteDecision.Status.EXPIRED: gettext_lazy("This revision was allowed until a day that has passed."),
}
TONES = {
    RouteDecision.Status.APPROVED: "good",
    RouteDecision.Status.SUBMITTED: "info",
    RouteDecision.Status.CHANGES_ASKED: "warn",
    RouteDecision.Status.REJECTED: "bad",
    RouteDecision.Status.SUSPENDED: "bad",
    RouteDecision.Status.EXPIRED: "bad",
}


def showing(
    content: Mapping[str, Any],
    *,
    organization_id: UUID,
    since: Mapping[str, Any] | None = None,
    on: dt.date | None = None,
) -> dict[str, Any]:
    """What :func:`frozen_content` froze, in words: exactly the snapshot, people by their names of today. One query.

    :param content: the frozen content, or a stored snapshot's parsed JSON; both read the same.
    :param since: an earlier snapshot's content: ``since`` then lists what differs from it, nothing where nothing does.
    :param on: the day from which what has run out by now is said to have; None where it no longer matters.
    """
    content = json.loads(dumps(content))
    differs = changes(since, content) if since else []
    people = _names(content, differs, organization_id, since=since)
    topics = topics_of(content["facts"], on=on, people=people)
    return {
        **content,
        "outcome_word": RouteDecision.Outcome(content["outcome"]).label,
        "until_day": dt.date.fromisoformat(content["until"]) if content["until"] else None,
        "modes": modes_in_words(content.get("permission_modes", [])),
        "review_word": _months(content["review_months"]),
        "keeper_name": people.get(content["keeper"], ""),
        "topics": topics,
        "open_topics": [(place, topic) for place, topic in enumerate(topics, start=1) if topic["unsettled"]],
        "hops": hops_shown(content["hops"]),
        "papers": in_words(content["agreements"], people=people, on=on) if "agreements" in content else [],
        "carried": [
            {
                **one,
                "group": from_revision(one),
                "keeper": people.get(one["keeper"], ""),
                "due_on": dt.date.fromisoformat(one["due_on"]),
            }
            for one in content.get("carries_on", [])
        ],
        "scope_words": [{"pairs": _line(line)} for line in content["scope"]],
        "changes": [_changed(change, people) for change in content["changes"]],
        "since": [
            *(_changed(change, people) for change in differs),
            *(_rests_changed(since, content, people) if since else ()),
        ],
    }


def signed_content(sign_off: SignOff, content: Mapping[str, Any]) -> dict[str, Any]:
    """What a signature on a decision was given on (``settings.SIGN_OFF_CONTENT``)."""
    return showing(content, organization_id=sign_off.organization_id)


def _signed_with(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The conditions that earlier signatures laid over it, where they differ."""
    old, new = ("\n".join(row["text"] for row in content.get("signed_with", ())) for content in (before, after))
    return [{"label": _("Conditions of signatures"), "pieces": word_diff(old, new)}] if old != new else []


def _rests_changed(
    since: Mapping[str, Any], content: Mapping[str, Any], people: Mapping[int, str]
) -> list[dict[str, Any]]:
    return [
        *agreements_changed(since, content, people=people),
        *facts_changed(since, content, people=people),
        *hops_changed(since, content),
        *_signed_with(since, content),
    ]


def timeline_of(decision: RouteDecision, stages: list[SignOffStage]) -> list[dict[str, Any]]:
    """Every move and signature of a revision, newest first; ``stages`` from ``stages_of``."""
    moves = decision.moves.select_related("by", "reason").order_by("pk")
    events = [
        {
            "at": move.at,
            **_who_moved(move, decision),
            "text": str(move.reason) if move.reason else "",
            "tone": TONES.get(RouteDecision.Status(move.to_status), "quiet"),
            "order": (move.at, 1, move.pk),
        }
        for move in moves
    ]
    events += [
        {
            "at": stage.signature.at,
            "title": _("Signed for %(group)s") % {"group": stage.name},
            "by": str(stage.signature.user),
            "text": "",
            "url": reverse("governance:signature-detail", args=[decision.organization.slug, stage.signature.pk]),
            "tone": "good",
            "order": (stage.signature.at, 0, stage.signature.pk),
        }
        for stage in stages
        if hasattr(stage, "signature") and stage.signature.word == Signature.Word.SIGNED
    ]
    return sorted(events, key=lambda event: event["order"], reverse=True)


def stopped_by(decision: RouteDecision, events: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The move that took a revision back or out of force, to stand above everything; ``events`` of ``timeline_of``."""
    stopped = {RouteDecision.Status.SUSPENDED, RouteDecision.Status.RETIRED, RouteDecision.Status.WITHDRAWN}
    return events[0] if decision.status in stopped else None


def draft_differs(saved: RouteDecision, typed: Mapping[str, Any], scopes: tuple[Any, Any]) -> list[dict[str, Any]]:
    """Where what somebody typed differs from a draft as it is saved: each with its ``label`` and ``pieces``.

    :param typed: the words of the form, by the names of the decision's fields.
    :param scopes: the saved one and the typed one, as ``submissions.scope_of`` gives them.
    """
    mine = copy(saved)
    for name, value in typed.items():
        setattr(mine, name, value)
    before, after = (words_of(*pair) for pair in zip((saved, mine), scopes, strict=True))
    people = {saved.keeper_id: str(saved.keeper), mine.keeper_id: str(mine.keeper)}
    rows = [_changed(change, people) for change in changes(before, after)]
    if saved.is_material != mine.is_material:
        word = {True: _("yes"), False: _("no")}
        pieces = word_diff(word[saved.is_material], word[mine.is_material])
        rows.append({"label": _("People who have already answered must look again"), "pieces": pieces})
    return rows


def how_it_stands(decision: RouteDecision) -> str:
    """Who moved a revision to where it stands, and when: for whoever comes too late. Nothing of a draft. One query."""
    move = decision.moves.select_related("by").latest("pk")
    sentence = STANDS.get(RouteDecision.Status(move.to_status))
    return str(sentence) % {"person": move.by or "", "when": moment(move.at)} if sentence else ""


def last_written(decision: RouteDecision, *, reader: Membership) -> str:
    """Who wrote in a draft last, and when; names nobody where nobody has written in it. Two queries."""
    events = AuditEvent.objects.filter(
        organization_id=decision.organization_id,
        target=f"decision:{decision.pk}",
        action__in=["decision.edited", "decision.scope_set"],
    )
    written = events.order_by("pk").last()
    if written is None:
        return _("The page you sent was not of this draft as it stands now.")
    if written.actor_id == reader.user_id:
        return _("You changed this draft yourself, in another window, %(when)s.") % {"when": moment(written.at)}
    person = User.objects.get(pk=str(written.actor_id))
    return _("%(person)s changed this draft, %(when)s.") % {"person": person, "when": moment(written.at)}


def _who_moved(move: DecisionMove, decision: RouteDecision) -> dict[str, str]:
    """Whose move it was. Sending a revision back makes a draft, which stays its proposer's."""
    if not move.from_status and move.by_id != decision.proposed_by_id:
        who = {"proposer": decision.proposed_by, "signer": move.by}
        return {
            "title": _("Draft that answers the changes asked for"),
            "by": _("proposed by %(proposer)s; %(signer)s asked for the changes") % who,
        }
    return {"title": str(move.get_to_status_display()), "by": str(move.by) if move.by else _("by the calendar")}


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


def after_word(sign_off: SignOff, *, word: str) -> str:
    """What happens next, for whoever has just given their word: who signs, or that it is decided.

    Sent twice, the same word may come after somebody else's: then it is only said to be recorded.
    """
    decision = RouteDecision.objects.select_related("route", "proposed_by").get(sign_off=sign_off)
    about = {"route": decision.route, "number": decision.number, "proposer": decision.proposed_by}
    if word == Signature.Word.CHANGES_ASKED:
        return _("Sent back with your comment. A draft with the same words waits for %(proposer)s.") % about
    if word == Signature.Word.REJECTED:
        return _("Rejected, with your reason. What was in force before stays so.") % about
    if decision.is_in_force:
        return _("Signed. Yours was the last signature: %(route)s, revision %(number)d, is in force now.") % about
    if decision.status != RouteDecision.Status.SUBMITTED:
        return _("Your signature is recorded.")
    waiting, is_last = who_is_next(sign_off)
    about |= waiting
    if not is_last:
        return _("Signed. It waits for %(group)s now (%(people)s); others follow.") % about
    return _("Signed. It waits for %(group)s now (%(people)s); then it is in force.") % about


def who_is_next(sign_off: SignOff) -> tuple[dict[str, str], bool]:
    """The ``group`` that signs next and the ``people`` who can, and whether nobody signs after it."""
    stage, *later = list(sign_off.stages.filter(signature__isnull=True).order_by("position"))
    able = SignOffParty.objects.filter(stage=stage, may_sign=True).exclude(
        user__in=sign_off.signatures.values("user_id")
    )
    people = ", ".join(str(party.user) for party in able.select_related("user").order_by("user__name", "pk"))
    return {"group": stage.name, "people": people}, not later


def _changed(change: Mapping[str, Any], people: Mapping[int, str]) -> dict[str, Any]:
    before, after = (_word(change["field"], change[side], people) for side in ("before", "after"))
    return {"label": FIELDS[change["field"]], "pieces": word_diff(before, after)}


def _word(field: str, value: Any, people: Mapping[int, str]) -> str:
    if field == "outcome":
        return str(RouteDecision.Outcome(value).label)
    if field == "keeper":
        return people.get(value, "")
    if field == "permission_modes":
        return "; ".join(mode.name for mode in modes_in_words(value or []))
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
        {"term": _("For"), "description": names(line.get("uses", []), _("all that people use it for"))},
        {
            "term": _("Kinds of data"),
            "description": names(line["data_classes"], _("all kinds of data, personal and confidential data included")),
        },
        {"term": _("Repositories"), "description": ", ".join(line["repositories"]) or _("all repositories")},
    ]


def _names(
    content: Mapping[str, Any],
    differs: list[dict[str, Any]],
    organization_id: UUID,
    *,
    since: Mapping[str, Any] | None = None,
) -> dict[int, str]:
    facts = [*content["facts"], *(since["facts"] if since else ())]
    ids = {content["keeper"], *(fact["our_word"]["by"] for fact in facts if fact.get("our_word"))}
    papers = [*content.get("agreements", ()), *(since.get("agreements", ()) if since else ())]
    ids |= {paper["holder"] for paper in papers if paper["holder"]}
    ids |= {one["keeper"] for one in content.get("carries_on", ())}
    for change in [*content["changes"], *differs]:
        if change["field"] == "keeper":
            ids |= {change["before"], change["after"]}
    members = Membership.objects.filter(organization_id=organization_id, pk__in=ids).select_related("user")
    return {member.pk: str(member.user) for member in members}
