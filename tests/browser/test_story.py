"""The main job, walked by its people: from a chosen route to cleared people, and back again when time passes.

Real: the browsers, the worker, the mail server, the clock's file. Beat is the test itself: it rings when a turn is due.
"""

import datetime as dt
import io
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

import pytest
from django.core.management import call_command
from playwright.sync_api import BrowserContext, expect

from config import celery_app
from operations import clock
from operations.models import SweepRun
from tests.browser.people import PHONE, Person
from tests.cast import PASSWORD
from tests.faults.test_mail_killed import hours_to_noon
from tests.processes import celery_worker
from tests.smtp import MailServer

pytestmark = pytest.mark.django_db(transaction=True)

ROUTE = "Claude Code"
NARROWER = "Only in repositories on the list, and never with contracts."
PRIVACY, ENGINEERING = "Privacy at work with AI", "Engineering"


@dataclass
class Town:
    """Where the story happens."""

    new_context: Callable[..., BrowserContext]
    home: str
    mail: MailServer
    read: set[str] = field(default_factory=set)
    people: list[Person] = field(default_factory=list)

    def person(self, name: str, *, screen: dict[str, int] | None = None) -> Person:
        """Somebody who sits down at a browser of their own."""
        made = Person(self.new_context, self.home, f"{name.lower()}@acme.example", screen=screen)
        self.people.append(made)
        return made

    def letter(self, to: str, about: str, *, timeout: float = 60) -> str:
        """The text of the next message to this address whose subject has these words; each is read once."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            for message in list(self.mail.messages):
                if to in message["To"] and about in message["Subject"] and message["Message-ID"] not in self.read:
                    self.read.add(message["Message-ID"])
                    return text_of(message)
            time.sleep(0.1)
        raise AssertionError(f"no mail to {to} about {about}: {[(m['To'], m['Subject']) for m in self.mail.messages]}")


def text_of(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


@pytest.fixture
def town(
    new_context: Callable[..., BrowserContext], live_server: Any, settings: Any, move_clock: Callable[..., None]
) -> Iterator[Town]:
    settings.PUBLIC_URL = live_server.url
    settings.EMAIL_BACKEND = "notifications.mail.OutgoingMailBackend"  # pytest-django puts a list in its place
    call_command("load_catalog", verbosity=0)
    with MailServer() as mail:
        settings.MAIL_TRANSPORT = mail.transport
        with celery_worker(EMAIL_URL=mail.url, PUBLIC_URL=live_server.url):
            yield Town(new_context, live_server.url, mail)


def turn(name: str) -> None:
    """Beat's turn of one sweep: the worker has run it once after this."""
    before = clock.now()
    celery_app.send_task(name)
    deadline = time.monotonic() + 90
    while not SweepRun.objects.filter(name=name, finished_at__gte=before, started_at__gte=before).exists():
        assert time.monotonic() < deadline, f"{name}: {SweepRun.objects.filter(name=name).values()}"
        time.sleep(0.05)


def set_up(town: Town) -> Person:
    """By the one-time link that an empty installation prints."""
    said = io.StringIO()
    call_command("setup_link", stdout=said)
    olga = town.person("Olga")
    olga.open(said.getvalue().split()[-1])
    olga.fill("Name of your organization", "Acme")
    assert olga.page.get_by_label("Time zone").input_value() == "Europe/Berlin"  # this computer's
    olga.fill("Your name", "Olga")
    olga.fill("Your e-mail address", olga.email)
    olga.fill("Password", PASSWORD)
    olga.press("Set up")
    olga.page.wait_for_url("**/o/acme/")
    return olga


def add_team(olga: Person, name: str) -> None:
    olga.open("people/teams/add/")
    olga.fill("Name of the team", name)
    olga.press("Add")


def invite(olga: Person, name: str, **place: str) -> None:
    olga.open("people/invitations/add/")
    olga.fill("E-mail address", f"{name.lower()}@acme.example")
    olga.page.get_by_label("Name", exact=False).last.fill(name)
    for label, option in place.items():
        olga.choose(label.replace("_", " "), option)
    olga.press("Invite")
    olga.sees(f"{name.lower()}@acme.example has been invited.")


def join(town: Town, name: str, *, password: str = PASSWORD, screen: dict[str, int] | None = None) -> Person:
    """Open the link of the mail, press the button on its page."""
    link = re.search(r"http\S+/invitation/\S+", town.letter(f"{name.lower()}@acme.example", "Acme"))
    assert link is not None
    person = town.person(name, screen=screen)
    person.open(link[0])
    person.fill("Your name", name)
    if password:
        person.fill("Password", password)
    person.press("Join")
    person.page.wait_for_url("**/o/acme/")
    return person


def propose_and_submit(mara: Person) -> None:
    mara.open("routes/")
    mara.fill("Search", ROUTE)
    mara.page.keyboard.press("Enter")
    mara.page.wait_for_url("**text=Claude*")
    mara.follow(re.compile(ROUTE))
    mara.follow("Decide on this route")
    mara.press("Begin a draft")
    mara.fill("Conditions", "Only in repositories on the list. No customer data.")
    mara.fill("Why", "One vendor, no training, an agreement that Legal has read.")
    submit(mara)


def change_materially(mara: Person, conditions: str) -> None:
    """A new revision of what holds, begun with its words."""
    mara.open("decisions/")
    mara.follow(re.compile(ROUTE))
    mara.follow("Propose a new revision")
    mara.press("Begin a draft")
    mara.fill("Conditions", conditions)
    expect(mara.page.get_by_label("People who have already answered must look again")).to_be_checked()
    submit(mara)


def submit(mara: Person) -> None:
    mara.press("Save and check")
    lacking = mara.page.locator(".error-summary a")
    if lacking.count():
        mara.sees("and we have said nothing of our own")
        lacking.first.click()
        mara.sees("Open the source beside this page")
        mara.follow("Accept several at once")
        mara.fill("Why", "The contract says who is bound; we look again in half a year.")
        mara.press("Accept these")
    mara.press("Submit for signature")
    mara.sees("Submitted.")


def sign(town: Town, signer: Person) -> None:
    signer.open("")
    signer.follow(re.compile("^Sign-offs"), within=signer.page.locator("nav.line-nav"))
    signer.follow(re.compile(ROUTE))
    signer.fill("Your password", PASSWORD)
    signer.press("Sign")
    signer.sees("Signed.")


def publish_and_assign(mara: Person, name: str, *, job_role: str = "") -> None:
    mara.open("checklists/")
    mara.follow(name)
    mara.follow("Publish the draft")
    mara.press("Publish")
    mara.sees("Nobody is asked yet")
    if job_role:
        mara.choose("Job role", job_role)
    mara.press("Assign")
    expect(mara.page.get_by_role("link", name="Stop asking")).to_have_count(1)


def sit_down(person: Person) -> None:
    """From home to the first question; taps count from home on."""
    person.open("")
    person.taps = 0
    person.follow(re.compile("your list$"))
    person.follow(re.compile("^(Start|Go on)$"))


def is_cleared(person: Person) -> None:
    person.open("")
    expect(person.page.locator("#my-routes ~ article .status")).to_have_text("Cleared")


def is_not_cleared(person: Person) -> None:
    person.open("")
    expect(person.page.locator("#my-routes ~ article .status")).to_have_text("Not cleared")


def looks_again(person: Person) -> None:
    """At what rests on the decision, told why."""
    sit_down(person)
    person.sees(re.compile(f"The decision on .*{ROUTE}.* changed"))
    assert person.answer_all() > 0


def roll_out_is_green(mara: Person, people: int) -> None:
    """Everybody is cleared, nothing blocks."""
    turn("checklists.settle")
    mara.open("")
    expect(mara.page.locator(".stat", has_text="a person counts once")).to_contain_text(f"{people}")
    mara.sees(f"of {people}; a person counts once for each route")
    mara.sees("Nothing. Everything that is asked is answered.")


def half_a_year_passes(move_clock: Callable[..., None]) -> None:
    """It is noon of a working day, six months and a few days on; every sweep whose turn has come has run."""
    move_clock(days=186, hours=hours_to_noon(clock.now() + dt.timedelta(days=186)))
    for name in ("reviews.open_due", "checklists.take_lapsed", "checklists.settle"):
        turn(name)
    for name in ("reviews.remind", "checklists.remind", "notifications.digest", "notifications.send_due"):
        turn(name)


def confirm_review(mara: Person, about: str) -> None:
    mara.open("reviews/")
    mara.follow(re.compile(about))
    mara.page.get_by_label("It still holds").check()
    mara.fill("Why? One sentence", "The agreement and the vendor's words are as they were.")
    mara.press("Record what you found")


def test_the_main_job_from_a_chosen_route_to_cleared_people_and_back(
    town: Town, move_clock: Callable[..., None]
) -> None:
    olga = set_up(town)
    add_team(olga, "Engineering")
    add_team(olga, "Sales")
    invite(olga, "Mara", Access_level="Manager")
    invite(olga, "Sven", Signs_for="Security")
    invite(olga, "Lea", Signs_for="Legal")
    invite(olga, "Dev", Team="Engineering", Job_role="Engineering")
    invite(olga, "Sal", Team="Sales", Job_role="Customer-facing")
    mara, sven, lea, dev = (join(town, name) for name in ("Mara", "Sven", "Lea", "Dev"))
    sal = join(town, "Sal", password="", screen=PHONE)

    propose_and_submit(mara)
    sign(town, sven)
    sign(town, lea)
    publish_and_assign(mara, PRIVACY)
    publish_and_assign(mara, ENGINEERING, job_role="Engineering")

    sit_down(sal)
    assert sal.answer_all() == 8
    assert sal.taps <= 12
    is_cleared(sal)
    sit_down(dev)
    assert dev.answer_all() <= 15
    is_cleared(dev)
    for person in (olga, mara, sven, lea):
        sit_down(person)
        person.answer_all()
    roll_out_is_green(mara, people=6)

    half_a_year_passes(move_clock)
    is_cleared(sal)
    is_not_cleared(dev)
    assert ENGINEERING in town.letter(dev.email, "waits for you")
    assert ROUTE in town.letter(mara.email, "for you")
    confirm_review(mara, ROUTE)
    sit_down(dev)
    dev.sees("Your answer has run out.")
    assert dev.answer_all() == 2
    is_cleared(dev)
    roll_out_is_green(mara, people=6)

    change_materially(mara, NARROWER)
    is_cleared(sal)
    sign(town, sven)
    sign(town, lea)
    is_not_cleared(sal)
    sal.open("my-list/")
    sal.follow(re.compile("keeping to its conditions"))
    sal.sees(NARROWER)
    for person in (sal, dev, olga, mara, sven, lea):
        looks_again(person)
    is_cleared(sal)
    is_cleared(dev)
    roll_out_is_green(mara, people=6)

    call_command("verify_audit")
    assert [heard for person in town.people for heard in person.complaints.heard] == []
