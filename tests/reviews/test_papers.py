"""A paper that runs out opens the review of what rests on it."""

import datetime as dt

import pytest
from pytest_django.asserts import assertContains, assertNotContains

from catalog.models import AccessRoute
from governance import actions as governance
from governance.models import OwnWord, RouteDecision
from operations import clock
from reviews import actions
from reviews.models import Review, ReviewSchedule
from tests.cast import EPOCH, Company, company, signed_in
from tests.checklists import steps
from tests.factories import accepted

pytestmark = pytest.mark.django_db
RUNS_OUT = EPOCH.date() + dt.timedelta(days=60)


def noted(acme: Company, *, expires_on: dt.date, at: dt.datetime = EPOCH, route: AccessRoute | None = None) -> None:
    governance.note_agreement(
        route=route or RouteDecision.objects.get().route,
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


def test_what_gave_way_before_it_held_or_while_it_was_suspended_opens_one_too() -> None:
    acme = company()
    decision = steps.decide(acme, steps.route("team-plan", "TP1"))
    noted(acme, expires_on=RUNS_OUT)
    governance.suspend(decision=decision, by=acme.mara, reason="A leak.", at=EPOCH + dt.timedelta(days=50))
    governance.resume(decision=decision, by=acme.mara, reason="None.", at=EPOCH + dt.timedelta(days=70))

    [review] = opened(EPOCH + dt.timedelta(days=71))
    assert review.period_on == RUNS_OUT


def test_what_is_taken_back_later_on_the_day_of_a_review_opens_the_next() -> None:
    acme = company()
    route = accepted(steps.route("team-plan", "TP1"), by=acme.mara, at=EPOCH)
    noted(acme, expires_on=dt.date(2099, 1, 1), route=route)
    steps.decide(acme, route)
    day = EPOCH + dt.timedelta(days=60)
    assert opened(EPOCH) == []
    ReviewSchedule.objects.update(next_on=day.date())
    missing = {"route": route, "kind": "processing", "state": "missing", "why": "Terminated.", "by": acme.mara}
    asked = {"kind": "asked", "text": "Which?", "asked_of": "Vendor", "expires_on": dt.date(2099, 1, 1)}
    fact = OwnWord.objects.select_related("fact").first().fact

    for take_back in (
        lambda at: governance.note_agreement(**missing, at=at),
        lambda at: governance.say(fact=fact, **asked, by=acme.mara, at=at),
    ):
        [review] = opened(day)
        actions.close(review=review, by=acme.mara, because="It holds.", at=day)
        take_back(day + dt.timedelta(hours=1))
        assert opened(day + dt.timedelta(hours=2)) == []
        day += dt.timedelta(days=1)
    [review] = opened(day)
    actions.close(review=review, by=acme.mara, because="We know.", at=day)
    assert opened(day + dt.timedelta(days=1)) == []


def test_what_is_taken_back_and_a_word_that_runs_out_open_one_and_stand_on_its_page() -> None:
    acme = company()
    route = accepted(steps.route("team-plan", "TP1"), by=acme.mara, at=EPOCH)
    noted(acme, expires_on=dt.date(2099, 1, 1), route=route)
    decision = steps.decide(acme, route)
    at = EPOCH + dt.timedelta(days=20)
    assert opened(at) == []
    governance.note_agreement(
        route=decision.route, kind="processing", state="missing", why="It was never countersigned.", by=acme.mara, at=at
    )
    [review] = opened(at + dt.timedelta(hours=1))
    page = signed_in(acme.mara).get(f"/o/acme/reviews/{review.pk}/")
    assertContains(page, "Processing agreement: Missing · It was never countersigned.")
    actions.close(review=review, by=acme.mara, because="It is on its way.", at=at + dt.timedelta(days=1))
    assert opened(at + dt.timedelta(days=2)) == []

    word = OwnWord.objects.select_related("fact").first()
    soon = at + dt.timedelta(days=30)
    governance.say(fact=word.fact, kind="accepted", text="For now.", expires_on=soon.date(), by=acme.mara, at=at)
    assert opened(soon - dt.timedelta(days=1)) == []
    [review] = opened(soon)
    page = signed_in(acme.mara).get(f"/o/acme/reviews/{review.pk}/")
    assertContains(page, "For now. It counted until")
    assertContains(page, f"/o/acme/routes/{decision.route_id}/check/")
