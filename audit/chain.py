"""Walking a chain without trusting the application: what ``verify_audit`` and the auditor's page report."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.db import connection

from audit import canonical
from audit.models import AuditAnchor, AuditEvent, AuditLink, FreeText, Snapshot

INSTALLATION = UUID(int=0)
ROWS_AT_A_TIME = 5000

# table → triggers that must exist and be enabled for the log to be what it says it is.
GUARDS = {
    "audit_auditevent": {
        "audit_event_is_chained",
        "audit_auditevent_is_append_only",
        "audit_auditevent_is_not_truncated",
    },
    "audit_auditlink": {
        "audit_link_by_trigger_only",
        "audit_auditlink_is_append_only",
        "audit_auditlink_is_not_truncated",
    },
    "audit_snapshot": {"audit_snapshot_is_append_only", "audit_snapshot_is_not_truncated"},
    "audit_basis": {"audit_basis_is_append_only", "audit_basis_is_not_truncated"},
    "audit_reopening": {"audit_reopening_is_append_only", "audit_reopening_is_not_truncated"},
    "audit_withdrawal": {"audit_withdrawal_is_append_only", "audit_withdrawal_is_not_truncated"},
    "audit_freetext": {"audit_freetext_only_erased", "audit_freetext_is_not_truncated"},
}


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
    """Walk one chain from its first link to its head, then texts, snapshots and anchors; stops at the first break."""
    events, head, broken = _walk(chain)
    of_chain = {"organization_id": None if chain == INSTALLATION else chain}
    for check in (_unlinked, _texts, _snapshots):
        broken = broken or check(of_chain)
    broken = broken or _anchors(chain)
    erased = FreeText.objects.filter(**of_chain, erased_at__isnull=False).count() if chain != INSTALLATION else 0
    return Verdict(chain=chain, events=events, head=head.hex(), erased=erased, broken=broken)


def disabled_guards() -> list[str]:
    """Triggers that should refuse writes and are missing or switched off, as ``table.trigger``."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
            " WHERE relname = ANY (%s) AND tgenabled IN ('O', 'A')",
            [list(GUARDS)],
        )
        enabled = set(cursor.fetchall())
    return sorted(
        f"{table}.{trigger}"
        for table, triggers in GUARDS.items()
        for trigger in triggers
        if (table, trigger) not in enabled
    )


def chains() -> list[UUID]:
    """Every chain that has at least one event, the installation's included."""
    found = AuditEvent.objects.order_by().values_list("organization_id", flat=True).distinct()
    return [pk or INSTALLATION for pk in found]


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


def _unlinked(of_chain: dict[str, UUID | None]) -> str:
    loose = AuditEvent.objects.filter(**of_chain, link__isnull=True).order_by("pk").values_list("pk", flat=True).first()
    return f"event {loose} has no link" if loose else ""


def _texts(of_chain: dict[str, UUID | None]) -> str:
    if of_chain["organization_id"] is None:
        return ""
    for text in FreeText.objects.filter(**of_chain, erased_at__isnull=True).iterator(ROWS_AT_A_TIME):
        if canonical.salted_digest(bytes(text.salt or b""), text.body or "") != text.sha256:
            return f"text {text.pk} is not what was kept"
    return ""


def _snapshots(of_chain: dict[str, UUID | None]) -> str:
    if of_chain["organization_id"] is None:
        return ""
    for snapshot in Snapshot.objects.filter(**of_chain).iterator(ROWS_AT_A_TIME):
        if canonical.digest(snapshot.content) != snapshot.sha256:
            return f"snapshot {snapshot.pk} is not what was shown"
    return ""


def _anchors(chain: UUID) -> str:
    for anchor in AuditAnchor.objects.filter(chain=chain).order_by("position").iterator(ROWS_AT_A_TIME):
        broken = check_anchor(chain, anchor.position, anchor.hash, anchor.signature)
        if broken:
            return broken
    return ""


def check_anchor(chain: UUID, position: int, hash_: str, signature: str) -> str:
    """What is wrong with a published head, as a sentence; empty when the chain still holds it."""
    try:
        Signer(salt="audit.anchor").unsign_object(signature)
    except BadSignature:
        return f"the anchor at position {position} is not signed with this installation's key"
    if Signer(salt="audit.anchor").unsign_object(signature) != [str(chain), position, hash_]:
        return f"the anchor at position {position} was changed"
    link = AuditLink.objects.filter(chain=chain, position=position).first()
    if link is None or bytes(link.hash).hex() != hash_:
        return f"the chain no longer holds what was anchored at position {position}: it was cut or rewritten"
    return ""
