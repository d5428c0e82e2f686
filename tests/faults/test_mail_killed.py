"""900 reminders, workers killed while queueing and while sending: 900 distinct messages arrive, none is missing."""

import datetime as dt
import time
from collections.abc import Callable

import pytest
import redis
from django.conf import settings as django_settings
from django.db import connection

from accounts.models import AccessPeriod, Membership, Organization, User
from config import celery_app
from notifications import actions, digest, sending
from notifications.models import Notice, OutgoingMail
from notifications.schedule import workday
from operations import clock
from tests import processes
from tests.notifications.conftest import WRITTEN

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = 900
EVERYBODY = """
SELECT id, 'assignment:' || id, (%s AT TIME ZONE 'UTC')::date - 1, 'Privacy checklist', '', 'It changed.', '/list/', NULL::date
FROM accounts_membership WHERE organization_id = %s
"""
SEND = "from notifications.sending import send_due; send_due()"
WRITE = """
from notifications import digest
from operations import clock
digest.BATCH = 60
digest.write_mail(at=clock.now())
"""


def remind(organization: Organization, count: int = PEOPLE) -> None:
    """``count`` people, each with one notice that is due (of yesterday, so at any hour of today's after eight)."""
    users = [User(email=f"p{n}@acme.example", name=f"P {n}") for n in range(count)]
    User.objects.bulk_create(users)
    members = [Membership(organization=organization, user=user, created_at=WRITTEN) for user in users]
    Membership.objects.bulk_create(members)
    periods = [
        AccessPeriod(organization=organization, membership=member, level="member", started_at=WRITTEN)
        for member in members
    ]
    AccessPeriod.objects.bulk_create(periods)
    at = clock.now()
    written = actions.tell_many(
        organization=organization, rule="due", query=EVERYBODY, params=[at, organization.pk], at=at
    )
    assert written == count


def hours_to_noon(at: dt.datetime) -> int:
    """From here to the next noon of a working day."""
    hours = (12 - at.hour) % 24
    day = (at + dt.timedelta(hours=hours)).date()
    return hours + 24 * (workday(day) - day).days


def noon(move_clock: Callable[..., None]) -> Callable[..., None]:
    """Move the clock to the next noon (UTC) of a working day, from where further moves count: sending hours and weekends don't
    depend on when the tests run."""
    move_clock(hours=0)  # moves count from the real hour
    to_noon = hours_to_noon(clock.now())

    def move(*, minutes: int = 0) -> None:
        move_clock(hours=to_noon, minutes=minutes)

    move()
    return move


def eventually(is_so: Callable[[], bool], *, timeout: float = 120) -> None:
    deadline = time.monotonic() + timeout
    while not is_so():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.01)


def at_least(count: int) -> Callable[[], bool]:
    return lambda: OutgoingMail.objects.count() >= count


def test_writer_killed_while_queueing_leaves_nobody_out_and_nobody_twice(organization, smtp, move_clock):
    noon(move_clock)
    remind(organization)

    for so_far in (60, 420):
        with processes.python(WRITE, EMAIL_URL=smtp.url) as writer:
            eventually(at_least(so_far))
            writer.kill_group()
    assert OutgoingMail.objects.count() < PEOPLE
    digest.write_mail(at=clock.now())

    assert OutgoingMail.objects.count() == PEOPLE
    assert OutgoingMail.objects.values("user").distinct().count() == PEOPLE
    assert not Notice.objects.filter(mail=None).exists()


def test_workers_killed_while_sending_lose_none_of_900(organization, smtp, move_clock):
    move = noon(move_clock)
    remind(organization)
    digest.write_mail(at=clock.now())

    with processes.celery_worker(EMAIL_URL=smtp.url) as worker:
        celery_app.send_task("notifications.send_due")
        smtp.wait_for(150)
        worker.kill_group()
    with processes.python(SEND, EMAIL_URL=smtp.url) as sender:
        smtp.wait_for(500)
        sender.kill_group()
    sending.send_due()
    # The leases of the dead run out.
    move(minutes=6)
    sending.send_due()

    expected = set(OutgoingMail.objects.values_list("message_id", flat=True))
    assert len(expected) == PEOPLE
    assert set(smtp.message_ids()) == expected
    assert not OutgoingMail.objects.exclude(status="sent").exists()
    # At most one copy for each death, and recognizable.
    assert len(smtp.messages) <= PEOPLE + 2


def test_sender_killed_before_it_heard_the_250_sends_a_copy_under_the_same_message_id(organization, smtp, move_clock):
    move = noon(move_clock)
    remind(organization, 30)
    digest.write_mail(at=clock.now())

    with processes.python(SEND, EMAIL_URL=smtp.url) as sender:
        smtp.before_answer = lambda count: sender.kill_group() if count == 7 else None
        sender.wait(timeout=120)
    smtp.before_answer = None
    sending.send_due()
    assert len(set(smtp.message_ids())) < 30
    move(minutes=6)
    sending.send_due()

    ids = smtp.message_ids()
    assert len(set(ids)) == 30
    assert [message_id for message_id in set(ids) if ids.count(message_id) > 1] == [ids[6]]


def test_two_senders_at_once_send_each_message_once(organization, smtp, move_clock):
    noon(move_clock)
    remind(organization, 200)
    digest.write_mail(at=clock.now())

    with processes.python(SEND, EMAIL_URL=smtp.url) as one, processes.python(SEND, EMAIL_URL=smtp.url) as other:
        assert (one.wait(timeout=120), other.wait(timeout=120)) == (0, 0)

    assert len(smtp.messages) == 200
    assert len(set(smtp.message_ids())) == 200


def test_week_late_sends_once(organization, smtp, move_clock):
    move = noon(move_clock)
    remind(organization, 3)
    move(minutes=7 * 24 * 60)

    for _ in range(2):
        digest.write_mail(at=clock.now())
        sending.send_due()

    assert len(smtp.messages) == 3


def test_flushed_redis_loses_nothing(organization, smtp, move_clock):
    noon(move_clock)
    remind(organization, 5)
    digest.write_mail(at=clock.now())
    broker = redis.Redis.from_url(django_settings.REDIS_URL)
    assert broker.llen("celery") >= 1

    broker.flushdb()

    with processes.celery_worker(EMAIL_URL=smtp.url):
        # Beat's next turn, as its timetable says it.
        celery_app.send_task(django_settings.CELERY_BEAT_SCHEDULE["send-due"]["task"])
        smtp.wait_for(5)
    assert len(set(smtp.message_ids())) == 5


def test_rolled_back_change_leaves_no_notice_and_no_mail(organization, smtp, make_member):
    query = "SELECT %s::bigint, 's:1', DATE '2026-01-01', 'Title', '', '', '/', NULL::date"
    params = [make_member(organization).pk]
    connection.set_autocommit(False)
    try:
        actions.tell_many(organization=organization, rule="due", query=query, params=params, at=clock.now())
        digest.write_mail(at=clock.now().replace(hour=12))
    finally:
        connection.rollback()
        connection.set_autocommit(True)

    assert not Notice.objects.exists()
    assert not OutgoingMail.objects.exists()
    assert sending.send_due() == 0
