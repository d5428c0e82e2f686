"""/healthz and /readyz: machines ask, and are told which part is sick."""

import datetime as dt

import pytest

from operations import clock
from operations.models import Heartbeat, SweepRun


@pytest.fixture
def beating(db):
    return Heartbeat.objects.create(name="worker", at=clock.now())


def test_process_answers_without_a_database(client):
    response = client.get("/healthz")

    assert response.status_code == 200
    assert response.json() == {"status": "ok"}


def test_ready_when_every_part_is_well(client, beating, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        response = client.get("/readyz")

    assert response.status_code == 200
    assert response.json()["sick"] == []
    assert set(response.json()["parts"]) == {"database", "redis", "migrations", "worker", "sweeps"}
    assert response["Cache-Control"].startswith("max-age=0")


def test_a_stale_heartbeat_names_the_worker_and_what_to_restart(client, beating, move_clock):
    move_clock(seconds=90)

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["sick"] == ["worker"]
    assert response.json()["restart"] == ["beat", "worker"]
    assert response.json()["parts"]["worker"].startswith("last heartbeat 9")


def test_a_worker_busy_with_a_sweep_is_not_taken_for_deaf(client, beating, move_clock):
    SweepRun.objects.create(name="tests.long", started_at=clock.now())
    move_clock(seconds=90)

    assert client.get("/readyz").json()["sick"] == []


def test_a_sweep_that_began_longer_ago_than_any_may_run_does_not_count_as_busy(client, beating, move_clock):
    SweepRun.objects.create(name="tests.long", started_at=clock.now())
    move_clock(seconds=400)

    assert client.get("/readyz").json()["sick"] == ["worker"]


def test_no_heartbeat_at_all_is_sick(client, db):
    assert client.get("/readyz").json()["sick"] == ["worker"]


def test_a_late_sweep_is_named_with_what_stopped_it(client, beating, settings):
    settings.CELERY_BEAT_SCHEDULE = {"x": {"task": "tests.sweep", "schedule": 60.0}}
    long_ago = clock.now() - dt.timedelta(minutes=11)
    SweepRun.objects.create(name="tests.sweep", started_at=clock.now(), finished_at=long_ago, error="ValueError")

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["parts"]["sweeps"] == "late: tests.sweep (ValueError)"


def test_a_sweep_within_three_of_its_turns_is_not_late(client, beating, settings):
    settings.CELERY_BEAT_SCHEDULE = {"x": {"task": "tests.sweep", "schedule": dt.timedelta(hours=1)}}
    SweepRun.objects.create(name="tests.sweep", started_at=clock.now(), finished_at=clock.now() - dt.timedelta(hours=2))

    assert client.get("/readyz").json()["parts"]["sweeps"] == "last one 7200 s ago"


def test_a_broker_that_does_not_answer_is_named(client, beating, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["sick"] == ["redis"]


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_nothing_is_changed_through_it(client, db, path):
    assert client.post(path).status_code == 405
