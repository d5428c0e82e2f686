"""What happens at the door: signing in, failing to, confirming who one is, changing the password."""

import datetime as dt
from uuid import UUID

from django.db import transaction

from accounts.models import Membership, User
from accounts.queries import organization_ids_of
from audit import actions as audit


def record_at_door(action: str, *, user: User | None, by: UUID | None, at: dt.datetime, **data: object) -> None:
    """Log ``action`` in the chain of each organization the person belongs to, else in the installation's.

    One transaction per organization (a handful): two chains are never locked by one. What was typed is never logged:
    an address nobody has is one event without a subject.
    """
    target = f"user:{user.pk}" if user else ""
    organizations: list[UUID | None] = [*organization_ids_of(user)] if user else []
    for organization_id in organizations or [None]:
        with transaction.atomic():
            audit.record(action, by=by, organization_id=organization_id, at=at, target=target, **data)


@transaction.atomic
def record_refusal(*, view: str, by: Membership, at: dt.datetime) -> None:
    """Log that somebody tried to change something without the right to."""
    audit.record("person.refused", by=by.user_id, organization_id=by.organization_id, at=at, target=f"view:{view}")
