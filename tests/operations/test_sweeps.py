"""Every sweep leaves a row that says how it is doing."""

import pytest
from django.db import transaction

from operations import clock
from operations.models import Heartbeat, SweepRun
from operations.sweeps import sweep
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


def test_heartbeat_twice_keeps_one_row(move_clock):
    heartbeat()
    move_clock(minutes=1)
    heartbeat()

    assert abs((Heartbeat.objects.get(name="worker").at - clock.now()).total_seconds()) < 5
