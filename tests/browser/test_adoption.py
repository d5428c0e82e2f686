"""An adoption review from its first day to a signed go: what is decided and signed answers itself, nobody ticks it."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext

from accounts.models import Membership
from operations import clock
from tests.browser.people import Person
from tests.cast import PASSWORD, Company, company
from tests.checklists.steps import decide, route

pytestmark = pytest.mark.django_db(transaction=True)
DECIDED = "Is it decided, by name, which routes"
CONTRACT = "contract"


@pytest.fixture
def acme() -> Company:
    return company(at=clock.now() - dt.timedelta(days=30))


def test_an_adoption_review_from_its_first_day_to_a_signed_go(
    acme: Company, new_context: Callable[..., BrowserContext], live_server: Any
) -> None:
    def at_browser(member: Membership) -> Person:
        person = Person(new_context, live_server.url, member.user.email)
        person.sign_in()
        return person

    mara = at_browser(acme.mara)
    begin(mara)
    assert mara.heading() == "Claude Code for Engineering"
    mara.sees("0 of 25 questions settled")

    decide(acme, route("claude-team", "TP1"), at=clock.now())
    mara.page.reload()
    mara.sees("3 of 25 questions settled")
    mara.follow(re.compile(DECIDED))
    mara.sees("1 of 1 route is decided.")
    assert mara.page.get_by_role("link", name="Answer", exact=True).count() == 0

    settle_the_contract(mara)
    mara.open("")
    mara.sees("4 of 25 questions settled")
    mara.sees("What do you use today?")

    mara.open("adoption/")
    mara.follow("Decide: go or no-go")
    mara.page.get_by_label("Go", exact=True).check()
    mara.fill("Why?", "Engineering can start.")
    mara.fill("For a go: why what is open may stay open", "Settled before the second team begins.")
    mara.press("Submit for signature")
    for member in (acme.sven, acme.lea):
        sign(at_browser(member))

    mara.open("adoption/")
    mara.follow("Claude Code for Engineering")
    mara.follow("Adoption brief")
    mara.sees(re.compile(r"Legal: Signed, Lea"))
    mara.sees("Go, proposed by Mara")
    assert not mara.complaints.heard


def begin(mara: Person) -> None:
    mara.open("adoption/")
    mara.follow("Begin an adoption review")
    mara.fill("Name", "Claude Code for Engineering")
    mara.fill("Scope, in one sentence", "Engineers use it in the repositories that are named.")
    mara.fill("Target date", (clock.now().date() + dt.timedelta(days=60)).isoformat())
    mara.press("Begin")


def settle_the_contract(mara: Person) -> None:
    mara.open("adoption/")
    mara.follow(re.compile(CONTRACT))
    mara.fill("Comment", "The vendor's paper is with Legal.")
    mara.press("Add the comment")
    mara.sees("The vendor's paper is with Legal.")
    mara.follow("Answer")
    mara.page.locator("main details").evaluate_all("all => all.forEach(one => one.open = true)")
    mara.page.locator("input[type=url]").first.fill("https://example.com/contract")
    mara.page.locator(".answer, main button.btn-primary").first.click()
    mara.sees("Answered.")


def sign(signer: Person) -> None:
    signer.open("sign-offs/")
    signer.follow(re.compile("Go: Claude Code for Engineering"))
    signer.sees("May stay open: Settled before the second team begins.")
    signer.fill("Password", PASSWORD)
    signer.press("Sign")
