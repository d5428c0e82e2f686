"""A paper that runs out opens the review of what rests on it."""

import datetime as dt

import pytest
from pytest_django.asserts import assertContains, assertNotContains

from governance import actions as governance
from governance.models import RouteDecision
from operations import clock
from reviews import actions
from reviews.models import Review, ReviewSchedule
from tests.cast import EPOCH, Company, company, signed_in
from tests.checklists import steps

pytestmark = pytest.mark.django_db
RUNS_OUT = EPOCH.date() + dt.timedelta(days=60)


def noted(acme: Company, *, expires_on: dt.date, at: dt.datetime = EPOCH) -> None:
    governance.note_agreement(
        route=RouteDecision.objects.get().route,
        kind="processing",
        state="have",
        dated_on=EPOCH.date(),
        link="https://acme.example/dpa",
        holder=acme.lea,
        expires_on=expires_on,
        by=acme.mara,
        at=at,
    )


def opened(at: dt.datetime) -> list[Review]:
    for step in (actions.schedule_new, actions.bring_forward):
        step()
    actions.open_due(at=at)
    return list(Review.objects.filter(closed_at__isnull=True))


def test_it_is_reviewed_on_the_day_says_why_and_once() -> None:
    acme = company()
    steps.decide(acme, steps.route("team-plan", "TP1"))
    noted(acme, expires_on=RUNS_OUT)
    day = EPOCH + dt.timedelta(days=60)
    assert opened(day - dt.timedelta(days=2)) == []
    [review] = opened(day)
    assert review.period_on == RUNS_OUT

    page = f"/o/acme/reviews/{review.pk}/"
    assert clock.today("UTC") > RUNS_OUT
    assertContains(signed_in(acme.mara).get(page), "Processing agreement: dated 5 Jan 2026 · held by Lea · runs out on")
    actions.close(review=review, by=acme.mara, because="The new one is on its way.", at=day + dt.timedelta(days=1))
    assert opened(day + dt.timedelta(days=2)) == []
    assert ReviewSchedule.objects.get().next_on > RUNS_OUT + dt.timedelta(days=150)

    noted(acme, expires_on=dt.date(2099, 1, 1), at=day + dt.timedelta(days=3))
    assertNotContains(signed_in(acme.mara).get(page), "Has run out")
    assert opened(day + dt.timedelta(days=4)) == []
