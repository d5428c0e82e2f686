"""Beginning an adoption review, changing what it is about, and ending it without a decision."""

import datetime as dt
from collections.abc import Collection

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import Membership
from accounts.queries import may_keep
from audit import actions as audit
from audit.models import FreeText
from catalog.models import AccessRoute
from checklists import actions as checklists
from checklists.actions import usage
from checklists.models import AssignmentRule, Checklist, ChecklistVersion, UsageInquiry
from checklists.queries import Proof, proofs_of
from operations import clock
from operations.errors import ActionRefused
from reviews import notices, plan
from reviews.models import AdoptionChecklist, AdoptionMove, AdoptionReview, AdoptionRoute, AdoptionTerms
from reviews.queries.adoption import pending_verdict

Status = AdoptionReview.Status
# How long people have to say what they use today.
DAYS_TO_TELL = 14


@transaction.atomic
def begin_adoption(
    *,
    by: Membership,
    name: str,
    scope: str,
    target_on: dt.date,
    keeper: Membership,
    at: dt.datetime,
    routes: Collection[AccessRoute] = (),
    asks_use: bool = False,
) -> AdoptionReview:
    """Begin the organization's adoption review; its shared lists are copied, published and assigned where they are not yet.

    :param asks_use: ask everybody what they use today, the keeper being the one who sees names; unless they are asked already.
    :raises ActionRefused: when one runs already, the target date is not ahead, or the keeper can't keep anything here.
    """
    _check_day(target_on, by=by, at=at)
    _check_keeper(keeper, by=by)
    review = _new(by, at)
    _move(review, Status.RUNNING, by=by, at=at, before="")
    words = {"name": name, "scope": scope, "target_on": target_on, "keeper": keeper}
    AdoptionTerms.objects.create(organization=by.organization, review=review, at=at, by=by.user, **words)
    lists = [_asked(key, target_on=target_on, by=by, at=at) for key in plan.checklist_keys()]
    AdoptionChecklist.objects.bulk_create(
        AdoptionChecklist(organization=by.organization, review=review, checklist=one, at=at) for one in lists
    )
    _set_routes(review, routes, by=by, at=at)
    _record(
        "adoption.begun",
        review,
        by=by,
        at=at,
        target_on=target_on,
        keeper=keeper.pk,
        checklists=[one.pk for one in lists],
        routes=sorted(route.pk for route in routes),
    )
    if asks_use and not UsageInquiry.objects.filter(organization=by.organization, closed_at=None).exists():
        due_on = min(target_on, clock.day_of(at, by.organization.timezone) + dt.timedelta(days=DAYS_TO_TELL))
        usage.ask_what_is_used(keeper=keeper, due_on=due_on, by=by, at=at)
    return review


@transaction.atomic
def change_adoption(
    *,
    review: AdoptionReview,
    by: Membership,
    name: str,
    scope: str,
    target_on: dt.date,
    keeper: Membership,
    routes: Collection[AccessRoute],
    because: str,
    at: dt.datetime,
) -> None:
    """Say anew what it is about, and why; moving the target date replans every question that nobody moved by hand.

    :raises ActionRefused: when it is over or waits for signatures, no reason was given, the new date is not ahead, or the
        keeper can't keep anything here.
    """
    row = lock(review, by=by)
    _check_keeper(keeper, by=by)
    before = AdoptionTerms.objects.filter(review=row).latest("pk")
    if target_on != before.target_on:
        _check_day(target_on, by=by, at=at)
    text = typed(because, by=by)
    words = {"name": name, "scope": scope, "target_on": target_on, "keeper": keeper, "because": text}
    AdoptionTerms.objects.create(organization=by.organization, review=row, at=at, by=by.user, **words)
    _set_routes(row, routes, by=by, at=at)
    _record(
        "adoption.changed",
        row,
        by=by,
        at=at,
        target_on=target_on,
        keeper=keeper.pk,
        routes=sorted(route.pk for route in routes),
        because_sha256=text.sha256,
    )
    if (target_on, keeper.pk) != (before.target_on, before.keeper_id):
        # Whoever is still to be told is, by the next sweep.
        notices.withdraw_board(row, at=at)


@transaction.atomic
def end_adoption(*, review: AdoptionReview, by: Membership, because: str, at: dt.datetime) -> None:
    """End it without a go or no-go, and say why.

    :raises ActionRefused: when it is over or waits for signatures, or no reason was given.
    """
    row = lock(review, by=by)
    move(row, Status.ENDED, by=by, at=at, reason=typed(because, by=by))


def lock(review: AdoptionReview, *, by: Membership) -> AdoptionReview:
    """The review, locked, if it runs and nothing of it waits for signatures.

    :raises ActionRefused: otherwise.
    """
    row = AdoptionReview.objects.select_for_update().get(pk=review.pk, organization=by.organization)
    if not row.is_running:
        raise ActionRefused(_("This adoption review is over: it stays as it was."))
    if pending_verdict(row):
        raise ActionRefused(
            _("A decision on it waits for signatures: it stays as it is until they are given or it is taken back.")
        )
    return row


def move(
    review: AdoptionReview, to: str, *, by: Membership, at: dt.datetime, reason: FreeText | None = None, **data: object
) -> None:
    """End a locked review, keep the move and what is counted at that moment, and write the event; nobody is reminded any more.

    :raises ActionRefused: when the move is not legal.
    """
    before = review.status
    if to not in AdoptionReview.MOVES.get(before, frozenset()):
        raise ActionRefused(_("This adoption review is over: it stays as it was."))
    review.status = to
    review.save(update_fields=["status"])
    counted = proofs_of(review.organization, at=at)["people-cleared"]
    _move(review, to, by=by, at=at, before=before, reason=reason, counted=counted)
    _record(f"adoption.{to}", review, by=by, at=at, because_sha256=reason.sha256 if reason else "", **data)
    notices.withdraw_board(review, at=at)


def typed(said: str, *, by: Membership) -> FreeText:
    """A reason somebody gave, kept apart.

    :raises ActionRefused: when nothing was typed.
    """
    if not said.strip():
        raise ActionRefused(_("Say why: whoever reads this later has only your sentence."))
    return audit.keep_text(said.strip(), organization_id=by.organization_id)


def _new(by: Membership, at: dt.datetime) -> AdoptionReview:
    try:
        with transaction.atomic():
            return AdoptionReview.objects.create(organization=by.organization, begun_by=by.user, begun_at=at)
    except IntegrityError as error:
        raise ActionRefused(_("An adoption review is running already; one at a time.")) from error


def _check_day(target_on: dt.date, *, by: Membership, at: dt.datetime) -> None:
    if target_on <= clock.day_of(at, by.organization.timezone):
        raise ActionRefused(_("Choose a target date that lies ahead."))


def _check_keeper(keeper: Membership, *, by: Membership) -> None:
    if not may_keep(by.organization).filter(pk=keeper.pk).exists():
        raise ActionRefused(_("The keeper has to manage or own the organization."))


def _asked(key: str, *, target_on: dt.date, by: Membership, at: dt.datetime) -> Checklist:
    """The organization's own copy of a shared starter, published and asked of it; whatever is missing is done now."""
    checklist = Checklist.objects.filter(organization=by.organization, key=key).first()
    if checklist is None:
        checklist = checklists.copy_starter(key=key, by=by, at=at)
    elif checklist.archived_at is not None:
        checklists.take_up_again(checklist=checklist, by=by, at=at)
        checklist.refresh_from_db()
    versions = ChecklistVersion.objects.filter(checklist=checklist)
    if not versions.filter(status=ChecklistVersion.Status.PUBLISHED).exists():
        draft = versions.filter(status=ChecklistVersion.Status.DRAFT).first()
        draft = draft or checklists.begin_draft(checklist=checklist, by=by, at=at)
        checklists.publish(version=draft, by=by, at=at, editorial=frozenset())
    if not AssignmentRule.objects.open().filter(checklist=checklist, team=None).exists():
        checklists.assign(checklist=checklist, by=by, at=at, due_on=target_on)
    return checklist


def _set_routes(review: AdoptionReview, routes: Collection[AccessRoute], *, by: Membership, at: dt.datetime) -> None:
    about = AdoptionRoute.objects.open().filter(review=review)
    about.exclude(route__in=routes).update(ended_at=at, ended_by=by.user)
    known = set(about.values_list("route_id", flat=True))
    AdoptionRoute.objects.bulk_create(
        AdoptionRoute(organization=by.organization, review=review, route=route, started_at=at, started_by=by.user)
        for route in routes
        if route.pk not in known
    )


def _move(
    review: AdoptionReview,
    to: str,
    *,
    by: Membership,
    at: dt.datetime,
    before: str,
    reason: FreeText | None = None,
    counted: Proof | None = None,
) -> None:
    AdoptionMove.objects.create(
        organization=by.organization,
        review=review,
        from_status=before,
        to_status=to,
        at=at,
        by=by.user,
        reason=reason,
        cleared=counted.done if counted else None,
        clearances=counted.total if counted else None,
        routes_uncleared=[route["id"] for route in counted.still_open] if counted else None,
    )


def _record(action: str, review: AdoptionReview, *, by: Membership, at: dt.datetime, **data: object) -> None:
    audit.record(
        action, by=by.user_id, organization_id=by.organization_id, at=at, target=f"adoption:{review.pk}", **data
    )
