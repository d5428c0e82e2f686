"""One day of Acme in a storm; imported once Django is set up."""

import argparse
import random
import time

from django.core.management import call_command
from django.db import connections

from accounts.models import Membership
from audit.models import AuditEvent
from operations import clock
from tests.cast import Company
from tests.faults.storm import world
from tests.faults.storm.browser import Browser
from tests.faults.storm.fleet import TROUBLES, Fleet
from tests.faults.storm.hands import Answering, Book, Hand, Managing
from tests.faults.storm.reckoning import Reckoning, quiet_down, rows_by_table
from tests.faults.test_mail_killed import hours_to_noon
from tests.smtp import MailServer

ANSWERING = 4  # at once
WITH_BROWSER = 10  # one of so many people
TRIES = 7
LOOKED_AT = 5  # what allauth allows one address in five minutes


def run(fleet: Fleet, smtp: MailServer, asked: argparse.Namespace) -> int:
    """Build, storm, quiet down, count; returns the exit status."""
    began = time.monotonic()
    fleet.set_clock(0)
    fleet.set_clock(hours_to_noon(clock.now()) * 3600.0 + 3600)
    call_command("migrate", verbosity=0)
    acme = world.built(asked.people)
    connections.close_all()
    fleet.start_processes()
    first_event = AuditEvent.objects.latest("pk").pk
    people = list(Membership.objects.filter(user__email__startswith="p", user__name__contains="Number").order_by("pk"))
    people = list(Membership.objects.select_related("user", "organization").filter(pk__in=[one.pk for one in people]))
    browsers = {one.pk: Browser(fleet, acme.organization.slug, one) for one in people[::WITH_BROWSER]}
    assert looked_at(fleet, acme) == LOOKED_AT, "the limit of sign-ins is not counted across processes"
    fleet.say(
        f"{len(people)} people, {len(browsers)} of them with a browser; ready after {time.monotonic() - began:.0f} s"
    )

    book = Book()
    hands: list[Hand] = [
        Answering(book, seed=asked.seed + n, people=people[n::ANSWERING], browsers=browsers) for n in range(ANSWERING)
    ]
    alone = [one for one in people if one.pk not in browsers]
    hands.append(Managing(book, seed=asked.seed, by=acme.mara, people=alone))
    for hand in hands:
        hand.start()
    storm(fleet, asked)
    for hand in hands:
        hand.stops.set()
    for hand in hands:
        hand.join(120)
    fleet.say("quiet")
    return reckon(fleet, smtp, acme, book, browsers, first_event)


def storm(fleet: Fleet, asked: argparse.Namespace) -> None:
    """Every trouble once, in some order, and over again until the time is over."""
    chance = random.Random(asked.seed)  # noqa: S311 -- reproducible, not secret
    until = time.monotonic() + asked.minutes * 60
    is_first = True
    while is_first or time.monotonic() < until:
        for trouble in chance.sample(sorted(TROUBLES), len(TROUBLES)):
            if is_first or time.monotonic() < until:
                fleet.make(trouble, pause=asked.pause)
        is_first = False


def looked_at(fleet: Fleet, acme: Company) -> int:
    """How many wrong passwords in a row are looked at, whichever process they come to."""
    email = acme.ann.user.email
    return sum(Browser(fleet, "").fail_to_sign_in(email) for _try in range(TRIES))


def reckon(
    fleet: Fleet, smtp: MailServer, acme: Company, book: Book, browsers: dict[int, Browser], first_event: int
) -> int:
    """The count; what is wrong is said, each in a line."""
    wrong = []
    fleet.watch(3)
    for browser in browsers.values():
        try:
            assert browser.ask("GET", browser.list_path()).status_code == 200
        except Exception as error:
            wrong.append(f"somebody's session: {error!r}")
    fleet.make("Redis is flushed", pause=0)
    if (count := looked_at(fleet, acme)) != LOOKED_AT:
        wrong.append(f"{count} wrong passwords were looked at after Redis was flushed")
    for kind in ("beat", "worker", "web"):
        fleet.end(kind)
    rounds = quiet_down(fleet)
    reckoning = Reckoning(acme, book, fleet, smtp)
    reckoning.first_event = first_event
    reckoning.check()
    wrong += reckoning.wrong
    wrong += [f"{n} pages failed ({trouble})" for trouble, n in Browser.failures.items() if "PostgreSQL" not in trouble]
    say = fleet.say
    for trouble, times in sorted(fleet.done.items()):
        say(f"{times:>8}  × {trouble}")
    say(
        f"{sum(book.acked.values()):>8}  said to be done; {sum(book.unsure.values())} unsure; {dict(book.refused)} refused"
    )
    say(f"{len(smtp.messages):>8}  mails arrived, {reckoning.copies} of them copies ({reckoning.most_copies} allowed)")
    say(
        f"{sum(Browser.failures.values()):>8}  pages failed while PostgreSQL was away; {rounds} rounds until all was quiet"
    )
    for table, count in sorted(rows_by_table()):
        say(f"{count:>8}  rows in {table}")
    for line in wrong[:40]:
        say(f"WRONG  {line}")
    say("Nothing lost, nothing doubled." if not wrong else f"{len(wrong)} things are wrong.")
    return 1 if wrong else 0
