"""The adoption brief: what a board has to know of a roll-out, on one page."""

import datetime as dt
from dataclasses import dataclass

from checklists.queries import proofs_of
from checklists.queries.proofs import Decided
from governance.models import RouteDecision, SignOffStage
from governance.queries.decisions import in_force
from reviews.models import AdoptionReview, AdoptionVerdict
from reviews.queries.adoption import routes_about
from reviews.queries.standing import Standing, standing_of
from reviews.queries.verdicts import verdicts_of


@dataclass(frozen=True)
class RouteInBrief:
    """A route as it is decided: the decision, and who signed it; ``decision`` is None where nobody has decided it yet."""

    name: str
    decision: RouteDecision | None
    shown: Decided | None


@dataclass(frozen=True)
class Brief:
    """A review as of a moment; of one that is over, as it stood then.

    :ivar verdict: what was proposed last, with the stages of its sign-off.
    """

    stands: Standing
    routes: list[RouteInBrief]
    verdict: AdoptionVerdict | None
    stages: list[SignOffStage]


def brief_of(review: AdoptionReview, *, at: dt.datetime) -> Brief:
    """Everything on the page; eight queries.

    :param review: of ``adoption_reviews``.
    """
    stands = standing_of(review, at=at)
    proofs = proofs_of(review.organization, at=stands.at)
    signed = {one.decision: one for proof in proofs.values() for one in proof.shown_by}
    decided = list(in_force(review.organization, at=stands.at))
    known = {one.route_id for one in decided}
    routes = [RouteInBrief(str(one.route), one, signed.get(one.pk)) for one in decided]
    routes += [
        RouteInBrief(str(route), None, None) for route in routes_about(review, at=stands.at) if route.pk not in known
    ]
    verdict = next(iter(verdicts_of(review)), None)
    return Brief(
        stands, routes, verdict, list(verdict.sign_off.stages.select_related("signature__user")) if verdict else []
    )
