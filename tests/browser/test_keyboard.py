"""Without a mouse: where the focus goes, and what Enter and the arrows must not do by themselves."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import User
from governance.models import Signature
from tests import world as worlds
from tests.browser.people import PHONE
from tests.browser.test_every_page import visitor
from tests.cast import PASSWORD
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world() -> World:
    return worlds.build()


@pytest.fixture
def page_of(live_server: Any, new_context: Callable[..., BrowserContext]) -> Callable[[User], Page]:
    """A phone on which somebody is signed in; what they type is all that reaches it."""

    def opened(user: User) -> Page:
        context = new_context(base_url=live_server.url, viewport=PHONE)
        return visitor(context, user, live_server.url).page

    return opened


def go_to(page: Page, name: str, *, role: Any = "button") -> None:
    """Press Tab until what has this name has the focus."""
    wanted = page.get_by_role(role, name=name, exact=True)
    for _ in range(100):
        page.keyboard.press("Tab")
        if wanted.evaluate_all("all => all.includes(document.activeElement)"):
            return
    raise AssertionError(f"{name} can't be reached")


def test_arrows_pass_the_choices_of_a_filter_and_its_button_applies_them(
    world: World, page_of: Callable[[User], Page]
) -> None:
    page = page_of(world.acme.dev.user)
    page.goto("/o/acme/routes/")

    page.locator("summary", has_text="Search and filter").focus()
    page.keyboard.press("Enter")
    go_to(page, "Trains by default?", role="combobox")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")

    chosen = page.get_by_label("Trains by default?")
    expect(chosen).to_be_focused()  # the page was not loaded anew
    expect(chosen).to_have_value("no")
    go_to(page, "Apply")
    page.keyboard.press("Enter")
    page.wait_for_url("**trains=no**")


def test_enter_in_the_password_signs_nothing_and_an_error_takes_the_focus(
    world: World, page_of: Callable[[User], Page]
) -> None:
    before = Signature.objects.count()
    page = page_of(world.acme.sven.user)
    page.goto(f"/o/acme/sign-offs/{world.submitted.sign_off.pk}/#word")

    page.get_by_label("Your password").focus()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Your password")).to_have_value(PASSWORD)  # still the same page
    go_to(page, "Ask for changes")
    page.keyboard.press("Enter")

    expect(page.locator("[data-error-summary]")).to_be_focused()
    expect(page.locator("[data-error-summary]")).to_contain_text("Say what has to change, or why not.")
    expect(page.get_by_text("Condition 1", exact=True)).to_be_hidden()  # nothing was typed there
    assert Signature.objects.count() == before


def test_another_link_is_asked_for_and_typed_without_leaving_the_keyboard(
    world: World, page_of: Callable[[User], Page]
) -> None:
    page = page_of(world.acme.mara.user)
    page.goto(f"/o/acme/checklists/shared/{world.shared.item.pk}/")

    page.get_by_label("Links").focus()
    page.keyboard.type("https://acme.example/contract")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Links")).to_be_focused()
    go_to(page, "Add another file or link")
    page.keyboard.press("Enter")

    expect(page.get_by_label("Another link")).to_be_focused()
    expect(page.get_by_label("Links")).to_have_value("https://acme.example/contract")
