"""Taking a copy of the log out of the house is itself logged."""

import datetime as dt

from django.db import transaction

from accounts.models import Membership
from audit import actions as audit


@transaction.atomic
def record_export(*, report: str, by: Membership, filters: list[str], at: dt.datetime) -> None:
    """Log that somebody exported a report; ``filters`` are the names of the filters set, never their values."""
    audit.record(
        "report.exported",
        by=by.user_id,
        organization_id=by.organization_id,
        at=at,
        target=f"report:{report}",
        filters=filters,
    )
