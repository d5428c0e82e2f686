"""Every task of every app, run twice, a week late and by two workers at once, leaves what one run in time leaves."""

import copy
import datetime as dt
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.conf import settings as django_settings
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import Count

from accounts.models import ImportLine, User
from audit.anchors import published_lines
from audit.models import AuditAnchor, AuditEvent
from catalog.models import PolicySource, PolicyVersion
from checklists.models import Assignment, Lapse, ReadinessDelta, SettleRequest
from checklists.queries import differing_cells
from config import celery_app
from governance.models import DecisionMove, ForcePeriod
from notifications.models import Notice, OutgoingMail
from operations import clock
from operations.models import Heartbeat, SweepRun
from reviews.models import ChangeAssessment, ClauseChange, PolicyChange, Review
from tests.cast import Company
from tests.checklists.crowd import unsettled
from tests.faults.overdue import a_fact_has_changed, a_policy_has_changed, overdue
from tests.faults.test_mail_killed import noon
from tests.kept_rows import KeptRows
from tests.sessions import Beside, eventually, until_one_waits, waiting_sessions
from tests.smtp import MailServer
from tests.website import Page, WebSite

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = 9


@pytest.fixture(autouse=True, scope="module")
def _tasks_are_known() -> None:
    celery_app.loader.import_default_modules()


@dataclass
class World:
    """Acme half a year ago; by now everything has fallen due, and nothing has run since."""

    acme: Company
    smtp: MailServer
    vendor: WebSite


@dataclass
class Kept:
    """Acme as it was built, the rows of it, and by what the clock was moved then."""

    acme: Company
    rows: KeptRows
    clock: str


@pytest.fixture(scope="module")
def built() -> list[Kept]:
    """Empty until the first test has built its world."""
    return []


@pytest.fixture
def vendor() -> Iterator[WebSite]:
    with WebSite() as site:
        site.pages["/terms"] = Page("# Terms\n\nWe keep it for 30 days.", kind="text/markdown")
        yield site


@pytest.fixture
def world(
    db: None,
    smtp: MailServer,
    vendor: WebSite,
    move_clock: Callable[..., None],
    tmp_path: Any,
    settings: Any,
    built: list[Kept],
) -> World:
    settings.STATE_DIR = tmp_path
    settings.POLICY_FETCHING = True
    settings.POLICY_FETCH_ALLOW = ["127.0.0.1"]
    if built:
        settings.CLOCK_OFFSET_FILE.write_text(built[0].clock)
        built[0].rows.put_back()
    else:
        noon(move_clock)
        acme = overdue("acme")
        a_fact_has_changed(acme)
        PolicySource.objects.create(key="terms", title="Terms", url=vendor.url("/terms"))
        a_policy_has_changed(acme)
        built.append(Kept(acme, KeptRows(), settings.CLOCK_OFFSET_FILE.read_text()))
    acme = copy.deepcopy(built[0].acme)  # what one test remembers of its objects is no other's
    files_without_a_row(acme)
    signed_in_until(days=-1)
    signed_in_until(days=30)
    PolicySource.objects.filter(key="terms").update(url=vendor.url("/terms"))  # on another port each time
    return World(acme, smtp, vendor)


def files_of(acme: Company) -> list[Path]:
    folder = Path(default_storage.location) / str(acme.organization.pk) / "evidence"
    return sorted(path for path in folder.rglob("*") if path.is_file())


def files_without_a_row(acme: Company) -> None:
    """One of a worker that was killed long ago, one that is being written for weeks to come."""
    folder = Path(default_storage.location) / str(acme.organization.pk) / "evidence" / "ab"
    folder.mkdir(parents=True, exist_ok=True)
    for name, content, days in (("ab1", b"Left over.", -2), ("ab2", b"On its way.", 30)):
        (folder / name).write_bytes(content)
        moment = (clock.now() + dt.timedelta(days=days)).timestamp()
        os.utime(folder / name, (moment, moment))


def run(name: str) -> None:
    celery_app.tasks[name]()


# What stands afterwards, and what has to run before.


def settled(world: World) -> object:
    return SettleRequest.objects.count(), unsettled(world.acme, at=clock.now()), Assignment.objects.count()


def lapsed(world: World) -> object:
    return Lapse.objects.count(), SettleRequest.objects.filter(membership=world.acme.sal).count()


def folded(world: World) -> object:
    return ReadinessDelta.objects.count(), differing_cells()


def recounted(world: World) -> object:
    return list(SweepRun.objects.filter(name="checklists.recount").values_list("error", "done"))


def cleaned(world: World) -> object:
    return [path.read_bytes() for path in files_of(world.acme)]


def reminded(world: World) -> object:
    told = Notice.objects.filter(rule="assignment-due")
    return told.count(), told.values("recipient").distinct().count()


def written(world: World) -> object:
    mail = OutgoingMail.objects.filter(kind="digest")
    return (
        mail.count(),
        mail.values("user").distinct().count(),
        Notice.objects.filter(mail=None, withdrawn_at=None).count(),
    )


def sent(world: World) -> object:
    ids = world.smtp.message_ids()
    return len(ids), len(set(ids)), OutgoingMail.objects.exclude(status="sent").count()


def signers_told(world: World) -> object:
    return Notice.objects.filter(rule="sign-off-turn", slot_date__gt=clock.now() - dt.timedelta(days=30)).count()


def conditions_kept(world: World) -> object:
    told = Notice.objects.filter(rule__in=["condition-due", "decision-suspended"])
    return DecisionMove.objects.filter(to_status="suspended").count(), told.count()


def expired(world: World) -> object:
    return (
        DecisionMove.objects.filter(to_status="expired").count(),
        ForcePeriod.objects.filter(ended_at=None).count(),
        AuditEvent.objects.filter(action="decision.expired").count(),
    )


def opened(world: World) -> object:
    return (
        Review.objects.filter(closed_at=None).count(),
        AuditEvent.objects.filter(action="review.opened").count(),
        ChangeAssessment.objects.count(),
        AuditEvent.objects.filter(action="assessment.opened").count(),
    )


def assessed(world: World) -> object:
    weeks = AuditEvent.objects.filter(action="policy-assessment.opened")
    return PolicyChange.objects.count(), ClauseChange.objects.exclude(asked="").count(), weeks.count()


def keepers_told(world: World) -> object:
    twice = Notice.objects.values("subject_key", "recipient").annotate(n=Count("pk")).filter(n__gt=1)
    return Notice.objects.filter(subject_key__startswith="review:").count(), twice.filter(
        subject_key__startswith="review:"
    ).count()


def anchored(world: World) -> object:
    chain = world.acme.organization.pk
    return AuditAnchor.objects.filter(chain=chain).count(), len(list(published_lines(chain)))


def fetched(world: World) -> object:
    return (
        len(world.vendor.asked),
        PolicyVersion.objects.filter(origin="fetched").count(),
        AuditEvent.objects.filter(action="version.added", organization_id=None).count(),
    )


def imported(world: World) -> object:
    here = world.acme.organization
    ada = here.memberships.filter(
        user__email="ada@acme.example", access_periods__ended_at=None, placements__ended_at=None
    )
    return (
        ada.count(),
        here.teams.count(),
        ImportLine.objects.count(),
        AuditEvent.objects.filter(action="person.imported").count(),
    )


def signed_in_until(days: int) -> None:
    """A session of somebody, of which it is kept in which browser it is."""
    session = SessionStore()
    session.set_expiry(clock.now() + dt.timedelta(days=days))
    session.create()
    somebody = User.objects.order_by("email")[:1].get()
    UserSession.objects.create(user=somebody, session_key=session.session_key, ip="::", user_agent="Firefox, Windows")


def cleared(world: World) -> object:
    return Session.objects.count(), UserSession.objects.count()


def erased(world: World) -> object:
    people = User.objects.exclude(erased_at=None)
    return people.count(), AuditEvent.objects.filter(action="person.erased").count()


def beating(world: World) -> object:
    return Heartbeat.objects.count()


@dataclass(frozen=True)
class Row:
    """One task: what runs before it, what is looked at, and what one run leaves."""

    found: Callable[[World], object]
    leaves: object
    after: tuple[str, ...] = ()


TASKS = {
    "accounts.clear_sessions": Row(cleared, (1, 1)),
    "operations.heartbeat": Row(beating, 1),
    "accounts.import_people": Row(imported, (1, 3, 0, 1)),
    "accounts.erase_due": Row(erased, (1, 1)),
    "audit.publish_anchors": Row(anchored, (1, 1)),
    "notifications.digest": Row(written, (PEOPLE, PEOPLE, 0), after=("checklists.settle", "checklists.remind")),
    "notifications.send_due": Row(
        sent, (PEOPLE, PEOPLE, 0), after=("checklists.settle", "checklists.remind", "notifications.digest")
    ),
    "catalog.fetch_due": Row(fetched, (1, 1, 1)),
    "governance.expire_decisions": Row(expired, (1, 1, 1)),
    "governance.keep_conditions": Row(conditions_kept, (1, 2)),
    "governance.remind_signers": Row(signers_told, 1),
    "checklists.settle": Row(settled, (0, [], PEOPLE), after=("checklists.take_lapsed",)),
    "checklists.take_lapsed": Row(lapsed, (0, 1), after=("checklists.settle",)),
    "checklists.fold_counts": Row(folded, (0, []), after=("checklists.settle",)),
    "checklists.recount": Row(recounted, [("", 0)], after=("checklists.settle", "checklists.remind")),
    "checklists.clean_files": Row(cleaned, [b"On its way."]),
    "checklists.remind": Row(reminded, (PEOPLE, PEOPLE), after=("checklists.settle",)),
    "reviews.open_due": Row(opened, (2, 2, 1, 1), after=("governance.expire_decisions",)),
    "reviews.assess_policies": Row(assessed, (2, 1, 1)),
    "reviews.remind": Row(keepers_told, (2, 0), after=("governance.expire_decisions", "reviews.open_due")),
}


def ours() -> set[str]:
    return {name for name in celery_app.tasks if not name.startswith("celery.")}


def test_every_task_stands_in_this_table_and_in_the_timetable() -> None:
    assert ours() == set(TASKS)
    assert {entry["task"] for entry in django_settings.CELERY_BEAT_SCHEDULE.values()} == set(TASKS)


def twice(name: str, move_clock: Callable[..., None]) -> None:
    run(name)
    run(name)


def a_week_late(name: str, move_clock: Callable[..., None]) -> None:
    noon(move_clock)(minutes=7 * 24 * 60)
    run(name)


def by_two_at_once(name: str, move_clock: Callable[..., None]) -> None:
    at_the_line = threading.Barrier(2)

    def go() -> None:
        at_the_line.wait()
        run(name)

    workers = [Beside(go), Beside(go)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.result()


@pytest.mark.parametrize("way", [twice, a_week_late, by_two_at_once])
@pytest.mark.parametrize("name", TASKS)
def test_task_leaves_what_one_run_in_time_leaves(world: World, move_clock: Callable[..., None], name, way) -> None:
    row = TASKS[name]
    for earlier in row.after:
        run(earlier)
    before = row.found(world)

    way(name, move_clock)

    assert row.found(world) == row.leaves
    assert before != row.leaves  # there was something to do


def test_two_who_publish_the_same_head_at_the_same_moment_publish_it_once(world: World) -> None:
    """Both would read the table before either has written to it."""
    workers = [Beside(lambda: run("audit.publish_anchors")) for _ in range(2)]

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK audit_auditanchor IN EXCLUSIVE MODE")
        workers[0].start()
        until_one_waits()
        workers[1].start()
        eventually(lambda: not workers[1].is_alive() or waiting_sessions() == 2)
    for worker in workers:
        worker.result()

    assert anchored(world) == (1, 1)
