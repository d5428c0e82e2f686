"""Periodic reviews: rows that fall due, are opened once per period, and closed by their keeper."""

import datetime as dt
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Membership
from accounts.queries import keeper_now
from audit import actions as audit
from audit.models import FreeText
from checklists.models import Checklist, ChecklistVersion
from governance import actions as governance
from governance.models import ForcePeriod, RouteDecision
from operations.errors import ActionRefused
from reviews import notices
from reviews.models import Review, ReviewSchedule
from reviews.queries import periods_due

DAYS_TO_REVIEW = 14


def schedule_new() -> int:
    """Give every decision in force and every published checklist that has none its first review day."""
    periods = ForcePeriod.objects.filter(
        ended_at__isnull=True, decision__status=RouteDecision.Status.APPROVED, decision__review_schedule__isnull=True
    ).select_related("decision__organization")
    versions = ChecklistVersion.objects.filter(
        status=ChecklistVersion.Status.PUBLISHED,
        checklist__archived_at__isnull=True,
        checklist__review_schedule__isnull=True,
    ).select_related("checklist__organization")
    rows = [
        ReviewSchedule(
            organization=period.decision.organization,
            decision=period.decision,
            next_on=_first_day(period.started_at, period.decision.organization.timezone, period.decision.review_months),
        )
        for period in periods
    ] + [
        ReviewSchedule(
            organization=version.checklist.organization,
            checklist=version.checklist,
            next_on=_first_day(
                version.published_at or version.created_at,
                version.checklist.organization.timezone,
                version.checklist.review_months,
            ),
        )
        for version in versions
    ]
    return len(ReviewSchedule.objects.bulk_create(rows, ignore_conflicts=True))


def open_due(*, at: dt.datetime) -> int:
    """Open one review for each subject whose day has come and that has none open; returns how many were opened.

    Periods missed while the machine was off collapse into the newest and are named. Safe to run twice, late, or by
    two workers: each schedule is claimed with a lock that others skip.
    """
    # A day may have come anywhere on earth up to 14 hours before it comes in UTC.
    horizon = (at + dt.timedelta(hours=14)).date()
    due = (
        ReviewSchedule.objects.filter(next_on__lte=horizon)
        .exclude(decision__reviews__closed_at=None, decision__reviews__isnull=False)
        .exclude(checklist__reviews__closed_at=None, checklist__reviews__isnull=False)
        .filter(
            Q(decision__status=RouteDecision.Status.APPROVED)
            | Q(checklist__archived_at__isnull=True, checklist__isnull=False)
        )
        .values_list("pk", flat=True)
    )
    return sum(_open_one(pk, at=at) for pk in due)


def close_ended(*, at: dt.datetime) -> int:
    """Close open reviews whose subject no longer holds: nothing is left to confirm."""
    ended = Review.objects.filter(closed_at__isnull=True).filter(
        Q(decision__status__in=["superseded", "retired", "expired"]) | Q(checklist__archived_at__isnull=False)
    )
    closed = 0
    for review in ended:
        with transaction.atomic():
            row = Review.objects.select_for_update().get(pk=review.pk)
            if row.closed_at is None:
                _close(row, outcome=Review.Outcome.ENDED, by=None, text=None, at=at)
                closed += 1
    return closed


@transaction.atomic
def close(*, review: Review, by: Membership, outcome: str, because: str, at: dt.datetime) -> None:
    """The keeper's sentence: why it still holds, or what has to change. Schedules the next review.

    *It still holds* re-opens nothing. A change goes its own way, a proposal to sign or a version to publish, and who is
    asked again is decided there; this records that the review led to it.

    :param outcome: ``holds``, ``editorial`` or ``material``.
    :raises ActionRefused: when the review is closed already, no reason was given, or a decision can't be confirmed.
    """
    if not because.strip():
        raise ActionRefused(_("Write one sentence: why does it still hold, or what has changed?"))
    row = Review.objects.select_for_update().get(pk=review.pk, organization=by.organization)
    if row.closed_at is not None:
        raise ActionRefused(_("This review was closed in the meantime."))
    if row.decision and outcome == Review.Outcome.HOLDS:
        text = governance.confirm_holds(decision=row.decision, by=by, because=because.strip(), at=at)
    else:
        text = audit.keep_text(because.strip(), organization_id=row.organization_id)
    _close(row, outcome=outcome, by=by, text=text, at=at)


def _close(review: Review, *, outcome: str, by: Membership | None, text: FreeText | None, at: dt.datetime) -> None:
    review.outcome, review.closed_at, review.because = outcome, at, text
    review.closed_by = by.user if by else None
    review.save(update_fields=["outcome", "closed_at", "because", "closed_by"])
    subject = _subject(review)
    next_on = at.astimezone(ZoneInfo(review.organization.timezone)).date() + relativedelta(months=subject.review_months)
    ReviewSchedule.objects.filter(decision=review.decision, checklist=review.checklist).update(next_on=next_on)
    audit.record(
        "review.closed",
        by=by.user_id if by else None,
        organization_id=review.organization_id,
        at=at,
        target=f"review:{review.pk}",
        outcome=outcome,
        because_sha256=text.sha256 if text else "",
        next_on=next_on,
    )
    notices.withdraw_review(review, at=at)


@transaction.atomic
def _open_one(schedule_pk: int, *, at: dt.datetime) -> bool:
    schedule = (
        ReviewSchedule.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("organization", "decision", "checklist")
        .filter(pk=schedule_pk)
        .first()
    )
    if schedule is None:
        return False
    subject = _subject(schedule)
    today = at.astimezone(ZoneInfo(schedule.organization.timezone)).date()
    days = periods_due(schedule.next_on, months=subject.review_months, on=today)
    is_open = Review.objects.filter(decision=schedule.decision, checklist=schedule.checklist, closed_at__isnull=True)
    if not days or is_open.exists():
        return False
    review = Review.objects.create(
        organization=schedule.organization,
        decision=schedule.decision,
        checklist=schedule.checklist,
        period_on=days[-1],
        missed=[day.isoformat() for day in days[:-1]],
        due_on=today + dt.timedelta(days=DAYS_TO_REVIEW),
        keeper=keeper_now(schedule.organization, subject.keeper_id),
        opened_at=at,
    )
    audit.record(
        "review.opened",
        by=None,
        organization_id=schedule.organization_id,
        at=at,
        target=f"review:{review.pk}",
        period_on=review.period_on,
        missed=review.missed,
    )
    return True


def _first_day(start: dt.datetime, timezone: str, months: int) -> dt.date:
    return start.astimezone(ZoneInfo(timezone)).date() + relativedelta(months=months)


def _subject(row: Review | ReviewSchedule) -> RouteDecision | Checklist:
    if row.decision is not None:
        return row.decision
    if row.checklist is None:  # the database lets no row have neither
        raise TypeError("a review is about a decision or a checklist")
    return row.checklist
