"""Whoever does something meanwhile: people who answer, a manager who changes what is asked. Each notes what they were told."""

import itertools
import random
import threading
import time
from abc import abstractmethod
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from contextlib import contextmanager

import psycopg
from django.db import Error, InterfaceError, OperationalError, connection

from accounts import actions as accounts
from accounts.models import JobRole, Membership, Team
from checklists import actions as checklists
from checklists import queries
from checklists.models import Checklist
from governance import actions as governance
from governance.models import RouteDecision
from operations import clock
from operations.errors import ActionRefused
from reviews import actions as reviews
from reviews.models import Review
from tests.checklists import steps
from tests.faults.storm.browser import Browser, Refused, Unheard

THROUGH_THE_WEB = 0.5
TWICE = 0.2  # a double click
PAUSE_OF_MANAGER = 0.3  # seconds
AWAY = 0.2


class Book:
    """What those who did something were told, by what they did.

    :ivar acked: it is done, and that was said.
    :ivar unsure: nothing was said: the connection went while it was being done.
    :ivar refused: it was said that it is not done, by the kind of refusal.
    :ivar wrong: what nobody should ever be told.
    """

    def __init__(self) -> None:
        self.acked: Counter[Hashable] = Counter()
        self.unsure: Counter[Hashable] = Counter()
        self.refused: Counter[str] = Counter()
        self.wrong: list[str] = []
        self._lock = threading.Lock()

    def note(self, counter: Counter, key: Hashable) -> None:
        with self._lock:
            counter[key] += 1

    @contextmanager
    def doing(self, key: Hashable) -> Iterator[None]:
        """Do it and note how that ended; only what a lost connection explains may go wrong."""
        try:
            yield
        except (ActionRefused, Refused) as refused:
            self.note(self.refused, type(refused).__name__)
        except Unheard:
            self.note(self.unsure, key)
        except Error as error:
            self.note(self.unsure, key)
            self.lost(error)
        else:
            self.note(self.acked, key)

    def lost(self, error: Error) -> None:
        """A connection that is gone is no fault; anything else the database says is."""
        if not _is_lost(error):
            self.wrong.append(f"{type(error).__name__}: {error}")
        connection.close()
        time.sleep(AWAY)


def _is_lost(error: Error) -> bool:
    cause = error.__cause__
    return isinstance(error, OperationalError | InterfaceError) and not isinstance(
        cause, psycopg.errors.DeadlockDetected | psycopg.errors.QueryCanceled
    )


class Hand(threading.Thread):
    """Does one thing after another until told to stop."""

    def __init__(self, book: Book, *, seed: int) -> None:
        super().__init__(daemon=True)
        self.book = book
        self.chance = random.Random(seed)  # noqa: S311 -- reproducible, not secret
        self.stops = threading.Event()

    def run(self) -> None:
        while not self.stops.is_set():
            try:
                self.do()
            except Error as error:  # while it looked for something to do
                self.book.lost(error)
            except Exception as error:
                self.book.wrong.append(f"{type(self).__name__}: {type(error).__name__}: {error}")
                self.stops.set()
        connection.close()

    @abstractmethod
    def do(self) -> None: ...


class Answering(Hand):
    """Says yes to what is asked of these people: some have a browser, the others' answers come by the action."""

    def __init__(self, book: Book, *, seed: int, people: Sequence[Membership], browsers: dict[int, Browser]) -> None:
        super().__init__(book, seed=seed)
        self.people, self.browsers = people, browsers

    def do(self) -> None:
        person = self.chance.choice(self.people)
        at = clock.now()
        tasks = queries.task_list(person, steps.standing(person), at=at)
        if not tasks.open:
            time.sleep(0.02)
            return
        item = self.chance.choice(tasks.open).item_id
        if person.pk in self.browsers and self.chance.random() < THROUGH_THE_WEB:
            self._by_browser(person, item)
        else:
            self._by_action(person, item)

    def _by_action(self, person: Membership, item: int) -> None:
        at, holds = clock.now(), steps.standing(person)
        tasks = queries.task_list(person, holds, at=at)
        task = next((task for task in tasks.open if task.item_id == item), None)
        if task is None:
            return
        sha256 = queries.render_task(person, tasks, item).sha256
        with self.book.doing((person.pk, item, sha256)):
            checklists.answer(
                membership=person,
                standing=holds,
                item_id=item,
                shown_sha256=sha256,
                answered=task.answer_id,
                given=checklists.Given(value="yes"),
                at=at,
            )

    def _by_browser(self, person: Membership, item: int) -> None:
        browser = self.browsers[person.pk]
        try:
            form = browser.open_question(item)
        except Unheard:
            time.sleep(AWAY)
            return
        if form is None:
            return
        with self.book.doing((person.pk, item, form["shown"])):
            browser.answer(item, form, twice=self.chance.random() < TWICE)


class Managing(Hand):
    """Publishes, moves people, lets some go, suspends and resumes, and says of what is reviewed that it still holds."""

    def __init__(self, book: Book, *, seed: int, by: Membership, people: Sequence[Membership]) -> None:
        super().__init__(book, seed=seed)
        self.by, self.organization = by, by.organization
        self.lists = list(Checklist.objects.filter(organization=self.organization, kind="personal"))
        teams = list(Team.objects.filter(organization=self.organization).order_by("pk")[:9])
        roles = list(JobRole.objects.filter(organization=self.organization))
        self.places = [(None, None), *itertools.product(teams, roles)]
        self.leaving = [one for one in people if self.chance.random() < 0.1]
        self.moving = list(people)
        self.rounds = 0

    def do(self) -> None:
        time.sleep(PAUSE_OF_MANAGER)
        what = self.chance.choice([self.publish, self.move, self.move, self.move, self.let_go, self.stop, self.close])
        what()

    def publish(self) -> None:
        made = self.chance.choice(self.lists)
        self.rounds += 1
        with self.book.doing("checklist.published"):
            at = clock.now()
            draft = checklists.begin_draft(checklist=made, by=self.by, at=at)
            listed = self.chance.choice(list(draft.listed_items.order_by("position")))
            checklists.edit_item(listed=listed, by=self.by, at=at, why=f"Round {self.rounds}, {at}.")
            checklists.publish(version=draft, by=self.by, at=at, editorial=frozenset())

    def move(self) -> None:
        person = self.chance.choice(self.moving)
        standing = steps.standing(person)
        team, role = self.chance.choice(self.places)
        if (standing.team_id, standing.job_role_id) == (getattr(team, "pk", None), getattr(role, "pk", None)):
            return
        with self.book.doing("person.placed"):
            accounts.place(membership=person, team=team, job_role=role, by=self.by, at=clock.now())

    def let_go(self) -> None:
        if self.leaving:
            with self.book.doing("person.left"):
                accounts.end_membership(membership=self.leaving.pop(), by=self.by, at=clock.now())

    def stop(self) -> None:
        decision = self.chance.choice(list(RouteDecision.objects.filter(organization=self.organization)))
        words = {"decision": decision, "by": self.by, "reason": "Because.", "at": clock.now()}
        if decision.status == RouteDecision.Status.APPROVED:
            with self.book.doing("decision.suspended"):
                governance.suspend(**words, is_material=self.chance.random() < 0.5)
        elif decision.status == RouteDecision.Status.SUSPENDED:
            with self.book.doing("decision.approved"):
                governance.resume(**words)

    def close(self) -> None:
        review = Review.objects.filter(organization=self.organization, closed_at=None).first()
        if review:
            with self.book.doing("review.closed"):
                reviews.close(review=review, by=self.by, because="It still holds.", at=clock.now())
