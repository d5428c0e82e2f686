"""Three hundred on the first day, in small: a manager pastes a list on a phone, mends it, and sees them come in."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, expect

from accounts.actions import importing
from accounts.models import PeopleImport, User
from operations import clock
from tests.browser.people import PHONE, Person
from tests.cast import company

pytestmark = pytest.mark.django_db(transaction=True)
LIST = "Who,Contact,Team,Job\nAda,ada@acme.example,Support,Engineering\nBo,bo@acme,Support,\n"


def test_paste_name_the_columns_mend_and_import_on_a_phone(
    new_context: Callable[..., BrowserContext], live_server: Any
) -> None:
    company()
    mara = Person(new_context, live_server.url, "mara@acme.example", screen=PHONE)
    mara.sign_in()

    mara.open("people/")
    mara.follow("Import people")
    mara.fill("Paste the list", LIST)
    mara.press("Look at the list")
    mara.page.get_by_label("Name", exact=True).select_option(label="Column 1: Who (Ada, Bo)")
    mara.page.get_by_label("Job role").select_option(label="Column 4: Job (Engineering)")
    mara.page.get_by_label("The first line says").check()
    mara.press("Check the list")
    mara.sees("This is no e-mail address. It looks like ada@example.com.")

    mara.follow("Bring the mended list")
    mara.fill("Paste the list", LIST.replace("bo@acme,", "bo@acme.example,"))
    mara.press("Look at the list")
    mara.page.get_by_label("The first line says").check()
    mara.press("Check the list")
    mara.sees("Teams that are not there yet: Support")
    mara.page.get_by_label("Make 1 new team").check()
    mara.press("Import 2 people")
    mara.sees("The list is being imported")
    assert importing.import_due(at=clock.now()) == 1

    mara.sees("2 people were imported.")  # the page has looked again by itself
    expect(mara.page.get_by_text("Waits for its turn")).to_have_count(0)
    assert User.objects.get(email="ada@acme.example").name == ""
    assert PeopleImport.objects.filter(status="done").count() == 1
    assert mara.complaints.heard == []
