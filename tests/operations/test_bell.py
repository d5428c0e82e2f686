"""Ringing a sweep: after the commit, by name, and never the caller's problem."""

import json

import pytest
import redis
from django.conf import settings
from django.db import transaction

from operations.bell import ring


@pytest.fixture
def queue():
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.delete("celery")
        yield client
        client.delete("celery")


def rung(queue: redis.Redis) -> list[str]:
    return [json.loads(message)["headers"]["task"] for message in queue.lrange("celery", 0, -1)]


def test_bell_rings_after_the_commit(transactional_db, queue):
    with transaction.atomic():
        ring("tests.sweep")
        before = rung(queue)

    assert before == []
    assert rung(queue) == ["tests.sweep"]


def test_bell_is_silent_when_the_transaction_is_rolled_back(transactional_db, queue):
    with pytest.raises(LookupError), transaction.atomic():
        ring("tests.sweep")
        raise LookupError

    assert rung(queue) == []


def test_a_broker_that_is_down_is_not_the_callers_problem(transactional_db, broker_is_down, caplog):
    with transaction.atomic():
        ring("tests.sweep")

    assert "bell.unheard" in caplog.text
