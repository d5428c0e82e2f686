"""Which reviews and assessments wait, and for whom."""

import datetime as dt

from dateutil.relativedelta import relativedelta
from django.db.models import QuerySet

from accounts.models import Membership, Organization
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
