"""The adoption brief: what a board has to know of a roll-out, on one page."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from checklists.queries import proofs_of
from checklists.queries.proofs import Decided
from governance.models import RouteDecision, SignOff, SignOffStage
from governance.queries.conditions import (
    binding_shown,
    carried_rows,
    conditions_laid,
    conditions_shown,
    signed_rows,
)
from governance.queries.decisions import in_force
from reviews.models import AdoptionReview, AdoptionVerdict
from reviews.queries.adoption import routes_about
from reviews.queries.showing import open_when_proposed
from reviews.queries.standing import Standing, standing_of
from reviews.queries.verdicts import verdicts_of


@dataclass(frozen=True)
class RouteInBrief:
    """A route as it is decided: the decision, who signed it, and which ``conditions`` of signatures bind beside its own;
    ``decision`` is None where nobody has decided it yet."""

    name: str
    decision: RouteDecision | None
    shown: Decided | None
    conditions: Sequence[dict[str, Any]] = ()


@dataclass(frozen=True)
class Brief:
    """A review as of a moment; of one that is over, as it stood then.

    :ivar verdict: what was proposed last, with the stages of its sign-off; where it was not refused or taken back also the
        conditions it was signed with, and by each reason what was open then and is accepted for it.
    """

    stands: Standing
    routes: list[RouteInBrief]
    verdict: AdoptionVerdict | None
    stages: Sequence[SignOffStage]
    laid: list[dict[str, Any]]
    accepted: dict[str, list[str]]


def brief_of(review: AdoptionReview, *, at: dt.datetime) -> Brief:
    """Everything on the page; eight queries.

    :param review: of ``adoption_reviews``.
    """
    stands = standing_of(review, at=at)
    proofs = proofs_of(review.organization, at=stands.at)
    signed = {one.decision: one for proof in proofs.values() for one in proof.shown_by}
    rows = {"carried_rows": carried_rows("pk"), "signed_rows": signed_rows("sign_off")}
    decided = list(in_force(review.organization, at=stands.at).annotate(**rows))
    known = {one.route_id for one in decided}
    today = stands.board.today
    routes = [RouteInBrief(str(one.route), one, signed.get(one.pk), binding_shown(one, today=today)) for one in decided]
    routes += [
        RouteInBrief(str(route), None, None) for route in routes_about(review, at=stands.at) if route.pk not in known
    ]
    verdict = next(iter(verdicts_of(review)), None)
    if verdict is None:
        return Brief(stands, routes, None, [], [], {})
    stages = list(verdict.sign_off.stages.select_related("signature__user").annotate(laid=conditions_laid()))
    if verdict.sign_off.outcome not in {SignOff.Outcome.PENDING, SignOff.Outcome.APPROVED}:
        return Brief(stands, routes, verdict, stages, [], {})  # what it was signed with and accepted binds nobody
    laid = conditions_shown(stages, today=today)
    accepted: dict[str, list[str]] = {}
    for one in open_when_proposed(verdict):
        if one["because"]:
            accepted.setdefault(one["because"], []).append(one["title"])
    return Brief(stands, routes, verdict, stages, laid, accepted)
