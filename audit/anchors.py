"""Publishing signed heads outside the database; without them a superuser could cut or rewrite the tail unseen."""

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.core.signing import Signer
from django.db import connection, transaction
from django.db.models import Max

from audit.actions import LOCK_SPACE
from audit.models import AuditAnchor, AuditLink


@transaction.atomic
def publish_anchors(*, at: dt.datetime) -> int:
    """Sign the head of every chain that has moved since its last anchor; returns how many were published.

    Whoever comes while another is publishing leaves it to them.

    The line is appended to ``STATE_DIR/anchors/<chain>.jsonl`` first: a file may hold a head that the table lacks,
    never the other way round.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, hashtext('audit.anchors'))", [LOCK_SPACE])
        if not cursor.fetchone()[0]:
            return 0
    anchored = dict(AuditAnchor.objects.values_list("chain").annotate(Max("position")))
    heads = AuditLink.objects.order_by("chain", "-position").distinct("chain")
    published = 0
    for link in heads:
        if anchored.get(link.chain, 0) >= link.position:
            continue
        hash_ = bytes(link.hash).hex()
        signature = Signer(salt="audit.anchor").sign_object([str(link.chain), link.position, hash_])
        line = {"at": at.isoformat(), "hash": hash_, "position": link.position, "signature": signature}
        _append(link.chain, line)
        AuditAnchor.objects.create(chain=link.chain, position=link.position, hash=hash_, signature=signature, at=at)
        published += 1
    return published


def published_lines(chain: UUID) -> Iterator[dict[str, str]]:
    """The heads published to the file of a chain, oldest first."""
    path = _path(chain)
    if path.exists():
        for line in path.read_text().splitlines():
            yield json.loads(line)


def _append(chain: UUID, line: dict[str, object]) -> None:
    path = _path(chain)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        file.write(json.dumps(line, sort_keys=True) + "\n")


def _path(chain: UUID) -> Path:
    return Path(settings.STATE_DIR) / "anchors" / f"{chain}.jsonl"
