"""The chain: written at commit, walked by verify_audit, broken by nothing that goes unnoticed."""

import hashlib
import uuid
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from audit import anchors, chain
from audit.actions import erase_text, keep_snapshot, keep_text, record
from audit.canonical import digest
from audit.models import AuditEvent, AuditLink, FreeText, Snapshot
from catalog.models import HeldBackText, PolicySource, PolicyVersion
from operations import clock
from tests.plans import rows_read_by_table

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


def verified() -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("verify_audit", stdout=out)
    except SystemExit as stopped:
        return int(stopped.code or 0), out.getvalue()
    return 0, out.getvalue()


@pytest.mark.parametrize("left", ["rows and file", "rows", "file"])
def test_chain_removed_as_a_whole_is_found_by_its_anchors(left: str, tmp_path: Path) -> None:
    record_some(3)
    record_some(2, None)
    anchors.publish_anchors(at=clock.now())
    as_superuser("DELETE FROM audit_auditlink WHERE chain = %s", ACME)
    as_superuser("DELETE FROM audit_auditevent WHERE organization_id = %s", ACME)
    if left == "rows":
        (tmp_path / "anchors" / f"{ACME}.jsonl").unlink()
    if left == "file":
        as_superuser("DELETE FROM audit_auditanchor")

    status, said = verified()

    assert status == 1
    assert f"BROKEN  {ACME}: the chain no longer holds what was anchored at position 3" in said
    assert "whole   installation: 2 events" in said


def test_link_at_the_tail_whose_event_is_gone_is_found() -> None:
    record_some(3)

    as_superuser("DELETE FROM audit_auditevent WHERE target = 'thing:2'")

    assert "at position 3 is missing" in chain.verify(ACME).broken


def test_line_of_anchors_that_nobody_wrote_is_found(tmp_path: Path) -> None:
    record_some(2)
    anchors.publish_anchors(at=clock.now())
    file = tmp_path / "anchors" / f"{ACME}.jsonl"
    file.write_text(file.read_text() + "{half a li")

    status, said = verified()

    assert status == 1
    assert "holds a line that is no anchor" in said


def test_each_check_asks_as_much_of_a_long_chain_as_of_a_short_one() -> None:
    counts = []
    for more in (1, 40):
        for _ in range(more):
            show_and_say()
            anchors.publish_anchors(at=clock.now())
        with CaptureQueriesContext(connection) as asked:
            assert chain.verify(ACME).broken == ""
        counts.append(len(asked))

    assert counts[0] == counts[1]


def test_publishing_where_nothing_moved_reads_no_history() -> None:
    read = []
    for more in (5, 400):
        with transaction.atomic():
            record_some(more)
        anchors.publish_anchors(at=clock.now())
        with transaction.atomic(), rows_read_by_table() as counts:
            assert anchors.publish_anchors(at=clock.now()) == 0
        read.append({table: rows for table, rows in counts.items() if table.startswith("audit_")})

    assert read[0] == read[1]


def test_anchors_are_published_once_per_head() -> None:
    record_some(1)

    assert anchors.publish_anchors(at=clock.now()) == 1
    assert anchors.publish_anchors(at=clock.now()) == 0


def test_erased_text_leaves_the_chain_whole_and_is_counted() -> None:
    text = keep_text("I was there", organization_id=ACME)
    record("thing.said", by=None, organization_id=ACME, at=clock.now(), text_sha256=text.sha256)

    with transaction.atomic():
        erase_text(text=text, by=None, at=clock.now())

    text.refresh_from_db()
    verdict = chain.verify(ACME)
    assert (text.body, verdict.broken, verdict.erased) == (None, "", 1)


def test_text_erased_without_a_word_in_the_log_is_found() -> None:
    """As the application's own role may."""
    text = keep_text("I was there", organization_id=ACME)
    record("thing.said", by=None, organization_id=ACME, at=clock.now(), text_sha256=text.sha256)

    FreeText.objects.filter(pk=text.pk).update(body=None, salt=None, erased_at=clock.now())

    assert chain.verify(ACME).broken == f"text {text.pk} was erased and no event says so"


def show_and_say() -> tuple[Snapshot, FreeText]:
    snapshot = keep_snapshot({"question": "Is it on?"}, organization_id=ACME, bases={"item:1": 1}, at=clock.now())
    text = keep_text("I was there", organization_id=ACME)
    record(
        "thing.answered",
        by=None,
        organization_id=ACME,
        at=clock.now(),
        snapshot=snapshot.sha256,
        text_sha256=text.sha256,
        because_sha256="",
        evidence=[],
    )
    return snapshot, text


def test_chain_whose_snapshots_and_texts_stand_is_whole() -> None:
    show_and_say()

    assert chain.verify(ACME).broken == ""


def test_snapshot_replaced_together_with_its_hash_is_found() -> None:
    snapshot, _ = show_and_say()
    forged = snapshot.content.replace("on?", "off?")

    as_superuser(
        "UPDATE audit_snapshot SET content = %s, sha256 = %s WHERE id = %s", forged, digest(forged), snapshot.pk
    )

    assert "names as snapshot what is no longer there" in chain.verify(ACME).broken


def test_text_removed_is_found() -> None:
    _, text = show_and_say()

    as_superuser("DELETE FROM audit_freetext WHERE id = %s", text.pk)

    assert "names as text_sha256 what is no longer there" in chain.verify(ACME).broken


def test_evidence_that_is_no_longer_there_is_found() -> None:
    record("thing.answered", by=None, organization_id=ACME, at=clock.now(), evidence=[digest("a file"), digest("b")])

    assert "names as evidence what is no longer there" in chain.verify(ACME).broken


def test_verify_audit_reports_whole_chains_and_exits_quietly() -> None:
    record_some(3)
    out = StringIO()

    call_command("verify_audit", stdout=out)

    assert f"whole   {ACME}: 3 events" in out.getvalue()


def test_words_are_erased_by_the_digest_that_the_log_shows() -> None:
    _, text = show_and_say()
    out = StringIO()

    call_command("erase_text", text.sha256, stdout=out)

    text.refresh_from_db()
    assert (text.body, chain.verify(ACME).broken) == (None, "")
    with pytest.raises(CommandError, match="no text"):
        call_command("erase_text", text.sha256)


def test_words_and_policies_of_the_installation_are_verified_too() -> None:
    text, page = keep_text("They shortened it.", organization_id=None), PolicySource.objects.create(key="p", title="P")
    content = b"# Terms"
    sha256 = hashlib.sha256(content).hexdigest()
    kept = {"source": page, "content": content, "sha256": sha256}
    PolicyVersion.objects.create(origin="fetched", seen_on=clock.now().date(), added_at=clock.now(), **kept)
    record("version.added", by=None, organization_id=None, at=clock.now(), content=sha256, reason_text=text.sha256)
    assert chain.verify(chain.INSTALLATION).broken == ""

    with transaction.atomic():
        erase_text(text=text, by=None, at=clock.now())
    verdict = chain.verify(chain.INSTALLATION)
    assert (verdict.broken, verdict.erased) == ("", 1)

    as_superuser("DELETE FROM catalog_policyversion WHERE sha256 = %s", sha256)
    assert "names as content what is no longer there" in chain.verify(chain.INSTALLATION).broken


def test_a_policy_of_one_organization_is_no_proof_for_another() -> None:
    page, content = PolicySource.objects.create(key="p", title="P"), b"# Terms"
    sha256 = hashlib.sha256(content).hexdigest()
    HeldBackText.objects.create(source=page, content=content, sha256=sha256, why="short", seen_at=clock.now())

    record("source.text_held_back", by=None, organization_id=ACME, at=clock.now(), content=sha256)
    record("source.text_held_back", by=None, organization_id=None, at=clock.now(), content=sha256)

    assert "names as content what is no longer there" in chain.verify(ACME).broken
    assert chain.verify(chain.INSTALLATION).broken == ""
