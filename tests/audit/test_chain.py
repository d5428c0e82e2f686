"""The chain: written at commit, walked by verify_audit, broken by nothing that goes unnoticed."""

import uuid
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from audit import anchors, chain
from audit.actions import keep_text, record
from audit.models import AuditEvent, AuditLink, FreeText
from operations import clock

pytestmark = pytest.mark.django_db(transaction=True)

ACME = uuid.uuid4()


@pytest.fixture(autouse=True)
def own_state_dir(settings, tmp_path) -> None:
    settings.STATE_DIR = tmp_path


def record_some(count: int, organization_id: uuid.UUID | None = ACME) -> None:
    for number in range(count):
        record(
            "thing.done",
            by=None,
            organization_id=organization_id,
            at=clock.now(),
            target=f"thing:{number}",
            text='ü"\t',
        )


def as_superuser(sql: str, *params: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(sql, params or None)
        cursor.execute("SET session_replication_role = origin")


def test_chain_of_committed_events_is_whole() -> None:
    record_some(5)
    record_some(2, None)

    verdict = chain.verify(ACME)

    assert (verdict.broken, verdict.events) == ("", 5)
    assert chain.verify(chain.INSTALLATION).events == 2


def test_event_rolled_back_with_its_change_leaves_no_link() -> None:
    record_some(1)
    with pytest.raises(RuntimeError), transaction.atomic():
        record_some(1)
        raise RuntimeError

    assert AuditLink.objects.filter(chain=ACME).count() == AuditEvent.objects.count() == 1


def test_chains_of_two_organizations_are_apart() -> None:
    other = uuid.uuid4()
    record_some(2)
    record_some(3, other)

    assert set(chain.chains()) == {ACME, other}
    assert [chain.verify(one).events for one in (ACME, other)] == [2, 3]


@pytest.mark.parametrize(
    ("tampering", "sentence"),
    [
        ("UPDATE audit_auditevent SET target = 'thing:9' WHERE target = 'thing:1'", "not what was hashed"),
        ("UPDATE audit_auditlink SET hash = sha256('x') WHERE position = 2", "not what was hashed"),
        ("DELETE FROM audit_auditlink WHERE position = 2", "position 2 is missing"),
        ("UPDATE audit_auditlink SET previous = sha256('x') WHERE position = 3", "does not follow"),
    ],
)
def test_verify_names_the_first_broken_row(tampering: str, sentence: str) -> None:
    record_some(4)

    as_superuser(tampering)

    assert sentence in chain.verify(ACME).broken


def test_event_without_a_link_is_an_alarm() -> None:
    record_some(1)

    as_superuser(
        "INSERT INTO audit_auditevent (organization_id, at, action, target, data) VALUES (%s, now(), 'x', '', '{}')",
        ACME,
    )

    assert "has no link" in chain.verify(ACME).broken


def test_cut_tail_is_found_only_by_the_anchor() -> None:
    record_some(4)
    anchors.publish_anchors(at=clock.now())

    as_superuser("DELETE FROM audit_auditlink WHERE position > 2")
    as_superuser("DELETE FROM audit_auditevent WHERE target IN ('thing:2', 'thing:3')")

    assert "cut or rewritten" in chain.verify(ACME).broken


def test_anchor_cut_from_the_table_stands_in_the_file() -> None:
    record_some(4)
    anchors.publish_anchors(at=clock.now())
    as_superuser("DELETE FROM audit_auditanchor")
    as_superuser("DELETE FROM audit_auditlink WHERE position > 2")
    as_superuser("DELETE FROM audit_auditevent WHERE target IN ('thing:2', 'thing:3')")

    out = StringIO()
    with pytest.raises(SystemExit) as stopped:
        call_command("verify_audit", stdout=out)

    assert stopped.value.code == 1
    assert "cut or rewritten" in out.getvalue()


def test_anchors_are_published_once_per_head() -> None:
    record_some(1)

    assert anchors.publish_anchors(at=clock.now()) == 1
    assert anchors.publish_anchors(at=clock.now()) == 0


def test_erased_text_leaves_the_chain_whole_and_is_counted() -> None:
    text = keep_text("I was there", organization_id=ACME)
    record("thing.said", by=None, organization_id=ACME, at=clock.now(), text_sha256=text.sha256)

    FreeText.objects.filter(pk=text.pk).update(body=None, salt=None, erased_at=clock.now())

    verdict = chain.verify(ACME)
    assert (verdict.broken, verdict.erased) == ("", 1)


def test_verify_audit_reports_whole_chains_and_exits_quietly() -> None:
    record_some(3)
    out = StringIO()

    call_command("verify_audit", stdout=out)

    assert f"whole   {ACME}: 3 events" in out.getvalue()


def test_switched_off_guard_is_named() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_auditevent DISABLE TRIGGER audit_event_is_chained")
        try:
            assert chain.disabled_guards() == ["audit_auditevent.audit_event_is_chained"]
        finally:
            cursor.execute("ALTER TABLE audit_auditevent ENABLE TRIGGER audit_event_is_chained")
