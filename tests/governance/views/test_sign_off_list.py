"""The list of sign-offs: what waits for the signer's word, and for others."""

from django.urls import reverse
from pytest_django.asserts import assertContains

from governance import actions
from tests.cast import signed_in
from tests.governance.budgets import costs_the_same
from tests.governance.factories import THEN, approved, make_route, submitted, turn


def inbox(company):
    return reverse("governance:sign-off-list", args=[company.organization.slug])


def test_inbox_shows_what_waits_for_you_in_its_turn(company):
    decision = submitted(company)

    assertContains(signed_in(company.sven).get(inbox(company)), "1 waits for your word")
    assertContains(signed_in(company.lena).get(inbox(company)), "Nothing waits for your word")
    assertContains(signed_in(company.lena).get(inbox(company)), "Security signs next. Mara submitted it on 2 Nov 2026.")
    actions.sign(**turn(decision), by=company.sven, at=THEN)

    assertContains(signed_in(company.lena).get(inbox(company)), "You sign for Legal")


def test_member_has_no_inbox(company):
    assert signed_in(company.otto).get(inbox(company)).status_code == 403


def test_inbox_costs_the_same_for_one_and_three(company):
    def add(count):
        for _ in range(count):
            submitted(company, route=make_route())
            approved(company, route=make_route())

    costs_the_same(signed_in(company.sven), inbox(company), add)
