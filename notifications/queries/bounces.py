"""Whom mail doesn't reach."""

from collections.abc import Iterable

from django.db.models import F, Func, QuerySet, TextField

from accounts.models import Membership
from notifications.models import Bounce


class _Digest(Func):
    """SHA-256 of a text, as hexadecimal digits."""

    template = "encode(sha256(convert_to(%(expressions)s, 'UTF8')), 'hex')"
    output_field = TextField()


def standing_bounces() -> QuerySet[Bounce]:
    """Open ones of the addresses that people have now."""
    return Bounce.objects.filter(cleared_at=None, address_sha256=_Digest(F("membership__user__email")))


def bounce_of(membership: Membership) -> Bounce | None:
    """Since when, and why, mail to this person doesn't arrive."""
    return standing_bounces().filter(membership=membership).select_related("mail", "marked_by").first()


def out_of_reach(membership_ids: Iterable[int]) -> set[int]:
    """Those of these people whom mail doesn't reach."""
    return set(standing_bounces().filter(membership__in=membership_ids).values_list("membership_id", flat=True))
