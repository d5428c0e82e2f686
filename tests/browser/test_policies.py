"""What a vendor changed, from two texts that somebody brings to the moment when all is green again."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, expect

from accounts.models import Membership
from checklists.actions import settle_due
from checklists.models import Assignment
from operations import clock
from reviews import actions as reviews
from tests.browser.people import Person
from tests.cast import Company
from tests.checklists import steps
from tests.reviews.policies import TEXT, changed, page, relying

pytestmark = pytest.mark.django_db(transaction=True)
CHANGED = changed(("30 days", "5 years"), ("We do not train models", "We may train our models"))


@pytest.fixture
def acme() -> Company:
    """Acme: engineers have answered what rests on the page; everybody has answered what rests on another route, or on none."""
    return relying()


def test_a_change_is_judged_and_exactly_those_it_concerns_answer_again(
    acme: Company, new_context: Callable[..., BrowserContext], live_server: Any
) -> None:
    def at_browser(member: Membership) -> Person:
        somebody = Person(new_context, live_server.url, member.user.email)
        somebody.sign_in()
        return somebody

    mara = at_browser(acme.mara)
    bring(mara, TEXT, days_ago=9)
    mara.sees("The text is kept.")
    bring(mara, CHANGED, days_ago=0)
    mara.sees("2 clauses changed")
    expect(mara.page.locator("ins", has_text="5 years")).to_be_visible()
    reviews.assess_policies(at=clock.now())  # as the worker does when the bell rings

    mara.open("inbox/")
    mara.follow(re.compile("Policies, week of"))
    mara.sees("2 clauses to judge")
    judge(mara, "Training")
    mara.page.get_by_label("Editorial", exact=False).check()
    mara.fill("Why? One sentence", "We switched it off by contract.")
    mara.press("Record this verdict")
    mara.sees("1 clause to judge")

    judge(mara, "Retention")
    mara.page.get_by_label("Material", exact=False).check()
    mara.fill("Why? One sentence", "Transcripts now outlive the project.")
    mara.fill("What is so now", "Transcripts are kept for 5 years.")
    mara.press("Record this verdict")
    mara.sees("What this asks again")
    expect(mara.page.locator("#preview")).to_be_in_viewport()
    mara.sees("3 people have answered on it")
    mara.press("Confirm this verdict")
    mara.sees("Everything is judged.")

    concerned = {acme.tom, acme.dev, acme.mia}
    assert asked(acme) == concerned
    dev, sal = at_browser(acme.dev), at_browser(acme.sal)
    dev.follow("Go on with your list")
    dev.sees("says something else now about")
    assert "says something else now" not in sal.page.locator("main").inner_text()
    dev.follow("Transcripts?")
    assert dev.answer_all() == 1
    for member in concerned - {acme.dev}:
        steps.answer_everything(member, at=clock.now())
    mara.open("decisions/?status=needs-another-look")
    mara.sees("Team-Plan")
    steps.decide(acme, steps.route("team-plan", "TP1"), at=clock.now())
    reviews.note_green(at=clock.now())

    assert asked(acme) == set()
    mara.open("reviews/policies/")
    expect(mara.page.locator("tbody tr").first).not_to_contain_text("Not yet")
    for one in (mara, dev, sal):
        assert one.complaints.heard == []


def bring(mara: Person, text: str, *, days_ago: int) -> None:
    mara.open(f"policies/{page().pk}/versions/add/")
    mara.fill("Or the text itself", text)
    mara.fill("Seen on", (clock.today("Europe/Berlin") - dt.timedelta(days=days_ago)).isoformat())
    mara.press("Keep this version")


def judge(mara: Person, heading: str) -> None:
    clause = mara.page.locator("section.clause", has=mara.page.get_by_role("heading", name=heading))
    mara.follow(re.compile("Judge this clause"), within=clause)


def asked(acme: Company) -> set[Membership]:
    """Who is asked again, live and on the lists."""
    settle_due(at=clock.now())
    people = {acme.tom, acme.dev, acme.mia, acme.sal}
    live = {one for one in people if steps.reasons(one, at=clock.now()).get("Transcripts?")}
    listed = Assignment.objects.filter(membership__in=people, open_count__gt=0)
    assert {assignment.membership for assignment in listed} == live
    return live
