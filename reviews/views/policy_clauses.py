"""Changed clauses as pages show them, and who may judge them."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Exists
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.http import OrganizationRequest
from accounts.queries import with_keepers
from accounts.rights import Right
from catalog.views.differences import topic_names
from catalog.views.versions import SIGNALS, gaps_apart
from reviews.models import PolicyVerdict
from reviews.queries import policies

Verdict = PolicyVerdict.Verdict


def week_of(request: OrganizationRequest, pk: int) -> Any:
    weeks = with_keepers(request.organization.policy_assessments.select_related("organization"))
    return get_object_or_404(weeks.annotate(asks_legal=Exists(policies.legal_people(request.organization))), pk=pk)


def may_judge(request: OrganizationRequest, clauses: Sequence[Any]) -> set[int]:
    """The clauses (by id) that this person may judge: all for whoever runs the roll-out, for Legal what was put to them."""
    if Right.REVIEW_CLOSE in request.rights:
        return {clause.pk for clause in clauses}
    put = {clause.pk for clause in clauses if any(verdict.verdict == Verdict.LEGAL for verdict in clause.said)}
    if put and policies.legal_people(request.organization).filter(pk=request.membership.pk).exists():
        return put
    return set()


def shown(clauses: Sequence[Any], slug: str) -> list[dict[str, Any]]:
    """Changed clauses for a page, each with its words and why it may weigh; one query for the names of topics."""
    keys = {key for clause in clauses for key in clause.topics}
    names = topic_names(keys)
    return [
        {
            "clause": clause,
            "status": f"clause-{clause.status}",
            "topics": [names.get(key, key) for key in clause.topics],
            "signals": [
                {"name": SIGNALS[signal["kind"]], "signal": signal, "why": _(signal["why"])}
                for signal in clause.signals
            ],
            "words": list(gaps_apart((op, text) for op, text in clause.words)),
            "compare_url": _compare_url(clause, slug),
        }
        for clause in clauses
    ]


def overview(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The clauses of a week in one line each, to see at once which of them weighs: those first that wait and say why they may."""
    found, sources = [], {row["clause"].change.source_id for row in rows}
    for row in sorted(rows, key=lambda row: (row["clause"].is_judged, not row["signals"])):
        people = row["resting"].people
        hints = [str(row["clause"].change.source)] if len(sources) > 1 else []
        hints += [f"{each['name']}: {_moved(each['signal'])}" for each in row["signals"]]
        if people:
            hints.append(
                ngettext("%(n)d person has answered on it", "%(n)d people have answered on it", people) % {"n": people}
            )
        status, word = ("needs-another-look", _("Look closely")) if row["signals"] else ("to-do", _("To judge"))
        if row["clause"].is_judged:
            status, word = "completed", _("Judged")
        elif verdict_on(row["clause"]) == Verdict.LEGAL:
            status, word = "needs-another-look", str(Verdict.LEGAL.label)
        found.append(
            {
                "title": row["clause"].heading or _("Before the first heading"),
                "url": f"#clause-{row['clause'].pk}",
                "hint": Truncator(" · ".join(hints)).chars(160),
                "status": status,
                "word": word,
            }
        )
    return found


def _moved(signal: dict[str, str]) -> str:
    return " → ".join(filter(None, (signal["old"], signal["new"])))


def verdict_on(clause: Any) -> str | None:
    return clause.said[0].verdict if clause.said else None


def _compare_url(clause: Any, slug: str) -> str:
    if clause.old_version_id is None:
        return ""
    versions = (clause.change.source_id, clause.old_version_id, clause.new_version_id)
    return reverse("catalog:version-compare", args=[slug, *versions])
