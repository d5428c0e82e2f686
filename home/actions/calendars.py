"""A person's calendar link: made, renewed and ended by the person alone."""

import datetime as dt
import secrets

from django.db import transaction

from accounts.actions.locks import lock_membership
from accounts.models import Membership
from audit.actions import record
from home.models import CalendarFeed
from home.queries.calendars import digest_of


@transaction.atomic
def make_feed(*, membership: Membership, at: dt.datetime) -> str:
    """Make the person's calendar link; one that was there before ends. Returns its token, which is not kept."""
    lock_membership(membership)
    _end_open(membership, at)
    token = secrets.token_urlsafe(32)
    CalendarFeed.objects.create(
        organization=membership.organization, membership=membership, token_sha256=digest_of(token), made_at=at
    )
    _record("person.calendar_made", membership, at)
    return token


@transaction.atomic
def end_feed(*, membership: Membership, at: dt.datetime) -> None:
    """End the person's calendar link: from now on nothing is found there. Twice is once."""
    lock_membership(membership)
    if _end_open(membership, at):
        _record("person.calendar_ended", membership, at)


def _end_open(membership: Membership, at: dt.datetime) -> int:
    return CalendarFeed.objects.filter(membership=membership, ended_at=None).update(ended_at=at)


def _record(action: str, membership: Membership, at: dt.datetime) -> None:
    record(
        action,
        by=membership.user_id,
        organization_id=membership.organization_id,
        at=at,
        target=f"membership:{membership.pk}",
    )
