"""Walking a chain without trusting the application: what ``verify_audit`` and the auditor's page report."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from audit import anchors, canonical
from audit.models import INSTALLATION, AuditAnchor, AuditEvent, AuditLink, FreeText, Snapshot

ROWS_AT_A_TIME = 5000

# The first digest in an event of the chain, on its own or in a list, of which no row remains. EXCEPT hashes or sorts,
# whatever is known of the tables. The tables of files and of policies are above this app and read by name. Events and
# policies of the installation have no organization.
UNMATCHED = """
WITH named AS MATERIALIZED (
    SELECT event.id, said.key, digest #>> '{}' AS digest
    FROM audit_auditevent event
    CROSS JOIN LATERAL jsonb_each(event.data::jsonb) said
    CROSS JOIN LATERAL jsonb_path_query(said.value, '$[*]') digest
    WHERE event.organization_id <is> AND digest #>> '{}' ~ '^[0-9a-f]{64}$'
), lost AS MATERIALIZED (
    SELECT digest FROM named
    EXCEPT (
        SELECT sha256 FROM audit_snapshot WHERE organization_id = %(chain)s
        UNION ALL SELECT sha256 FROM audit_freetext WHERE organization_id = %(chain)s
        UNION ALL SELECT sha256 FROM checklists_evidence WHERE organization_id = %(chain)s
        UNION ALL SELECT sha256 FROM checklists_upload WHERE organization_id = %(chain)s
        UNION ALL SELECT sha256 FROM governance_paper WHERE organization_id = %(chain)s
        UNION ALL SELECT sha256 FROM catalog_policyversion WHERE organization_id <is>
        UNION ALL SELECT sha256 FROM catalog_heldbacktext WHERE organization_id <is>)
)
SELECT id, key FROM named WHERE digest IN (SELECT digest FROM lost) ORDER BY id LIMIT 1
"""

# The first text that was erased without an event of its own, or one that names it among others.
SILENT = """
SELECT id FROM audit_freetext WHERE organization_id = %(chain)s AND erased_at IS NOT NULL
EXCEPT (
    SELECT split_part(target, ':', 2)::bigint FROM audit_auditevent
    WHERE organization_id <is> AND action = 'text.erased'
    UNION ALL
    SELECT jsonb_array_elements_text(data::jsonb -> 'texts')::bigint FROM audit_auditevent
    WHERE organization_id <is> AND action = 'text.many_erased')
ORDER BY id LIMIT 1
"""


@dataclass(frozen=True)
class Verdict:
    """What walking one chain found.

    :ivar broken: the first thing that is not as it should be, as a sentence; empty when all is well.
    :ivar events: how many links were walked.
    :ivar head: the hash of the last link, in hexadecimal.
    :ivar erased: how many texts were erased; their digests still stand in the chain.
    """

    chain: UUID
    events: int
    head: str
    erased: int
    broken: str = ""


def line_of(event: AuditEvent) -> bytes:
    """The bytes of an event that its link hashes: the same as the database's ``audit_line``."""
    microseconds = round(event.at.timestamp() * 1_000_000)
    parts = [
        str(event.pk),
        str(event.organization_id or ""),
        str(microseconds),
        str(event.actor_id or ""),
        event.action,
        event.target,
        event.data,
    ]
    return json.dumps(parts, ensure_ascii=False).encode()


def verify(chain: UUID) -> Verdict:
    """Walk one chain from its first link to its head, then what it names and its anchors; stops at the first break.

    Rows come in batches, or one statement asks the database of all at once: memory does not grow with the organization.
    """
    events, head, broken = _walk(chain)
    broken = broken or _emptied(chain)
    for check in (_unlinked, _texts, _snapshots, _erasures, _digests):
        broken = broken or check(chain)
    broken = broken or anchors.broken(chain)
    erased = FreeText.objects.filter(organization_id=chain, erased_at__isnull=False).count()
    return Verdict(chain=chain, events=events, head=head.hex(), erased=erased, broken=broken)


def chains() -> list[UUID]:
    """Every chain that left any trace: an event, a link, or an anchor in the table or among the files."""
    found: set[UUID | None] = set(AuditEvent.objects.order_by().values_list("organization_id", flat=True).distinct())
    for rows in (AuditLink.objects, AuditAnchor.objects):
        found.update(rows.order_by().values_list("chain", flat=True).distinct())
    found.update(anchors.published_chains())
    return sorted({pk or INSTALLATION for pk in found})


def _walk(chain: UUID) -> tuple[int, bytes, str]:
    previous, expected = b"", 1
    links: Iterator[AuditLink] = (
        AuditLink.objects.filter(chain=chain).select_related("event").order_by("position").iterator(ROWS_AT_A_TIME)
    )
    for link in links:
        if link.position != expected:
            return expected - 1, previous, f"position {expected} is missing: the next link is {link.position}"
        if bytes(link.previous) != previous:
            return expected - 1, previous, f"link {link.position} does not follow the link before it"
        if (link.event.organization_id or INSTALLATION) != chain:
            return expected - 1, previous, f"event {link.event_id} at position {link.position} belongs to another chain"
        computed = hashlib.sha256(previous + line_of(link.event)).digest()
        if computed != bytes(link.hash):
            return expected - 1, previous, f"event {link.event_id} at position {link.position} is not what was hashed"
        previous, expected = computed, expected + 1
    return expected - 1, previous, ""


def _events(chain: UUID) -> QuerySet[AuditEvent]:
    return AuditEvent.objects.filter(organization_id=None if chain == INSTALLATION else chain)


def _unlinked(chain: UUID) -> str:
    loose = _events(chain).filter(link__isnull=True).order_by("pk").values_list("pk", flat=True).first()
    return f"event {loose} has no link" if loose else ""


def _emptied(chain: UUID) -> str:
    """A walk joins links to events: of links that lost theirs at the tail it sees nothing."""
    events = AuditEvent.objects.filter(pk=OuterRef("event_id"))
    lost = AuditLink.objects.filter(~Exists(events), chain=chain).order_by("position").first()
    return f"event {lost.event_id} at position {lost.position} is missing" if lost else ""


def _texts(chain: UUID) -> str:
    for text in FreeText.objects.filter(organization_id=chain, erased_at__isnull=True).iterator(ROWS_AT_A_TIME):
        if canonical.salted_digest(bytes(text.salt or b""), text.body or "") != text.sha256:
            return f"text {text.pk} is not what was kept"
    return ""


def _snapshots(chain: UUID) -> str:
    for snapshot in Snapshot.objects.filter(organization_id=chain).iterator(ROWS_AT_A_TIME):
        if canonical.digest(snapshot.content) != snapshot.sha256:
            return f"snapshot {snapshot.pk} is not what was shown"
    return ""


def _erasures(chain: UUID) -> str:
    with connection.cursor() as cursor:
        cursor.execute(SILENT.replace("<is>", _its(chain)), {"chain": chain})
        silent = cursor.fetchone()
    return f"text {silent[0]} was erased and no event says so" if silent else ""


def _digests(chain: UUID) -> str:
    with connection.cursor() as cursor:
        cursor.execute(UNMATCHED.replace("<is>", _its(chain)), {"chain": chain})
        found = cursor.fetchone()
    return f"event {found[0]} names as {found[1]} what is no longer there as it was" if found else ""


def _its(chain: UUID) -> str:
    return "IS NULL" if chain == INSTALLATION else "= %(chain)s"
