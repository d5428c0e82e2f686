"""A solo hour, in a real browser, on a phone: from the printed link to the day to look again, and to a company."""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from icalendar import Calendar
from playwright.sync_api import BrowserContext, expect

from tests.browser.people import PHONE, Person
from tests.browser.test_every_page import AXE, faults_of
from tests.cast import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)
ANSWERS = ("Claude Pro", "My own", "Linux", "In the terminal")


def test_a_solo_hour(new_context: Callable[..., BrowserContext], live_server: Any, settings: Any) -> None:
    settings.PUBLIC_URL, settings.SOLO = live_server.url, True
    call_command("load_catalog", verbosity=0)
    said = io.StringIO()
    call_command("setup_link", stdout=said)
    ada = Person(new_context, live_server.url, "ada@acme.example", screen=PHONE)
    ada.context.add_init_script(AXE.axe_script)

    ada.open(said.getvalue().split()[-1])
    for answer in ANSWERS:
        ada.page.get_by_label(answer, exact=True).check()
    ada.press("Show me")
    ada.press("I have read it, and use it like this")
    ada.sees("4 checks are left.")
    faults = list(faults_of(ada.page, f"{live_server.url}/o/just-me/"))
    ada.page.get_by_role("link", name=re.compile("^Answer")).first.click()
    assert ada.answer_all() == 4
    ada.open("/o/just-me/")
    ada.sees("All done. Look again on")
    with ada.page.expect_download() as download:
        ada.page.get_by_role("link", name="Put the day into my calendar").click()
    assert len(Calendar.from_ical(download.value.path().read_bytes()).walk("VEVENT")) == 1

    ada.follow("I work with customers’ data, or not alone any more")
    faults += faults_of(ada.page, ada.page.url)
    ada.fill("Name of your organization", "Kestrel")
    ada.fill("Your name", "Ada")
    ada.fill("Your e-mail address", ada.email)
    ada.press("Make it a company")
    for field in ada.page.locator("input[type=password]").all():
        field.fill(PASSWORD)
    ada.press("Set the password")
    ada.page.set_viewport_size({"width": 1280, "height": 900})
    expect(ada.page.locator("nav.line-nav").get_by_role("link", name="People")).to_be_visible()
    assert ada.complaints.heard + faults == []
