"""What happens at the door: signing in, failing to, proving who one is, changing the password."""

import datetime as dt
from uuid import UUID

from allauth.mfa.models import Authenticator
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
def prove_address(*, user: User, means: str, at: dt.datetime, ends_password: bool = True) -> bool:
    """A code that left for the address by mail has come back: from now on the account is known to be its owner's.

    Until then whoever was handed a link may have made it. So their password ends, and with its hash every session that
    is open; their second factors go too, else they would keep the owner out. ``user`` is changed in place, for whoever signs it in next. Logged once, in the installation's chain.

    :param ends_password: False where the owner has just chosen a new one, which ended the sessions already.
    :returns: whether a password was ended.
    """
    if user.address_proved_at is not None:
        return False
    had_password = ends_password and user.has_usable_password()
    if ends_password:
        user.set_unusable_password()
    unproved = User.objects.filter(pk=user.pk, address_proved_at=None)
    if not unproved.update(address_proved_at=at, password=user.password):
        user.refresh_from_db(fields=["address_proved_at", "password"])  # proved elsewhere, at the same moment
        return False
    user.address_proved_at = at
    factors, _kinds = Authenticator.objects.filter(user=user).delete()
    audit.record(
        "person.address_proved",
        by=user.pk,
        organization_id=None,
        at=at,
        target=f"user:{user.pk}",
        means=means,
        has_ended_password=had_password,
        has_removed_factors=bool(factors),
    )
    return had_password


@transaction.atomic
def record_refusal(*, view: str, by: Membership, at: dt.datetime) -> None:
    """Log that somebody tried to change something without the right to."""
    audit.record("person.refused", by=by.user_id, organization_id=by.organization_id, at=at, target=f"view:{view}")
