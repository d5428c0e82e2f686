"""A contested decision: changes asked, signed with a condition, outside counsel, stale after a material change, re-signed;
and in the end suspended, of which everybody is told."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, expect

from accounts.models import AccessPeriod, GroupPeriod, Membership
from accounts.queries import asked_memberships
from catalog.models import Fact
from governance import actions
from governance.models import RouteDecision, SignOff
from notifications.models import Notice
from operations import clock
from reviews import actions as reviews
from tests.browser.people import Person
from tests.cast import PASSWORD, Company, company, person
from tests.checklists.steps import route
from tests.factories import accepted, make_topic

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def acme() -> Company:
    """Acme, whose legal department is outside counsel, and a route of which retention is known."""
    made = company(at=clock.now() - dt.timedelta(days=30))
    at = clock.now()
    GroupPeriod.objects.filter(membership=made.lea).update(ended_at=at)
    helena = person(made.organization, "Helena", level=AccessPeriod.Level.GUEST, at=at)
    GroupPeriod.objects.create(organization=made.organization, group=made.legal, membership=helena, started_at=at)
    made.lea = helena
    team = route("claude-team", "TP1")
    words = {"promise": "contract", "as_of": at.date(), "as_of_precision": "day", "recorded_at": at, "key": "team.kept"}
    Fact.objects.create(route=team, topic=make_topic("retention"), statement="Kept 30 days.", **words)
    accepted(team, by=made.mara, at=at)
    draft = actions.propose(route=team, by=made.mara, at=at)
    actions.edit(decision=draft, by=made.mara, at=at, why="One vendor.", lines=[actions.LineOfScope()])
    return made


def test_a_contested_decision(acme: Company, new_context: Callable[..., BrowserContext], live_server: Any) -> None:
    def at_browser(member: Membership) -> Person:
        somebody = Person(new_context, live_server.url, member.user.email)
        somebody.sign_in()
        return somebody

    mara, sven, helena = (at_browser(member) for member in (acme.mara, acme.sven, acme.lea))
    submit(mara)
    on_turn(sven)
    sven.fill("Your comment", "Name the repositories.")
    give_word(sven, "Ask for changes")

    mara.open(f"decisions/{newest().pk}/edit/")
    mara.sees("Name the repositories.")
    mara.fill("Repositories", "acme/portal")
    mara.press("Save and check")
    mara.press("Submit for signature")

    on_turn(sven)
    sven.sees("What changed since you last gave your word")
    expect(sven.page.locator("#since ins")).to_contain_text(["acme/portal"])
    sven.page.locator("details:has-text('Sign with conditions')").first.evaluate("one => one.open = true")
    sven.fill("Condition", "Telemetry is off on every laptop.")
    sven.choose("Who sees to it", "Mara")
    sven.fill("Met by", (clock.now().date() + dt.timedelta(days=30)).isoformat())
    give_word(sven, "Sign")

    helena.page.reload()
    assert helena.page.request.get(f"{live_server.url}/o/acme/routes/").status == 403
    on_turn(helena)
    helena.sees("Telemetry is off on every laptop.")
    helena.sees("Claude-Team is to be allowed for")
    helena.sees("Who contracts with whom?")
    give_word(helena, "Sign")
    dev = at_browser(acme.dev)
    dev.sees("Telemetry is off on every laptop.")

    judged_material(acme)
    mara.open("decisions/")
    mara.sees("Needs another look")
    mara.open(f"routes/{newest().route_id}/propose/")
    mara.press("Begin a draft")
    submit(mara)
    for signer in (sven, helena):
        on_turn(signer)
        expect(signer.page.locator("#since")).to_contain_text("added: 90")
        give_word(signer, "Sign")
    mara.open(f"decisions/{newest().pk}/")
    mara.sees("In force")
    mara.follow("The word of Helena")
    mara.sees("Legal")

    mara.open(f"decisions/{newest().pk}/")
    mara.follow("Stop using it now")
    mara.fill("Why", "A laptop was stolen.")
    mara.press("Stop using it now")
    everybody_is_told_to_stop(acme)
    dev.open("")
    assert dev.page.locator("main h2").first.inner_text() == "Stop using this for now"
    dev.sees("A laptop was stolen.")
    dev.press("I have stopped")
    mara.open(f"decisions/{newest().pk}/stops/")
    mara.sees("Engineering: 1 of 3 have stopped")
    for one in (mara, sven, helena, dev):
        assert [said for said in one.complaints.heard if "403" not in said] == []


def newest() -> RouteDecision:
    return RouteDecision.objects.latest("pk")


def everybody_is_told_to_stop(acme: Company) -> None:
    told = Notice.objects.filter(rule="stop-using", recipient__in=asked_memberships(acme.organization))
    assert told.count() == asked_memberships(acme.organization).count()


def submit(mara: Person) -> None:
    mara.open(f"decisions/{newest().pk}/submit/")
    mara.press("Submit for signature")
    mara.sees("Submitted.")


def on_turn(signer: Person) -> None:
    signer.open(f"sign-offs/{SignOff.objects.latest('pk').pk}/")
    signer.sees("Your word")


def give_word(signer: Person, word: str) -> None:
    if signer.page.get_by_label("Your password").count():
        signer.fill("Your password", PASSWORD)
    signer.press(word)
    signer.sees("Sent back" if word == "Ask for changes" else "Signed")


def judged_material(acme: Company) -> None:
    at = clock.now()
    fact = Fact.objects.get(key="team.kept")
    change = reviews.add_own_fact(
        by=acme.mara,
        at=at,
        over=fact,
        topic="retention",
        statement="Kept 90 days.",
        promise="own",
        state="known",
        as_of=at.date(),
        as_of_precision="day",
    )
    until = at.date() + dt.timedelta(days=14)
    reviews.judge(assessment=change, by=acme.mara, verdict="material", because="Longer.", due_on=until, at=at)
