"""Periodic reviews: rows that fall due, are opened once per period, and closed by their keeper."""

import datetime as dt
from functools import partial
from itertools import groupby

from dateutil.relativedelta import relativedelta
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from accounts.models import Membership
from accounts.queries import keeper_now
from audit import actions as audit
from audit.models import FreeText
from checklists import actions as checklists
from checklists.models import Checklist, ChecklistVersion
from governance import actions as governance
from governance.models import ForcePeriod, RouteDecision
from governance.queries.decisions import OPEN
from operations import clock
from operations.errors import ActionRefused
from operations.sweeps import each
from reviews import notices
from reviews.models import Review, ReviewFinding, ReviewSchedule
from reviews.queries import is_over, outcome_of_change, periods_due, with_change

DAYS_TO_REVIEW = 14
# Of a schedule's checklist: what people are asked now. Taken up again, it is a draft first.
PUBLISHED = ChecklistVersion.objects.filter(checklist=OuterRef("checklist"), status=ChecklistVersion.Status.PUBLISHED)


def schedule_new() -> int:
    """Give every decision in force and every published checklist that has none its first review day, and take it from
    those that were archived: published again after the break, their time begins anew.

    :raises SomeFailed: the rows of an organization could not be written; the others' are.
    """
    periods = ForcePeriod.objects.filter(
        ended_at__isnull=True, decision__status=RouteDecision.Status.APPROVED, decision__review_schedule__isnull=True
    ).select_related("decision__organization")
    versions = ChecklistVersion.objects.filter(
        status=ChecklistVersion.Status.PUBLISHED,
        checklist__archived_at__isnull=True,
        checklist__review_schedule__isnull=True,
    ).select_related("checklist__organization")
    rows = [_first(period.decision, since=period.started_at) for period in periods]
    rows += [_first(one.checklist, since=one.published_at or one.created_at) for one in versions]
    rows.sort(key=lambda row: str(row.organization_id))
    by_organization = groupby(rows, key=lambda row: row.organization_id)
    adding = [(f"organization:{pk}", partial(_add_schedules, list(theirs))) for pk, theirs in by_organization]
    ended = ReviewSchedule.objects.filter(~Exists(PUBLISHED), checklist__isnull=False)
    removing = [(f"review schedule:{pk}", partial(_remove_schedule, pk)) for pk in ended.values_list("pk", flat=True)]
    return each([*removing, *adding])


def _first(subject: RouteDecision | Checklist, *, since: dt.datetime) -> ReviewSchedule:
    organization = subject.organization
    next_on = clock.day_of(since, organization.timezone) + relativedelta(months=subject.review_months)
    about = {"checklist": subject} if isinstance(subject, Checklist) else {"decision": subject}
    return ReviewSchedule(organization=organization, next_on=next_on, **about)


def open_due(*, at: dt.datetime) -> int:
    """Open one review for each subject whose day has come and that has none open; returns how many were opened.

    Periods missed while the machine was off collapse into the newest and are named. Safe to run twice, late, or by
    two workers: each schedule is claimed with a lock that others skip.

    :raises SomeFailed: one could not be opened; the others are.
    """
    # A day may have come anywhere on earth up to 14 hours before it comes in UTC.
    horizon = (at + dt.timedelta(hours=14)).date()
    due = (
        ReviewSchedule.objects.filter(next_on__lte=horizon)
        .exclude(decision__reviews__closed_at=None, decision__reviews__isnull=False)
        .exclude(checklist__reviews__closed_at=None, checklist__reviews__isnull=False)
        .filter(
            Q(decision__status=RouteDecision.Status.APPROVED)
            | Q(Exists(PUBLISHED), checklist__archived_at__isnull=True)
        )
        .values_list("pk", flat=True)
    )
    return each((f"review schedule:{pk}", partial(_open_one, pk, at=at)) for pk in due)


def close_ended(*, at: dt.datetime) -> int:
    """Close open reviews whose subject has changed or no longer holds: nothing is left to confirm.

    :raises SomeFailed: one could not be closed; the others are.
    """
    over = Review.objects.filter(is_over(), closed_at__isnull=True)
    return each((f"review:{pk}", partial(_close_ended, pk, at=at)) for pk in over.values_list("pk", flat=True))


@transaction.atomic
def close(*, review: Review, by: Membership, because: str, at: dt.datetime) -> None:
    """The keeper's sentence why it still holds. Re-opens nothing, and schedules the next review.

    :raises ActionRefused: when the review is closed or waits for a change, no reason was given, or a decision can't be
        confirmed.
    """
    row = _lock(review, by=by, because=because)
    if row.decision:
        text = governance.confirm_holds(decision=row.decision, by=by, because=because.strip(), at=at)
    else:
        text = audit.keep_text(because.strip(), organization_id=row.organization_id)
    _close(row, outcome=Review.Outcome.HOLDS, by=by, text=text, at=at)


@transaction.atomic
def find_change(
    *, review: Review, by: Membership, outcome: str, because: str, at: dt.datetime
) -> RouteDecision | ChecklistVersion:
    """The keeper's sentence what has to change; returns the draft that changes it, begun now unless there is one.

    Who is asked again is decided by that draft, once it is signed or published; until then the review stays open and
    is reminded of. Where nothing comes of the draft, the keeper is asked again.

    :param outcome: ``editorial`` or ``material``.
    :raises ActionRefused: when the review is closed or waits for a change already, no reason was given, or the route can
        no longer be chosen.
    """
    row = _lock(review, by=by, because=because)
    change = _begin_change(row, outcome=outcome, by=by, at=at)
    text = audit.keep_text(because.strip(), organization_id=row.organization_id)
    ReviewFinding.objects.create(
        organization_id=row.organization_id,
        review=row,
        outcome=outcome,
        because=text,
        version=change if isinstance(change, ChecklistVersion) else None,
        by=by.user,
        at=at,
    )
    audit.record(
        "review.change_found",
        by=by.user_id,
        organization_id=row.organization_id,
        at=at,
        target=f"review:{row.pk}",
        outcome=outcome,
        because_sha256=text.sha256,
    )
    notices.withdraw_review(row, at=at)
    return change


def _begin_change(review: Review, *, outcome: str, by: Membership, at: dt.datetime) -> RouteDecision | ChecklistVersion:
    subject = _subject(review)
    if isinstance(subject, Checklist):
        return checklists.begin_draft(checklist=subject, by=by, at=at)
    begun = RouteDecision.objects.filter(organization=by.organization, route=subject.route, status__in=OPEN).first()
    draft = begun or governance.propose(route=subject.route, by=by, at=at)
    is_material = outcome == Review.Outcome.MATERIAL
    # A draft that somebody has begun is made to ask again; what its author judged to matter still does.
    if draft.status != RouteDecision.Status.DRAFT or draft.is_material == is_material or (begun and not is_material):
        return draft
    return governance.edit(decision=draft, by=by, at=at, is_material=is_material)


def _lock(review: Review, *, by: Membership, because: str) -> Review:
    """The review, locked, if its keeper's word is still asked for.

    :raises ActionRefused: otherwise, or when nothing was typed.
    """
    if not because.strip():
        raise ActionRefused(_("Write one sentence: why does it still hold, or what has changed?"))
    reviews = Review.objects.filter(pk=review.pk, organization=by.organization)
    # Read once it is locked: a statement that waits for the lock still sees no finding that was written meanwhile.
    reviews.select_for_update().get()
    row = with_change(reviews.select_related("organization", "decision__route", "checklist")).get()
    if row.closed_at is not None:
        raise ActionRefused(_("This review was closed in the meantime."))
    if row.is_over:
        raise ActionRefused(_("What this review is about has changed or ended in the meantime."))
    if row.is_waiting:
        raise ActionRefused(_("The change that this review waits for is being prepared already; go on with that one."))
    return row


@transaction.atomic
def _close_ended(pk: int, *, at: dt.datetime) -> int:
    row = Review.objects.select_for_update().get(pk=pk)
    if row.closed_at is not None:
        return 0
    finding = row.findings.last()
    outcome = outcome_of_change(finding) if finding else Review.Outcome.ENDED
    _close(row, outcome=outcome, by=None, text=finding.because if finding else None, at=at)
    return 1


def _close(review: Review, *, outcome: str, by: Membership | None, text: FreeText | None, at: dt.datetime) -> None:
    review.outcome, review.closed_at, review.because = outcome, at, text
    review.closed_by = by.user if by else None
    review.save(update_fields=["outcome", "closed_at", "because", "closed_by"])
    subject = _subject(review)
    next_on = clock.day_of(at, review.organization.timezone) + relativedelta(months=subject.review_months)
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


def _add_schedules(rows: list[ReviewSchedule]) -> int:
    return len(ReviewSchedule.objects.bulk_create(rows, ignore_conflicts=True))


def _remove_schedule(pk: int) -> int:
    return ReviewSchedule.objects.filter(~Exists(PUBLISHED), pk=pk).delete()[0]


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
    today = clock.day_of(at, schedule.organization.timezone)
    days = periods_due(schedule.next_on, months=subject.review_months, on=today)
    is_open = Review.objects.filter(decision=schedule.decision, checklist=schedule.checklist, closed_at__isnull=True)
    if not days or is_open.exists():
        return False
    _open(schedule, days=days, due_on=today + dt.timedelta(days=DAYS_TO_REVIEW), at=at)
    return True


def _open(schedule: ReviewSchedule, *, days: list[dt.date], due_on: dt.date, at: dt.datetime) -> None:
    review = Review.objects.create(
        organization=schedule.organization,
        decision=schedule.decision,
        checklist=schedule.checklist,
        period_on=days[-1],
        missed=[day.isoformat() for day in days[:-1]],
        due_on=due_on,
        keeper=keeper_now(schedule.organization, _subject(schedule).keeper_id),
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


def _subject(row: Review | ReviewSchedule) -> RouteDecision | Checklist:
    if row.decision is not None:
        return row.decision
    if row.checklist is None:  # the database lets no row have neither
        raise TypeError("a review is about a decision or a checklist")
    return row.checklist
