"""Coming into force, and everything that ends or interrupts it."""

import datetime as dt
from functools import partial
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions.authority import refuse_overtaken
from accounts.models import Membership
from audit.actions import DAYS_TO_LOOK_AGAIN, lock_exclusive, record, reopen, undo_reopening
from audit.models import FreeText, Reopening
from audit.queries import is_withdrawn
from governance import notices
from governance.actions.moves import check_move, lock, move, typed
from governance.models import ForcePeriod, RouteDecision, SignOff
from governance.queries.conditions import asks_again
from governance.queries.lines import next_line
from governance.queries.revisions import obstacle_of_conditions, obstacle_to_resumption
from governance.queries.submissions import has_predecessor, holding
from operations import clock
from operations.bell import ring
from operations.errors import ActionRefused
from operations.sweeps import each

Status = RouteDecision.Status

# Closes the review that waited for this change.
REVIEWS_TASK = "reviews.open_due"


@transaction.atomic
def approve(*, decision: RouteDecision, by: Membership, at: dt.datetime) -> RouteDecision:
    """Put a fully signed decision in force and end its predecessor; what rested on any earlier one is re-opened if it matters.

    The caller holds the organization's exclusive lock (:func:`audit.actions.lock_exclusive`).
    """
    predecessor = holding(decision)
    was_suspended = False
    if predecessor:
        predecessor = lock(predecessor)
        was_suspended = predecessor.status == Status.SUSPENDED
        _end_force(predecessor, at=at)
        move(predecessor, Status.SUPERSEDED, by=by, at=at, by_decision=decision.pk)
    decision = lock(decision)
    if _has_lapsed(decision, at=at):
        raise ActionRefused(_("The date until which it was to be allowed has passed. Ask for changes instead."))
    if obstacle := obstacle_of_conditions(decision, on=clock.day_of(at, decision.organization.timezone)):
        raise ActionRefused(obstacle)
    move(decision, Status.APPROVED, by=by, at=at, replaces=predecessor.pk if predecessor else None)
    _begin_force(decision, at=at)
    notices.tell_of_successor(predecessor, decision, was_suspended=was_suspended, at=at)
    # Also when the one before it had run out or was retired: answers are bound to its words.
    if has_predecessor(decision) and RouteDecision.objects.filter(asks_again(), pk=decision.pk).exists():
        due_on = clock.day_of(at, decision.organization.timezone) + dt.timedelta(days=DAYS_TO_LOOK_AGAIN)
        because = _("The decision on %(route)s changed.") % {"route": decision.route}
        _reopen(decision, below=decision.pk, by=by, at=at, due_on=due_on, because=because)
    ring(REVIEWS_TASK)
    return decision


@transaction.atomic
def suspend(
    *,
    decision: RouteDecision,
    by: Membership,
    reason: str,
    at: dt.datetime,
    is_material: bool = True,
    due_on: dt.date | None = None,
) -> RouteDecision:
    """Take a decision out of force for now. Judged material, everyone who rests on it looks again by ``due_on``.

    :raises ActionRefused: when it is not in force, or no reason was typed.
    """
    return _interrupt(decision, Status.SUSPENDED, by, reason, at, is_material, due_on)


@transaction.atomic
def retire(
    *,
    decision: RouteDecision,
    by: Membership,
    reason: str,
    at: dt.datetime,
    is_material: bool = True,
    due_on: dt.date | None = None,
) -> RouteDecision:
    """End a decision for good; the route is undecided again until somebody proposes it anew.

    :raises ActionRefused: when it neither is in force nor suspended, or no reason was typed.
    """
    return _interrupt(decision, Status.RETIRED, by, reason, at, is_material, due_on)


def suspend_by_calendar(*, decision: RouteDecision, because: str, at: dt.datetime) -> RouteDecision:
    """Suspend a locked decision because a day has passed; nobody is asked again, and a manager can resume it."""
    return _interrupt(decision, Status.SUSPENDED, None, because, at, is_material=False, due_on=None)


@transaction.atomic
def resume(*, decision: RouteDecision, by: Membership, reason: str, at: dt.datetime) -> RouteDecision:
    """Put a suspended decision back in force as it was signed. Who was asked again and has not answered no longer is.

    :raises ActionRefused: when it is not suspended, its end has passed, a condition that suspends it is not met, or no reason
        was typed.
    """
    lock_exclusive(decision.organization_id)
    decision = lock(decision)
    if obstacle := obstacle_to_resumption(decision, on=clock.day_of(at, decision.organization.timezone)):
        raise ActionRefused(obstacle)
    text = typed(reason, decision=decision)
    notices.tell_may_use_again(decision, at=at)
    move(decision, Status.APPROVED, by=by, at=at, reason=text)
    _begin_force(decision, at=at)
    # A suspension re-opened this very revision: left standing, no new answer resting on it could ever be current.
    for reopening in Reopening.objects.filter(
        organization_id=decision.organization_id,
        key=f"decision:{decision.route_id}",
        below_revision=decision.pk + 1,
        undoes__isnull=True,
        undone_by__isnull=True,
    ):
        undo_reopening(reopening=reopening, by=by.user_id, at=at)
    return decision


def expire(*, at: dt.datetime) -> int:
    """End the decisions whose *until* has passed, in force or suspended, and tell whom they covered; safe to run twice, late,
    or at once.

    :returns: how many expired.
    :raises SomeFailed: one could not be ended; the others are.
    """
    return each((f"decision:{pk}", partial(_expire_one, pk, at=at)) for pk in _past_until(at))


@transaction.atomic
def confirm_holds(*, decision: RouteDecision, by: Membership, because: str, at: dt.datetime) -> FreeText:
    """The keeper's word that a decision still holds; re-opens nothing. Kept by the review that asked.

    :raises ActionRefused: when it is not in force, nothing was typed, or a fact under it was judged to have changed.
    """
    decision = lock(decision)
    if decision.status != Status.APPROVED:
        raise ActionRefused(_("Only a decision in force can be confirmed."))
    if SignOff.objects.filter(is_withdrawn("snapshot_id", at=at), decision=decision).exists():
        raise ActionRefused(
            _("Something it rests on was judged to have changed; that needs a new revision and new signatures.")
        )
    text = typed(because, decision=decision)
    record(
        "decision.confirmed",
        by=by.user_id,
        organization_id=decision.organization_id,
        at=at,
        target=f"decision:{decision.pk}",
        because=text.sha256,
    )
    return text


def _interrupt(
    decision: RouteDecision,
    to: str,
    by: Membership | None,
    reason: str,
    at: dt.datetime,
    is_material: bool,
    due_on: dt.date | None,
) -> RouteDecision:
    lock_exclusive(decision.organization_id)
    decision = lock(decision)
    check_move(decision, to)
    text = typed(reason, decision=decision)
    was_in_force = decision.is_in_force
    _end_force(decision, at=at)
    move(decision, to, by=by, at=at, reason=text, is_material=is_material)
    notices.tell_to_stop(decision, because=str(text), is_urgent=was_in_force, at=at)
    if is_material:
        words = {
            Status.SUSPENDED: _("The decision on %(route)s was suspended."),
            Status.RETIRED: _("The decision on %(route)s was ended."),
        }[Status(to)]
        _reopen(decision, below=decision.pk + 1, by=by, at=at, due_on=due_on, because=words % {"route": decision.route})
    return decision


def _reopen(
    decision: RouteDecision, *, below: int, by: Membership | None, at: dt.datetime, due_on: dt.date | None, because: str
) -> None:
    reopen(
        organization_id=decision.organization_id,
        key=f"decision:{decision.route_id}",
        below_revision=below,
        by=by.user_id if by else None,
        at=at,
        due_on=due_on,
        because=because,
    )


def _begin_force(decision: RouteDecision, *, at: dt.datetime) -> None:
    """:raises ActionRefused: an earlier time in force ended after ``at``: the clock was set back."""
    refuse_overtaken(
        at, ForcePeriod.objects.filter(organization_id=decision.organization_id, route_id=decision.route_id)
    )
    ForcePeriod.objects.create(
        organization_id=decision.organization_id,
        decision=decision,
        route_id=decision.route_id,
        started_at=at,
        lapses_at=_lapses_at(decision),
        line=None if decision.outcome == RouteDecision.Outcome.NOT_ALLOWED else next_line(decision),
    )


def _end_force(decision: RouteDecision, *, at: dt.datetime) -> None:
    """Close the open period, never later than it lapsed by itself.

    :raises ActionRefused: it began after ``at``: the clock was set back.
    """
    refuse_overtaken(at, decision.force_periods.filter(ended_at__isnull=True))
    for period in decision.force_periods.filter(ended_at__isnull=True):
        period.ended_at = min(at, period.lapses_at) if period.lapses_at else at
        period.save(update_fields=["ended_at"])


def _lapses_at(decision: RouteDecision) -> dt.datetime | None:
    """The end of the day ``until`` where the organization is; None where it has none."""
    if decision.until is None:
        return None
    after = decision.until + dt.timedelta(days=1)
    return dt.datetime.combine(after, dt.time(), ZoneInfo(decision.organization.timezone)).astimezone(dt.UTC)


def _has_lapsed(decision: RouteDecision, *, at: dt.datetime) -> bool:
    lapses_at = _lapses_at(decision)
    return lapses_at is not None and lapses_at <= at


def _past_until(at: dt.datetime) -> list[int]:
    lapsed = ForcePeriod.objects.filter(ended_at__isnull=True, lapses_at__lte=at)
    suspended = RouteDecision.objects.filter(
        status=Status.SUSPENDED, until__lt=at.date() + dt.timedelta(days=1)
    ).select_related("organization")
    return [
        *lapsed.values_list("decision_id", flat=True),
        *(decision.pk for decision in suspended if _has_lapsed(decision, at=at)),
    ]


@transaction.atomic
def _expire_one(pk: int, *, at: dt.datetime) -> int:
    decision = (
        RouteDecision.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("organization", "route", "sign_off")
        .filter(pk=pk, status__in=[Status.APPROVED, Status.SUSPENDED])
        .first()
    )
    if decision is None:
        return 0
    was_in_force = decision.is_in_force
    _end_force(decision, at=at)
    move(decision, Status.EXPIRED, by=None, at=at)
    because = _("It was allowed until a day that has passed.")
    notices.tell_to_stop(decision, because=because, is_urgent=was_in_force, at=at)
    return 1
