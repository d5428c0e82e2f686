"""The services the tests run on are the real ones."""

import uuid

import pytest
import redis
from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction

from audit import actions as audit
from audit.models import AuditEvent
from operations import clock


def test_postgres_is_real_and_knows_trigrams(db):
    with connection.cursor() as cursor:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        cursor.execute("SELECT similarity('wayleave', 'wayleaf') > 0.3")
        assert cursor.fetchone() == (True,)


def test_broker_is_real_and_shared_with_the_cache():
    cache.set("tests:ring", "bell", 5)

    with redis.Redis.from_url(settings.REDIS_URL) as client:
        assert any(b"tests:ring" in key for key in client.scan_iter())


def test_transactional_tests_leave_append_only_tables_empty(transactional_db):
    organization = uuid.uuid4()
    with transaction.atomic():
        audit.record(action="test.rung", by=None, organization_id=organization, at=clock.now())

    assert AuditEvent.objects.filter(organization_id=organization).exists()


@pytest.mark.django_db(transaction=True)
def test_the_next_transactional_test_finds_nothing():
    assert not AuditEvent.objects.exists()
