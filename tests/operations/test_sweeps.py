"""Every sweep leaves a row that says how it is doing."""

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.db import connection, transaction

from operations import clock
from operations.models import Heartbeat, SweepRun
from operations.sweeps import SomeFailed, each, sweep
from operations.tasks import heartbeat

pytestmark = pytest.mark.django_db


@sweep("tests.sweep")
def work(outcome: int | Exception) -> int:
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def test_sweep_says_how_much_it_did():
    assert work(3) == 3

    run = SweepRun.objects.get(name="tests.sweep")
    assert (run.done, run.error) == (3, "")
    assert run.started_at <= run.finished_at


def test_sweep_run_twice_keeps_one_row(move_clock):
    work(3)
    move_clock(hours=1)
    work(0)

    run = SweepRun.objects.get()
    assert run.done == 0
    assert abs((run.finished_at - clock.now()).total_seconds()) < 5


def test_failure_is_noted_by_its_kind_only_and_raised_again():
    work(3)
    finished_at = SweepRun.objects.get().finished_at

    with pytest.raises(ValueError, match="Ada"):
        work(ValueError("a row about Ada"))

    run = SweepRun.objects.get()
    assert run.error == "ValueError"
    assert run.failed_at is not None
    assert run.finished_at == finished_at


def test_success_after_a_failure_clears_the_error():
    with pytest.raises(ValueError, match="first"):
        work(ValueError("first"))
    work(1)

    assert SweepRun.objects.get().error == ""


def test_the_note_survives_the_rollback_of_the_sweeps_own_transaction():
    @sweep("tests.rolled_back")
    def roll_back() -> int:
        with transaction.atomic():
            Heartbeat.objects.create(name="gone", at=clock.now())
            raise LookupError

    with pytest.raises(LookupError):
        roll_back()

    assert SweepRun.objects.get(name="tests.rolled_back").error == "LookupError"
    assert not Heartbeat.objects.exists()


def raising(error: Exception):
    def work() -> int:
        raise error

    return work


def test_each_goes_on_after_a_failure_and_fails_in_the_end():
    done = []

    with pytest.raises(SomeFailed) as failed:
        each([("a", raising(LookupError())), ("b", lambda: done.append("b") or 1), ("c", raising(LookupError()))])

    assert done == ["b"]
    assert str(failed.value) == "LookupError × 2"


def test_what_failed_apart_is_noted_with_how_often():
    @sweep("tests.apart")
    def work() -> int:
        return each([("a", lambda: each([("b", raising(ValueError("a row about Ada")))])), ("c", raising(KeyError()))])

    with pytest.raises(SomeFailed):
        work()

    assert SweepRun.objects.get(name="tests.apart").error == "KeyError × 1, ValueError × 1"


def test_runs_that_fail_in_a_row_are_counted_until_one_gets_through():
    for _ in range(2):
        with pytest.raises(LookupError):
            work(LookupError())
    assert SweepRun.objects.get().failures == 2

    work(1)

    assert SweepRun.objects.get().failures == 0


def test_the_time_limit_ends_the_run_whatever_it_is_at():
    with pytest.raises(SoftTimeLimitExceeded):
        each([("a", raising(SoftTimeLimitExceeded())), ("b", lambda: pytest.fail("it went on"))])


@pytest.mark.django_db(transaction=True)
def test_without_a_database_nothing_further_is_tried():
    def lose() -> int:
        connection.connection.close()
        raise LookupError

    try:
        with pytest.raises(LookupError):
            each([("a", lose), ("b", lambda: pytest.fail("it went on"))])
    finally:
        connection.close()


def test_heartbeat_twice_keeps_one_row(move_clock):
    heartbeat()
    move_clock(minutes=1)
    heartbeat()

    assert abs((Heartbeat.objects.get(name="worker").at - clock.now()).total_seconds()) < 5
