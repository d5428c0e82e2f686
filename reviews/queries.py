"""Which reviews and assessments wait, and for whom."""

import datetime as dt
from dataclasses import dataclass

from dateutil.relativedelta import relativedelta
from django.db.models import Count, Exists, OuterRef, QuerySet

from accounts.models import Membership, Organization
from accounts.rights import Right
from audit.models import Basis
from catalog.models import Fact
from checklists.models import Answer
from governance.models import RouteDecision
from reviews.models import ChangeAssessment, Review


def open_reviews(organization: Organization) -> QuerySet[Review]:
    """Reviews that have not been closed, the one due first on top."""
    return (
        organization.reviews.filter(closed_at__isnull=True)
        .select_related("decision__route", "checklist", "keeper__user")
        .order_by("due_on", "pk")
    )


def closed_reviews(organization: Organization) -> QuerySet[Review]:
    """Reviews that were closed, the newest on top."""
    return (
        organization.reviews.filter(closed_at__isnull=False)
        .select_related("decision__route", "checklist", "keeper__user", "closed_by", "because")
        .order_by("-closed_at", "-pk")
    )


def open_assessments(organization: Organization) -> QuerySet[ChangeAssessment]:
    """Changes that wait for a judgement, the one due first on top."""
    return organization.change_assessments.filter(verdict="").select_related("keeper__user").order_by("due_on", "pk")


def waiting_for(membership: Membership) -> QuerySet[Review]:
    """Open reviews whose keeper this person is."""
    return open_reviews(membership.organization).filter(keeper=membership)


def periods_due(next_on: dt.date, *, months: int, on: dt.date) -> list[dt.date]:
    """The scheduled days from ``next_on`` up to ``on``, oldest first; empty when nothing is due.

    :param months: the interval; the day of the month is kept where the month has it.
    """
    if not months:
        raise ValueError("an interval of no months never ends")
    days: list[dt.date] = []
    step = 0
    while (day := next_on + relativedelta(months=step * months)) <= on:
        days.append(day)
        step += 1
    return days


@dataclass(frozen=True)
class Affected:
    """What a material judgement would ask again: decisions to sign anew, items, and how many people."""

    decisions: list[RouteDecision]
    items: list[str]
    people: int


def affected_by(organization: Organization, *, key: str, below_revision: int) -> Affected:
    """What rests on ``key`` below a revision now, before anybody judges it."""
    resting = Basis.objects.filter(organization_id=organization.pk, key=key, revision__lt=below_revision).values(
        "snapshot_id"
    )
    newer = Answer.objects.filter(membership=OuterRef("membership"), item=OuterRef("item"), pk__gt=OuterRef("pk"))
    answers = organization.answers.filter(~Exists(newer), snapshot_id__in=resting, completes=True)
    decisions = organization.decisions.filter(
        status=RouteDecision.Status.APPROVED, sign_off__snapshot_id__in=resting
    ).select_related("route")
    return Affected(
        decisions=list(decisions),
        items=sorted(set(answers.values_list("revision__question", flat=True).distinct())),
        people=answers.filter(membership__isnull=False).aggregate(people=Count("membership", distinct=True))["people"],
    )


def may_close(review: Review, *, membership: Membership, rights: frozenset[Right]) -> bool:
    """The keeper may close their review, and so may whoever runs the roll-out."""
    return review.closed_at is None and (review.keeper_id == membership.pk or Right.REVIEW_CLOSE in rights)


def wordings(assessment: ChangeAssessment) -> tuple[Fact, Fact]:
    """The fact as it was and as it is now, with what each cites."""
    facts = Fact.objects.prefetch_related("citations__source").in_bulk(
        [assessment.old_revision, assessment.new_revision]
    )
    return facts[assessment.old_revision], facts[assessment.new_revision]
