"""What the database refuses, tried in raw SQL."""

import uuid

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import Organization
from audit.actions import keep_snapshot, keep_text, record, reopen
from operations import clock

pytestmark = pytest.mark.django_db

ACME = uuid.uuid4()

TABLES = [
    "audit_auditevent",
    "audit_auditlink",
    "audit_snapshot",
    "audit_basis",
    "audit_reopening",
    "audit_withdrawal",
    "audit_freetext",
]


@pytest.fixture(autouse=True)
def one_of_everything(db: None) -> None:
    at = clock.now()
    Organization.objects.create(id=ACME, slug="acme", name="Acme", created_at=at)
    record("thing.done", by=None, organization_id=ACME, at=at)
    keep_snapshot({"question": "?"}, organization_id=ACME, bases={"fact:a": 1}, at=at)
    keep_text("said", organization_id=ACME)
    reopen(organization_id=ACME, key="fact:a", below_revision=2, by=None, at=at, due_on=None, because="changed")
    connection.check_constraints()


def refused(sql: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize("table", TABLES)
def test_update_is_refused(table: str) -> None:
    refused(f"UPDATE {table} SET id = id + 1000")


@pytest.mark.parametrize("table", TABLES)
def test_delete_is_refused(table: str) -> None:
    refused(f"DELETE FROM {table}")


@pytest.mark.parametrize("table", TABLES)
def test_truncate_is_refused(table: str) -> None:
    refused(f"TRUNCATE {table} CASCADE")


def test_link_written_by_hand_is_refused() -> None:
    refused(
        "INSERT INTO audit_auditlink (chain, position, event_id, previous, hash)"
        f" SELECT '{ACME}', 2, id, '', sha256('') FROM audit_auditevent LIMIT 1"
    )


def test_snapshot_whose_hash_is_another_is_refused() -> None:
    refused(
        "INSERT INTO audit_snapshot (organization_id, sha256, content, made_at)"
        f" VALUES ('{ACME}', repeat('0', 64), '{{}}', now())"
    )


def test_text_whose_digest_is_another_is_refused() -> None:
    refused(
        "INSERT INTO audit_freetext (organization_id, salt, body, sha256)"
        f" VALUES ('{ACME}', 'salt', 'said', repeat('0', 64))"
    )


def test_text_rewritten_is_refused_even_when_erasing() -> None:
    refused("UPDATE audit_freetext SET body = 'other'")
    refused("UPDATE audit_freetext SET body = NULL, salt = NULL, erased_at = now(), sha256 = repeat('1', 64)")
