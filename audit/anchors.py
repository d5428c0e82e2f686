"""Publishing signed heads outside the database; without them a superuser could cut or rewrite the tail unseen."""

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from functools import partial
from itertools import chain as one_after_the_other
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import connection, transaction

from audit.actions import LOCK_SPACE
from audit.models import AuditAnchor, AuditLink
from operations.sweeps import each

ROWS_AT_A_TIME = 5000

# The heads above their chain's last anchor. From chain to chain and from head to head by index: what was linked ever
# since the installation began is not read.
MOVED = """
WITH RECURSIVE every(chain) AS (
    (SELECT chain FROM audit_auditlink ORDER BY chain LIMIT 1)
    UNION ALL
    SELECT (SELECT link.chain FROM audit_auditlink link WHERE link.chain > every.chain ORDER BY link.chain LIMIT 1)
    FROM every WHERE every.chain IS NOT NULL
)
SELECT head.* FROM every
CROSS JOIN LATERAL (
    SELECT * FROM audit_auditlink link WHERE link.chain = every.chain ORDER BY link.position DESC LIMIT 1) head
WHERE head.position > coalesce(
    (SELECT max(anchor.position) FROM audit_auditanchor anchor WHERE anchor.chain = every.chain), 0)
"""


def publish_anchors(*, at: dt.datetime) -> int:
    """Sign the head of every chain that has moved since its last anchor; returns how many were published.

    :raises SomeFailed: that of one chain could not be published; the others' are.
    """
    moved = AuditLink.objects.raw(MOVED)
    return each((f"chain:{link.chain}", partial(_publish, link, at=at)) for link in moved)


@transaction.atomic
def _publish(link: AuditLink, *, at: dt.datetime) -> int:
    """Publish one head; whoever comes while another is publishing, or after it, leaves it to them.

    The line is appended to ``STATE_DIR/anchors/<chain>.jsonl`` first: a file may hold a head that the table lacks,
    never the other way round.
    """
    with connection.cursor() as cursor:
        name = f"audit.anchors {link.chain}"
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, hashtext(%s))", [LOCK_SPACE, name])
        if not cursor.fetchone()[0]:
            return 0
    if AuditAnchor.objects.filter(chain=link.chain, position__gte=link.position).exists():
        return 0
    hash_ = bytes(link.hash).hex()
    signature = Signer(salt="audit.anchor").sign_object([str(link.chain), link.position, hash_])
    line = {"at": at.isoformat(), "hash": hash_, "position": link.position, "signature": signature}
    _append(link.chain, line)
    AuditAnchor.objects.create(chain=link.chain, position=link.position, hash=hash_, signature=signature, at=at)
    return 1


def published_lines(chain: UUID) -> Iterator[dict[str, Any]]:
    """The heads published to the file of a chain, oldest first."""
    path = _path(chain)
    if path.exists():
        with path.open() as file:
            yield from map(json.loads, file)


def published_chains() -> list[UUID]:
    """Every chain that has a file."""
    return [UUID(path.stem) for path in _directory().glob("*.jsonl")]


def broken(chain: UUID) -> str:
    """The first published head, of the table or the file, that is forged or no longer held by the chain, as a sentence;
    empty when the chain holds them all."""
    rows = AuditAnchor.objects.filter(chain=chain).order_by("position").values("position", "hash", "signature")
    published = one_after_the_other(rows.iterator(ROWS_AT_A_TIME), published_lines(chain))
    try:
        while some := list(islice(published, ROWS_AT_A_TIME)):
            positions = [anchor["position"] for anchor in some]
            links = AuditLink.objects.filter(chain=chain, position__in=positions).values_list("position", "hash")
            held = {position: bytes(hash_).hex() for position, hash_ in links}
            for anchor in some:
                if wrong := _wrong(chain, anchor, held.get(anchor["position"])):
                    return wrong
    except json.JSONDecodeError:
        return f"{_path(chain)} holds a line that is no anchor"
    return ""


def _wrong(chain: UUID, anchor: Mapping[str, Any], held: str | None) -> str:
    position = anchor["position"]
    try:
        signed = Signer(salt="audit.anchor").unsign_object(anchor["signature"])
    except BadSignature:
        return f"the anchor at position {position} is not signed with this installation's key"
    if signed != [str(chain), position, anchor["hash"]]:
        return f"the anchor at position {position} was changed"
    if held != anchor["hash"]:
        return f"the chain no longer holds what was anchored at position {position}: it was cut or rewritten"
    return ""


def _append(chain: UUID, line: dict[str, object]) -> None:
    path = _path(chain)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        file.write(json.dumps(line, sort_keys=True) + "\n")


def _path(chain: UUID) -> Path:
    return _directory() / f"{chain}.jsonl"


def _directory() -> Path:
    return Path(settings.STATE_DIR) / "anchors"
