"""What a manager does many times over, on a phone and with the keyboard alone."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from checklists import actions
from operations import clock
from tests.browser.people import PHONE, Person
from tests.cast import Company, company
from tests.checklists.steps import checklist

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def acme() -> Company:
    return company()


@pytest.fixture
def mara(acme: Company, new_context: Callable[..., BrowserContext], live_server: Any) -> Person:
    person = Person(new_context, live_server.url, acme.mara.user.email, screen=PHONE)
    person.sign_in()
    return person


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.getAttribute('aria-label') || document.activeElement.innerText"))


def tab_to(page: Page, name: str) -> None:
    """Press Tab until something of this name has the focus."""
    for _press in range(80):
        page.keyboard.press("Tab")
        if name in " ".join(focused(page).split()):
            return
    raise AssertionError(f"Tab leads to no {name}")


def test_a_question_is_moved_again_from_where_it_was_moved(acme: Company, mara: Person) -> None:
    made = checklist(acme, "rules", ["First?", "Second?", "Third?", "Fourth?"])
    actions.begin_draft(checklist=made, by=acme.mara, at=clock.now())
    mara.open(f"checklists/{made.pk}/draft/")

    tab_to(mara.page, "Up : Fourth?")
    with mara.page.expect_navigation():
        mara.page.keyboard.press("Enter")

    mara.page.keyboard.press("Tab")
    assert focused(mara.page) == "Fourth?"
    assert mara.page.locator(".line-cards a").all_inner_texts() == ["First?", "Second?", "Fourth?", "Third?"]
    assert mara.complaints.heard == []


def test_what_is_done_with_chosen_people_stays_in_sight(mara: Person) -> None:
    mara.open("people/")
    tab_to(mara.page, "Choose ")
    change = mara.page.get_by_role("button", name="Change those chosen")
    expect(change).not_to_be_in_viewport()

    mara.page.keyboard.press("Space")
    expect(change).to_be_in_viewport()
    with mara.page.expect_navigation():
        mara.page.keyboard.press("Enter")

    assert mara.heading() == "Change 1 person"
    assert mara.complaints.heard == []


def test_a_mistake_takes_the_focus_also_where_the_form_was_opened_at_a_place_of_its_page(mara: Person) -> None:
    mara.open("checklists/add/#id_kind_helptext")
    tab_to(mara.page, "Begin the draft")
    with mara.page.expect_navigation():
        mara.page.keyboard.press("Enter")

    expect(mara.page.locator("[data-error-summary]")).to_be_focused()
    assert mara.complaints.heard == []
