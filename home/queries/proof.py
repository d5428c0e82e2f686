"""Where the proof is, for an auditor: how long the log is, and which of its heads was published last."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db.models import OuterRef, Subquery

from audit.models import AuditAnchor, AuditLink


@dataclass(frozen=True)
class Proof:
    """The head of an organization's log, and the newest head that was published outside the database."""

    events: int = 0
    newest_at: dt.datetime | None = None
    anchored: int | None = None
    anchored_at: dt.datetime | None = None


def proof_of(organization_id: UUID) -> Proof:
    """The head of the log now."""
    anchors = AuditAnchor.objects.filter(chain=OuterRef("chain")).order_by("-position")
    head = (
        AuditLink.objects.filter(chain=organization_id)
        .order_by("-position")
        .values_list(
            "position", "event__at", Subquery(anchors.values("position")[:1]), Subquery(anchors.values("at")[:1])
        )
        .first()
    )
    return Proof(*head) if head else Proof()
