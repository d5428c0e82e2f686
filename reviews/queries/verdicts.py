"""What a go or no-go freezes: what the review is about, every question with its answer or proof, what blocks, what is decided."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, F, OuterRef, QuerySet, Value, When
from django.db.models.functions import Coalesce, JSONObject
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import Membership
from accounts.queries import may_keep
from audit.actions import snapshot_digest
from audit.models import FreeText
from checklists.queries import Proof, proofs_of
from governance.models import RouteDecision, Signature, SignOff
from reviews.models import AcceptedBlocker, AdoptionReview, AdoptionVerdict
from reviews.queries.board import Row
from reviews.queries.standing import Standing, answers_on, standing_of


@dataclass(frozen=True)
class Blocker:
    """Something that is open: ``key`` as ``item:12``, what it is called, whether its day has passed, where it is settled."""

    key: str
    title: str
    is_late: bool
    url: str


@dataclass(frozen=True)
class Frozen:
    """What would be frozen now: content and bases of the snapshot, before anybody's reasons.

    ``sha256`` is the hash that a page carries: without the numbers of people, which change by the minute.
    """

    stands: Standing
    blockers: tuple[Blocker, ...]
    content: dict[str, Any]
    bases: dict[str, int]

    @property
    def sha256(self) -> str:
        items = [{key: said for key, said in one.items() if key != "proof"} for one in self.content["items"]]
        return snapshot_digest({**self.content, "items": items}, bases=self.bases)


def frozen_board(review: AdoptionReview, *, at: dt.datetime) -> Frozen:
    """The board as a go or no-go would freeze it now; six queries.

    People are ids; answers and decisions stand there by id and by the hash of what was shown.

    :param review: of ``adoption_reviews``.
    """
    stands = standing_of(review, at=at)
    proofs = proofs_of(review.organization, at=at)
    decisions = _decisions(review, at=at)
    waiting = [one for one in decisions if one.status == RouteDecision.Status.SUBMITTED]
    blockers = _blockers(review, stands, proofs, waiting)
    shown = {answer.item_id: answer for answer in answers_on(stands.board).values()}
    terms = stands.terms
    content = {
        "kind": "adoption",
        "language": get_language() or "en",
        "review": review.pk,
        "name": terms.name,
        "scope": terms.scope,
        "target_on": terms.target_on,
        "keeper": vars(terms)["keeper_now_id"],
        "items": [_item(row, shown, proofs) for row in stands.board.rows],
        "blockers": [{"key": one.key, "title": one.title, "is_late": one.is_late} for one in blockers],
        "decisions": [_decided(one) for one in decisions if one not in waiting],
    }
    bases = {f"item:{row.item_id}": row.revision_id for row in stands.board.rows}
    bases |= {f"decision:{one.route_id}": one.pk for one in decisions if one not in waiting}
    return Frozen(stands, tuple(blockers), content, bases)


def _blockers(
    review: AdoptionReview, stands: Standing, proofs: Mapping[str, Proof], waiting: list[RouteDecision]
) -> list[Blocker]:
    """What stands in the way of a go: open questions, routes nobody decided, decisions nobody has signed yet."""
    slug, today = review.organization.slug, stands.board.today
    open_ones = [
        Blocker(
            f"item:{row.item_id}",
            row.question,
            row.is_late(today),
            reverse("reviews:board-item", args=[slug, review.pk, row.item_id]),
        )
        for row in stands.board.open
    ]
    undecided = proofs["route-decided"].still_open if "route-decided" in proofs else ()
    routes = [
        Blocker(
            f"route:{route['id']}",
            _("%(route)s is not decided") % {"route": route["name"]},
            False,
            reverse("governance:route-detail", args=[slug, route["id"]]),
        )
        for route in undecided
    ]
    unsigned = [
        Blocker(
            f"decision:{one.pk}",
            _("%(route)s waits for signatures") % {"route": one.route},
            False,
            reverse("governance:decision-detail", args=[slug, one.pk]),
        )
        for one in waiting
    ]
    return [*routes, *unsigned, *open_ones]


def verdicts_of(review: AdoptionReview) -> list[AdoptionVerdict]:
    """Every go or no-go that was proposed, newest first, with what came of it, as :func:`with_reasons`; one query."""
    return list(with_reasons(AdoptionVerdict.objects.filter(review=review)).order_by("-pk"))


def with_reasons(verdicts: QuerySet[AdoptionVerdict]) -> QuerySet[AdoptionVerdict]:
    """Each with its sign-off and ``reasons``: for which what was open is accepted, rows with ``key`` and ``because``."""
    related = verdicts.select_related("sign_off__submitted_by", "sign_off__snapshot", "because")
    return related.annotate(reasons=_reasons("pk"))


def _reasons(verdict: str) -> ArraySubquery:
    accepted = AcceptedBlocker.objects.filter(verdict=OuterRef(verdict)).order_by("pk")
    because = Coalesce(F("because__body"), Value(str(FreeText())))
    return ArraySubquery(accepted.values(row=JSONObject(key="key", because=because)))


def last_word_before(verdict: AdoptionVerdict, *, reader: Membership, may_read_all: bool) -> Signature | None:
    """What this reader, or else (``may_read_all``) anybody, last said on an earlier go or no-go of the review; its
    ``sign_off.verdict`` is as :func:`with_reasons` gives it. One query.
    """
    words = Signature.objects.filter(
        organization=verdict.organization_id,
        sign_off__verdict__review=verdict.review_id,
        sign_off__verdict__lt=verdict.pk,
    )
    if not may_read_all:
        words = words.filter(user=reader.user_id)
    own_first = Case(When(user=reader.user_id, then=0), default=1)
    words = words.select_related(
        "user", "snapshot", "onward_snapshot", "sign_off__snapshot", "sign_off__verdict__because"
    )
    word = words.annotate(reasons=_reasons("sign_off__verdict")).order_by(own_first, "-pk").first()
    if word:
        vars(word.sign_off.verdict)["reasons"] = vars(word)["reasons"]
    return word


def obstacle_to_withdrawal(sign_off: SignOff, *, reader: Membership) -> str:
    """Why this person can't take it back: whoever proposed it can, a colleague once they manage no more. At most one query."""
    if sign_off.outcome != SignOff.Outcome.PENDING:
        return _("It waits for no signature any more.")
    if sign_off.submitted_by_id == reader.user_id:
        return ""
    if may_keep(reader.organization).filter(user=sign_off.submitted_by_id).exists():
        return _("Only %(person)s, who proposed it, can take it back.") % {"person": sign_off.submitted_by}
    return ""


def _decisions(review: AdoptionReview, *, at: dt.datetime) -> list[RouteDecision]:
    """What is in force, and what waits for signatures."""
    Status = RouteDecision.Status
    rows = review.organization.decisions.filter(status__in=[Status.APPROVED, Status.SUBMITTED])
    return list(rows.select_related("route", "sign_off__snapshot").order_by("route__name", "pk"))


def _item(row: Row, answers: Mapping[int, Any], proofs: Mapping[str, Proof]) -> dict[str, Any]:
    answer, proof = answers.get(row.item_id), proofs.get(row.answers_itself)
    said: dict[str, Any] = {
        "item": row.item_id,
        "section": row.section_title,
        "question": row.question,
        "is_settled": row.is_settled,
        "due_on": row.due_on,
        "keeper": {"group": row.keeper} if row.group_id else {"member": row.member_id},
    }
    if proof:
        shown_by = [{"decision": one.decision, "sha256": one.sha256} for one in proof.shown_by]
        how_far = {"source": proof.source, "done": proof.done, "total": proof.total}
        return {**said, "proof": {**how_far, "decisions": shown_by}}
    if answer:
        text = answer.text.sha256 if answer.text else ""
        return {
            **said,
            "answer": {"id": answer.pk, "said": answer.value, "shown": answer.snapshot.sha256, "text": text},
        }
    return said


def _decided(decision: RouteDecision) -> dict[str, Any]:
    return {
        "decision": decision.pk,
        "route": decision.route.name,
        "code": decision.route.short_code,
        "outcome": decision.outcome,
        "until": decision.until,
        "sha256": decision.sign_off.snapshot.sha256 if decision.sign_off else "",
    }
