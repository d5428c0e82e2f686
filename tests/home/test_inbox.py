"""The inbox: what waits for one person, of every app, oldest and due first."""

import datetime as dt

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.actions import change_access_level
from catalog.models import Fact, Topic
from governance import actions
from governance.models import Question
from operations import clock
from reviews import actions as verdicts
from reviews.models import ChangeAssessment, Review
from tests.cast import company as cast
from tests.cast import signed_in
from tests.checklists.steps import route
from tests.governance.budgets import costs_the_same
from tests.governance.factories import THEN, Company, approved, leave, make_member, make_route, submitted, turn
from tests.governance.test_conditions import condition, signed_with, word
from tests.governance.views.test_sign_off_pages import page_of
from tests.reviews.test_adoption import begun
from tests.reviews.test_verdicts import proposed
from tests.reviews.test_verdicts import turn as whose_turn


@pytest.fixture
def company(db):
    return Company()


def address(company):
    return reverse("home:inbox", args=[company.organization.slug])


def things(browser, company):
    return browser.get(address(company)).context["inbox"].things


def everything_waits(company, *, at=THEN):
    """One of each for Mara, who manages: a condition, a review, a change, a question, a draft that was sent back."""
    sent_back = make_route("Sent back")
    asked = submitted(company, route=sent_back, at=at)
    actions.ask_for_changes(**turn(asked), by=company.sven, comment="Shorter.", at=at)
    company.route = make_route("Conditional")
    decision = signed_with(company, condition(company, text="Sign the agreement."))
    day = {"opened_at": at, "keeper": company.mara, "organization": company.organization}
    Review.objects.create(decision=decision, period_on=at.date(), due_on=at.date() + dt.timedelta(days=5), **day)
    topic = Topic.objects.get_or_create(key="retention", defaults={"name": "R", "position": 1, "old_after_days": 9})[0]
    words = {"route": sent_back, "topic": topic, "key": f"kept.{sent_back.pk}", "promise": "own", "recorded_at": at}
    old = Fact.objects.create(statement="A.", digest="1", superseded_at=at, **words)
    new = Fact.objects.create(statement="B.", digest="2", **words)
    changed = {"fact_key": new.key, "old_revision": old.pk, "new_revision": new.pk}
    ChangeAssessment.objects.create(due_on=at.date() + dt.timedelta(days=3), **changed, **day)
    Question.objects.create(
        organization=company.organization,
        asked_by=company.otto,
        contact=company.mara,
        about="item:1",
        title="Which account?",
        asked_at=at + dt.timedelta(minutes=1),
    )


def test_everything_that_waits_for_one_person_stands_in_the_order_in_which_to_do_it(company):
    everything_waits(company)

    waiting = things(signed_in(company.mara), company)

    assert [thing.kind for thing in waiting] == ["draft", "question", "change", "review", "condition"]
    assert [thing.status for thing in waiting] == ["to-do", "to-do", "overdue", "overdue", "to-do"]
    assert waiting[0].hint == "Sven asked for changes to your proposal. Since 2 Nov 2026."
    mara = signed_in(company.mara)
    for thing in waiting:
        assert mara.get(thing.url).status_code == 200, thing.kind
    assertContains(mara.get(address(company)), "5 things wait for you")
    assertContains(mara.get(company.organization.get_absolute_url()), address(company))


def test_nothing_of_it_stands_in_anybody_elses(company):
    everything_waits(company)
    nils = make_member(company.organization, "Nils", level="manager")

    for who in (company.otto, company.lena, nils):
        assert things(signed_in(who), company) == []
    assertNotContains(signed_in(company.otto).get(company.organization.get_absolute_url()), address(company))


def test_what_somebody_submitted_who_has_left_waits_for_whoever_stands_in(company):
    nils = make_member(company.organization, "Nils", level="manager")
    sent_back, commented = submitted(company), submitted(company, route=make_route("Another"))
    actions.ask_for_changes(**turn(sent_back), by=company.sven, comment="Shorter.", at=THEN)
    for anchor in ("why", "whole"):
        actions.comment(sign_off=commented.sign_off, anchor=anchor, text="Why?", by=company.sven, at=THEN)
    actions.comment(sign_off=commented.sign_off, anchor="whole", text="So.", by=company.mara, at=THEN)
    assert things(signed_in(nils), company) == []

    leave(company.mara)

    waiting = {thing.kind: thing for thing in things(signed_in(nils), company)}
    assert waiting.keys() == {"draft", "comment"}
    for thing in waiting.values():
        assert signed_in(nils).get(thing.url).status_code == 200, thing.kind
    signed_in(nils).post(waiting["comment"].url, {"about": "why", "text": "Because."})
    assert [thing.kind for thing in things(signed_in(nils), company)] == ["draft"]
    assert things(signed_in(company.otto), company) == []


def test_after_a_word_the_next_thing_to_sign_is_opened(company):
    first, second = submitted(company), submitted(company, route=make_route("Another"))
    sven = signed_in(company.sven)
    assert [thing.title for thing in things(sven, company)] == [str(first.route), str(second.route)]

    done = sven.post(page_of(first), word(sven.get(page_of(first))))
    assertRedirects(done, page_of(second))
    last = sven.post(page_of(second), word(sven.get(page_of(second))))

    assert last.url == reverse("governance:sign-off-list", args=[company.organization.slug])
    assertContains(sven.get(address(company)), "Nothing waits for you.")


def test_inbox_costs_the_same_for_one_and_three(company):
    def add(count):
        for _ in range(count):
            everything_waits(company)
            approved(company, route=make_route())

    costs_the_same(signed_in(company.mara), address(company), add)


def test_what_the_roll_out_asks_of_whoever_runs_it_waits_too(db):
    acme, now = cast(), clock.now()
    review = begun(acme, at=now - dt.timedelta(days=45), days=50)
    team = route("team-plan", "TP1")
    topic = Topic.objects.create(key="training", name="Training", position=1, old_after_days=9)
    fact = {"route": team, "topic": topic, "promise": "own", "recorded_at": THEN, "digest": "1"}
    unknown = Fact.objects.create(statement="", key="training.team", state="unknown", uncertain_why="Silence.", **fact)
    due_on = now.date() + dt.timedelta(days=3)
    actions.say(fact=unknown, by=acme.mara, kind="asked", asked_of="Their desk", text="?", expires_on=due_on, at=now)
    verdict = proposed(acme)
    mara, inbox = signed_in(acme.mara), reverse("home:inbox", args=["acme"])
    actions.comment(sign_off=verdict.sign_off, anchor="why", text="Why now?", by=acme.sven, at=now)

    found = mara.get(inbox).context["inbox"].things
    assert found[0].status == "overdue"
    waiting = {thing.kind: thing for thing in found}
    assert {"board", "vendor", "comment"} == set(waiting)
    assert waiting["vendor"].title == "Asked: Their desk"
    assert any(thing.hint.startswith("Waits for Legal.") for thing in found)  # hers to ask the group
    for thing in waiting.values():
        assert mara.get(thing.url).status_code == 200, thing.kind
    mara.post(waiting["comment"].url, {"about": "why", "text": "Budget."})
    verdicts.refuse_verdict(**whose_turn(verdict), by=acme.sven, word="changes_asked", comment="Later.")

    things = mara.get(inbox).context["inbox"].things
    [back] = [thing for thing in things if thing.kind not in {"board", "vendor"}]
    assert (back.kind, back.hint.partition(".")[0]) == ("verdict", "Sven did not sign it as you proposed it")
    assert mara.get(back.url).status_code == 200
    assert [thing.when for thing in things] == sorted(thing.when for thing in things)
    assert things_of_the_board(mara, review) >= {thing.title for thing in things if thing.kind == "board"}
    assert [thing.kind for thing in signed_in(acme.olga).get(inbox).context["inbox"].things] == []


def things_of_the_board(browser, review):
    return {row.question for row in browser.get(review.get_absolute_url()).context["stands"].board.open}


@pytest.mark.parametrize("goes", [True, False])
def test_a_go_that_was_refused_waits_for_whoever_stands_in_for_who_proposed_it(db, goes):
    acme, now = cast(), clock.now()
    begun(acme, at=now - dt.timedelta(days=45), days=50)
    verdict = proposed(acme)
    verdicts.refuse_verdict(**whose_turn(verdict), by=acme.sven, word="changes_asked", comment="Later.")
    browser, inbox = signed_in(acme.olga), reverse("home:inbox", args=["acme"])
    assert "verdict" not in {thing.kind for thing in browser.get(inbox).context["inbox"].things}

    if goes:
        leave(acme.mara)
    else:
        change_access_level(membership=acme.mara, level="member", by=acme.olga, at=now)

    [back] = [thing for thing in browser.get(inbox).context["inbox"].things if thing.kind == "verdict"]
    assert browser.get(back.url).status_code == 200
    if not goes:
        assert things_of(signed_in(acme.mara), inbox) == set()


def things_of(browser, inbox):
    return {thing.kind for thing in browser.get(inbox).context["inbox"].things} & {"verdict", "draft", "comment"}
