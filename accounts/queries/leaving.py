"""What waits for somebody who leaves, and to whom it goes."""

from django.db import connection

from accounts.models import Membership
from accounts.queries.recorded import ids_of
from operations.leaving import Waits, all_that_waits


def waiting_for(membership: Membership) -> list[tuple[Waits, int]]:
    """The kinds of things that wait for this person, and how many of each; one query."""
    kinds = all_that_waits()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(f'({kind.count})' for kind in kinds)}", ids_of(membership))
        return [(kind, count) for kind, count in zip(kinds, cursor.fetchone(), strict=True) if count]
