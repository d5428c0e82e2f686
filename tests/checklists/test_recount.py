"""The nightly recount reports what differs, in the log, in the sweep's row and to whoever asks /readyz; it mends nothing."""

import datetime as dt

import pytest
from django.conf import settings as django_settings
from django.db import connection

from checklists import actions, notices, tasks
from checklists.models import Assignment, Checklist, ReadinessCell
from config import celery_app
from notifications.models import Notice
from operations import clock, health
from operations.models import SweepRun
from tests.cast import EPOCH, Company
from tests.checklists.steps import checklist

pytestmark = pytest.mark.django_db
FAR_AWAY = dt.timedelta(days=3)


@pytest.fixture
def privacy(decided: Company) -> Checklist:
    """One question asked of everybody, everybody settled, counted and reminded, three days ago."""
    made = checklist(decided, "privacy", ["Account?"])
    actions.assign(checklist=made, by=decided.mara, at=EPOCH)
    at = clock.now() - FAR_AWAY
    actions.settle_due(at=at)
    actions.fold_counts()
    notices.tell_due(decided.organization, at=clock.now())
    SweepRun.objects.create(name="checklists.remind", started_at=clock.now(), finished_at=clock.now())
    return made


def tamper(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # behind the counting triggers
        cursor.execute(sql)
        assert cursor.rowcount > 0
        cursor.execute("SET session_replication_role = origin")


def says() -> health.Health:
    return next(part for part in health.check_all(at=clock.now()) if part.part == "sweeps")


def test_where_nothing_differs_the_recount_says_nothing(privacy, caplog) -> None:
    assert tasks.recount() == 0

    run = SweepRun.objects.get(name="checklists.recount")
    assert (run.error, run.finished_at is not None) == ("", True)
    assert says().is_well
    assert "differs" not in caplog.text


TAMPERED = {
    "a cell": "UPDATE checklists_readinesscell SET n = n + 1 WHERE subject LIKE 'checklist:%'",
    "a route's cell": "UPDATE checklists_readinesscell SET n = n - 1 WHERE subject LIKE 'route:%'",
    "a route's sum": "UPDATE checklists_readinesscell SET n = n + 1 WHERE subject LIKE 'cleared:%'",
    "a cell that is gone": "DELETE FROM checklists_readinesscell WHERE subject LIKE 'route:%'",
    "a delta of nobody": "INSERT INTO checklists_readinessdelta (organization_id, subject, team_id, job_role_id, due_on,"
    " status, n) SELECT organization_id, subject, team_id, job_role_id, due_on, status, 1 FROM checklists_readinesscell",
    "people behind the counters' back": "UPDATE checklists_assignment SET status = 'complete' WHERE id ="
    " (SELECT min(id) FROM checklists_assignment)",
    "a reminder": "DELETE FROM notifications_notice",
    "a reminder taken back": "UPDATE notifications_notice SET withdrawn_at = now()",
}


@pytest.mark.parametrize("what", TAMPERED)
def test_what_was_tampered_with_in_raw_sql_is_reported_and_not_mended(privacy, what, caplog) -> None:
    tamper(TAMPERED[what])
    after = list(ReadinessCell.objects.values()), list(Assignment.objects.values()), list(Notice.objects.values())

    with pytest.raises(tasks.CountsDiffer):
        tasks.recount()

    assert ("reminder.missing" if "reminder" in what else "count.differs") in caplog.text
    assert SweepRun.objects.get(name="checklists.recount").error == "CountsDiffer"
    assert (says().is_well, says().says) == (False, "failed: checklists.recount (CountsDiffer)")
    mended = list(ReadinessCell.objects.values()), list(Assignment.objects.values()), list(Notice.objects.values())
    assert mended == after


def test_it_counts_once_a_day_and_every_hour_while_something_differs(privacy, move_clock) -> None:
    until_noon = dt.timedelta(hours=(12 - clock.now().hour) % 24)
    move_clock(seconds=until_noon.total_seconds())
    tasks.recount()
    tamper(TAMPERED["a cell"])

    assert tasks.recount() == 0
    move_clock(seconds=until_noon.total_seconds() + 13 * 3600)
    for _hour in range(2):
        with pytest.raises(tasks.CountsDiffer):
            tasks.recount()
    tamper("UPDATE checklists_readinesscell SET n = n - 1 WHERE subject LIKE 'checklist:%'")

    assert tasks.recount() == 0
    assert SweepRun.objects.get(name="checklists.recount").error == ""


def test_readyz_names_it_to_whoever_asks(privacy, client) -> None:
    tamper(TAMPERED["a cell"])
    with pytest.raises(tasks.CountsDiffer):
        tasks.recount()

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert "sweeps" in answer.json()["sick"]
    assert "checklists.recount (CountsDiffer)" in answer.json()["parts"]["sweeps"]
    assert "sweeps" not in answer.json()["restart"]


def test_it_stands_in_the_timetable_every_hour() -> None:
    [entry] = [one for one in django_settings.CELERY_BEAT_SCHEDULE.values() if one["task"] == "checklists.recount"]

    assert entry["task"] in celery_app.tasks
    assert entry["schedule"].hour == set(range(24))
    assert entry["options"]["expires"] <= 3600


def test_a_reminder_that_is_not_due_yet_or_not_swept_yet_is_not_missed(privacy) -> None:
    Notice.objects.all().delete()
    SweepRun.objects.filter(name="checklists.remind").update(finished_at=EPOCH)

    assert notices.unwritten_reminders() == []


def test_who_has_left_needs_no_reminder(privacy, decided) -> None:
    Notice.objects.filter(recipient=decided.dev).delete()
    assert len(notices.unwritten_reminders()) == 1

    period = decided.dev.access_periods.get()
    period.ended_at = clock.now()
    period.save(update_fields=["ended_at"])

    assert notices.unwritten_reminders() == []
