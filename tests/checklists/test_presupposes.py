"""Whoever is allowed no route is told so, and asked nothing that presupposes one."""

import datetime as dt

import pytest
from django.db import connection
from pytest_django.asserts import assertContains, assertNotContains

from checklists import actions as checklists
from checklists.models import Answer
from checklists.queries.state import state_of_one
from governance import actions as governance
from governance.models import RouteDecision
from tests.cast import EPOCH, Company, company, signed_in
from tests.checklists.steps import answer, checklist, decide, route

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def asked_of(person, at: dt.datetime) -> dict[str, dt.date | None]:
    rows = state_of_one(person, at=at)
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, question FROM checklists_itemrevision")
        questions = dict(cursor.fetchall())
    return {questions[row.revision_id]: row.due_on for row in rows}


def test_items_that_presuppose_a_route_come_with_the_first_that_is_allowed_and_go_with_the_last() -> None:
    acme: Company = company()
    helped = checklist(acme, "help", ["Whom do you ask?"])
    routed = checklist(acme, "privacy", ["Which account?"], rests_on_decisions=True)
    for one in (helped, routed):
        checklists.assign(checklist=one, by=acme.mara, at=EPOCH)
    assert set(asked_of(acme.dev, EPOCH + DAY)) == {"Whom do you ask?"}
    assertContains(
        signed_in(acme.dev).get("/o/acme/"), "No decision covers you yet: don’t use AI tools for work yet; ask Mara"
    )

    decide(acme, route("private", "PRV"), at=EPOCH + DAY, outcome=RouteDecision.Outcome.NOT_ALLOWED)
    assert set(asked_of(acme.dev, EPOCH + 2 * DAY)) == {"Whom do you ask?"}

    line = governance.LineOfScope(team_ids=frozenset({acme.engineering.pk}))
    team = decide(acme, route("team-plan", "TP1"), at=EPOCH + 30 * DAY, lines=[line])
    later = EPOCH + 31 * DAY
    due = (EPOCH + 44 * DAY).date()
    assert asked_of(acme.dev, later) == {"Whom do you ask?": EPOCH.date() + 14 * DAY, "Which account?": due}
    assert set(asked_of(acme.sal, later)) == {"Whom do you ask?"}
    answer(acme.dev, routed.versions.get().listed_items.get().item_id, at=later)

    governance.suspend(decision=team, by=acme.mara, reason="They changed it.", at=EPOCH + 40 * DAY, is_material=False)
    assert set(asked_of(acme.dev, EPOCH + 41 * DAY)) == {"Whom do you ask?"}
    governance.resume(decision=team, by=acme.mara, reason="It holds.", at=EPOCH + 50 * DAY)
    assert {row.is_current for row in state_of_one(acme.dev, at=EPOCH + 51 * DAY) if row.answer_id} == {True}


def test_whose_list_is_empty_because_of_a_suspension_is_told_so_and_led_to_it() -> None:
    acme: Company = company()
    routed = checklist(acme, "privacy", ["Which account?"], rests_on_decisions=True)
    checklists.assign(checklist=routed, by=acme.mara, at=EPOCH)
    team = decide(acme, route("team-plan", "TP1"))
    dev = signed_in(acme.dev)
    assertContains(dev.get("/o/acme/my-list/"), "Which account?")

    governance.suspend(decision=team, by=acme.mara, reason="They changed it.", at=EPOCH + DAY, is_material=False)

    page = dev.get("/o/acme/")
    assertContains(page, "Nothing is asked of you while what you were allowed to use is suspended.")
    assertContains(page, 'href="#suspended"')
    assertNotContains(page, "Nothing is asked of you yet")
    page = dev.get("/o/acme/my-list/")
    assertContains(page, "What you were allowed to use is suspended: stop using it.")
    assertContains(page, 'href="/o/acme/#suspended"')

    decide(acme, route("other-plan", "OP1"), at=EPOCH + 2 * DAY)
    assertContains(dev.get("/o/acme/my-list/"), "Which account?")


def test_a_question_that_goes_while_its_page_is_open_leads_back_to_the_list_with_what_was_typed() -> None:
    acme: Company = company()
    routed = checklist(acme, "privacy", ["Which account?"], rests_on_decisions=True)
    checklists.assign(checklist=routed, by=acme.mara, at=EPOCH)
    team = decide(acme, route("team-plan", "TP1"))
    dev, page = signed_in(acme.dev), f"/o/acme/my-list/{routed.versions.get().listed_items.get().item_id}/"
    shown = dev.get(page).context["shown"].sha256
    governance.suspend(decision=team, by=acme.mara, reason="They changed it.", at=EPOCH + DAY, is_material=False)

    assertContains(dev.get(page, follow=True), "This question is not asked of you at the moment.")
    answered = {"shown": shown, "answered": "", "reply": "yes"}
    assertContains(dev.post(page, answered, follow=True), "Nothing was answered, and nothing of it is kept.")
    unsure = answered | {"reply": "unsure", "reason": "Is it the one of my team?"}
    sent = dev.post(page, unsure, follow=True)
    assertContains(sent, "Your words are kept as a draft")
    assertContains(sent, "What you were allowed to use is suspended")
    assert not Answer.objects.exists()

    governance.resume(decision=team, by=acme.mara, reason="It holds.", at=EPOCH + 2 * DAY)
    assertContains(dev.get(page), "Is it the one of my team?")
    assert signed_in(acme.dev).get("/o/acme/my-list/999999/").status_code == 404
