"""A refusal changes nothing: no row, no event, no mail."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection

from accounts.models import AccessPeriod, GroupPeriod, Invitation, LeadPeriod, Membership, Placement, Team, User
from audit.models import AuditEvent
from notifications.models import OutgoingMail
from operations.errors import ActionRefused

KINDS = (
    AccessPeriod,
    AuditEvent,
    GroupPeriod,
    Invitation,
    LeadPeriod,
    Membership,
    OutgoingMail,
    Placement,
    Team,
    User,
)


def everything() -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table an action on people may touch."""
    return {kind.__name__: sorted(kind.objects.values_list(), key=repr) for kind in KINDS}


@contextmanager
def refused(because: str) -> Iterator[None]:
    """The block is refused with a sentence that has these words, and leaves everything as it was."""
    before = everything()
    with pytest.raises(ActionRefused, match=because):
        yield
    connection.check_constraints()
    assert everything() == before


def logged() -> list[str]:
    """The actions in the log, oldest first."""
    connection.check_constraints()
    return list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))
