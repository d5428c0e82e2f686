"""*What do you use today?* on a phone: from home in two taps a tool, and changed afterwards; then counted in fives."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, expect

from checklists import actions
from checklists.actions import Used
from checklists.models import UsageInquiry
from checklists.queries.usage import newest_report, said_in
from governance.actions import ship_uses
from operations import clock
from tests.browser.people import PHONE, Person
from tests.cast import company
from tests.checklists.test_usage import people, say, tool_with

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_taps_a_tool_on_a_phone(new_context: Callable[..., BrowserContext], live_server: Any) -> None:
    acme, at = company(), clock.now()
    ship_uses(organization=acme.organization)
    chat = tool_with("Chatty", "consumer")
    due_on = (at + dt.timedelta(days=7)).date()
    actions.ask_what_is_used(keeper=acme.mara, due_on=due_on, by=acme.mara, at=at)
    sal = Person(new_context, live_server.url, "sal@acme.example", screen=PHONE)
    sal.sign_in()

    sal.follow("Say what you use")
    sal.sees("Only Mara sees names")
    tool = sal.page.get_by_role("group", name="Chatty")
    tool.get_by_text("Private account").click()
    tool.get_by_text("What for?").click()
    tool.get_by_text("Translating").click()
    sal.press("That is what I use")
    sal.sees("Thank you")
    expect(sal.page.get_by_text("What do you use today?")).to_have_count(0)

    said = said_in(newest_report(UsageInquiry.objects.get(), acme.sal))
    assert said == {(chat, "", "private", ("translating",))}
    sal.open("my-list/usage/")
    expect(tool.get_by_label("Private account")).to_be_checked()
    sal.press("I use nothing")
    assert not said_in(newest_report(UsageInquiry.objects.get(), acme.sal))

    private, crowd = Used("private", chat), people(acme, 14)
    mara = Person(new_context, live_server.url, "mara@acme.example")
    mara.sign_in()
    for count, each in enumerate(crowd[:9]):
        say(each, *([private] if count < 4 else []))
    assert actions.count_usage()
    mara.open("progress/usage/")
    mara.sees("10 people or more have answered")
    expect(mara.page.get_by_text("Chatty")).to_have_count(0)  # four said it, which would nearly name them
    for count, each in enumerate(crowd[9:]):
        say(each, *([private] if count < 1 else []))
    assert actions.count_usage()
    mara.open("progress/usage/")
    expect(mara.page.get_by_role("row", name="Chatty").first).to_contain_text("5 or more")
    mara.follow("Read by name")
    mara.press("Show names")
    expect(mara.page.get_by_role("row", name="Sal")).to_contain_text("Nothing")
    for one in (sal, mara):
        assert not one.complaints.heard
