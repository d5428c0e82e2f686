"""One move of a decision's status: the only code that assigns it."""

import datetime as dt

from django.utils.translation import gettext as _

from accounts.models import Membership
from audit.actions import keep_text, record
from audit.models import FreeText
from governance.models import DecisionMove, RouteDecision
from governance.queries.revisions import obstacle_to_move
from operations.errors import ActionRefused

EVENTS = {
    RouteDecision.Status.SUBMITTED: "decision.submitted",
    RouteDecision.Status.CHANGES_ASKED: "decision.changes_asked",
    RouteDecision.Status.REJECTED: "decision.rejected",
    RouteDecision.Status.WITHDRAWN: "decision.withdrawn",
    RouteDecision.Status.APPROVED: "decision.approved",
    RouteDecision.Status.SUSPENDED: "decision.suspended",
    RouteDecision.Status.SUPERSEDED: "decision.superseded",
    RouteDecision.Status.RETIRED: "decision.retired",
    RouteDecision.Status.EXPIRED: "decision.expired",
}


def lock(decision: RouteDecision) -> RouteDecision:
    """The decision as it stands now, locked until the transaction ends."""
    return (
        RouteDecision.objects.select_for_update(of=("self",))
        .select_related("organization", "route", "sign_off")
        .get(pk=decision.pk)
    )


def check_move(decision: RouteDecision, to: str) -> None:
    """:raises ActionRefused: when the transition table does not let the decision move there."""
    if obstacle := obstacle_to_move(decision, to):
        raise ActionRefused(obstacle)


def move(
    decision: RouteDecision,
    to: str,
    *,
    by: Membership | None,
    at: dt.datetime,
    reason: FreeText | None = None,
    **data: object,
) -> None:
    """Move a locked decision, keep the move, and write the event; ``by`` is None for the machine itself.

    :raises ActionRefused: when the move is not legal.
    """
    check_move(decision, to)
    before, decision.status = decision.status, to
    decision.save(update_fields=["status", "sign_off"] if to == RouteDecision.Status.SUBMITTED else ["status"])
    DecisionMove.objects.create(
        organization_id=decision.organization_id,
        decision=decision,
        from_status=before,
        to_status=to,
        at=at,
        by_id=by.user_id if by else None,
        reason=reason,
    )
    if reason is not None:
        data["reason"] = reason.sha256
    _record(decision, before=before, by=by, at=at, **data)


def _record(decision: RouteDecision, *, before: str, by: Membership | None, at: dt.datetime, **data: object) -> None:
    is_discarded = before == RouteDecision.Status.DRAFT and decision.status == RouteDecision.Status.WITHDRAWN
    record(
        "decision.discarded" if is_discarded else EVENTS[RouteDecision.Status(decision.status)],
        by=by.user_id if by else None,
        organization_id=decision.organization_id,
        at=at,
        target=f"decision:{decision.pk}",
        route=decision.route_id,
        **data,
    )


def typed(reason: str, *, decision: RouteDecision) -> FreeText:
    """A reason somebody gave, kept apart.

    :raises ActionRefused: when nothing was typed.
    """
    if not reason.strip():
        raise ActionRefused(_("Say why: whoever reads this later has only your sentence."))
    return keep_text(reason.strip(), organization_id=decision.organization_id)
