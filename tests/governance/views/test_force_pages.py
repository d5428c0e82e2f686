"""The pages on which a decision is suspended, resumed and ended."""

import pytest
from pytest_django.asserts import assertContains, assertNotContains

from governance import actions
from governance.models import RouteDecision
from tests.cast import signed_in
from tests.governance.factories import THEN, address, approved, draft, submitted

Status = RouteDecision.Status


@pytest.mark.parametrize(
    ("verb", "status", "asked"),
    [("suspend", Status.SUSPENDED, "nobody is cleared"), ("retire", Status.RETIRED, "not decided")],
)
def test_decision_is_taken_out_of_force(company, verb, status, asked):
    decision = approved(company)
    mara = signed_in(company.mara)
    page = address(company, f"decision-{verb}", decision.pk)

    assertContains(mara.get(page), asked)
    assertContains(mara.get(page), "It covers 4 people today.")
    assertContains(mara.get(page), "Everybody whom it covers is told")
    assertContains(mara.get(page), "It concerns nobody who has answered anything yet.")
    mara.post(page, {"reason": "A leak is looked into.", "is_material": "on", "due_on": "2099-01-31"})

    decision.refresh_from_db()
    assert decision.status == status
    page = mara.get(address(company, "decision-detail", decision.pk))
    assertContains(page, "A leak is looked into.")
    assert ("Everybody whom it covers was told to stop." in page.content.decode()) is (verb == "suspend")


@pytest.mark.parametrize("verb", ["suspend", "retire"])
def test_nobody_is_asked_to_look_again_by_a_day_that_has_passed(company, verb):
    decision = approved(company)
    page = address(company, f"decision-{verb}", decision.pk)
    typed = {"reason": "A leak.", "due_on": "2020-01-31"}

    assertContains(signed_in(company.mara).post(page, {**typed, "is_material": "on"}), "This day has passed")
    decision.refresh_from_db()
    assert decision.status == Status.APPROVED
    signed_in(company.mara).post(page, typed)

    decision.refresh_from_db()
    assert decision.status != Status.APPROVED


def test_suspended_decision_is_resumed(company):
    decision = actions.suspend(decision=approved(company), by=company.mara, reason="Pause.", at=THEN)

    signed_in(company.mara).post(address(company, "decision-resume", decision.pk), {"reason": "Nothing found."})

    decision.refresh_from_db()
    assert decision.status == Status.APPROVED


@pytest.mark.parametrize("verb", ["suspend", "retire"])
def test_reason_stands_above_a_decision_that_was_stopped(company, verb):
    decision = getattr(actions, verb)(decision=approved(company), by=company.mara, reason="A leak.", at=THEN)

    page = signed_in(company.otto).get(decision.get_absolute_url())

    word = {"suspend": "Suspended", "retire": "Retired"}[verb]
    assertContains(page, f'<p class="callout-title">{word} by Mara, 2 Nov 2026</p><p>A leak.</p>')


@pytest.mark.parametrize("verb", ["suspend", "retire", "resume"])
def test_page_of_a_move_that_is_not_possible_says_so_instead_of_asking(company, verb):
    page = signed_in(company.mara).get(address(company, f"decision-{verb}", submitted(company).pk))

    assertContains(page, "“Waiting for signatures”")
    assertNotContains(page, 'name="reason"')


def test_suspended_route_is_not_called_undecided_and_can_be_resumed_or_decided_anew(company):
    actions.suspend(decision=approved(company), by=company.mara, reason="Pause.", at=THEN)

    route = signed_in(company.otto).get(address(company, "route-detail", company.route.pk))
    propose = signed_in(company.mara).get(address(company, "decision-propose", company.route.pk))

    assertContains(route, "use it for work until it is in force again.")
    assertNotContains(route, "Not decided")
    assertContains(propose, "Revision 1 is suspended")


def test_illegal_move_says_so_on_the_form(company):
    decision = draft(company)

    page = signed_in(company.mara).post(
        address(company, "decision-retire", decision.pk), {"reason": "Stop.", "due_on": "2099-01-31"}
    )

    assertContains(page, "from there it can&#x27;t become")
