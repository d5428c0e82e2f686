"""Who has a second factor, and who has to."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from accounts.models import AccessPeriod, GroupPeriod, Membership, Organization, User
from accounts.queries.standing import standing_of, with_standing
from accounts.rights import needs_second_factor

# Recovery codes stand in for one of these; alone they are none.
SECOND_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def with_factors(memberships: QuerySet[Membership]) -> QuerySet[Membership]:
    """The same memberships with ``factor_types``: of what types the person has factors, recovery codes among them."""
    held = Authenticator.objects.filter(user=OuterRef("user_id")).values("type")
    return memberships.annotate(factor_types=ArraySubquery(held))


def factors_held(request: Any) -> frozenset[str]:
    """Of what types the person who is signed in has factors; read once per request, in the frame's own query if it can."""
    if getattr(request, "factors", None) is None:
        held = Authenticator.objects.filter(user=request.user.pk)
        request.factors = frozenset(held.values_list("type", flat=True))
    return request.factors


def has_second_factor(request: Any) -> bool:
    """Whether the person who is signed in has a second factor of their own, with which they confirm who they are."""
    return not factors_held(request).isdisjoint(SECOND_FACTORS)


def organizations_requiring(user: User) -> list[Organization]:
    """The organizations that require a second factor of this person now."""
    asking = user.memberships.exclude(organization__second_factor=Organization.SecondFactor.NOBODY)
    memberships = with_standing(asking.filter(organization__locked_at=None).select_related("organization"))
    return [one.organization for one in memberships if is_required_of(one)]


def is_required_of(membership: Any) -> bool:
    """Whether the organization requires a second factor of a membership from ``with_standing``; of nobody who has left."""
    standing = standing_of(membership)
    return standing.level is not None and needs_second_factor(
        membership.organization.second_factor, level=standing.level, is_signer=bool(standing.groups)
    )


def lacking_factors(organization: Organization) -> dict[str, int]:
    """How many people would have to set a second factor up now, by of whom it is required."""
    has_one = Authenticator.objects.filter(user=OuterRef("membership__user_id"), type__in=SECOND_FACTORS)
    signs = GroupPeriod.objects.open().filter(membership=OuterRef("membership_id"))
    here = AccessPeriod.objects.open().filter(organization=organization).annotate(signs=Exists(signs))
    level = AccessPeriod.Level
    decides = Q(level__in=[level.OWNER, level.MANAGER, level.GUEST]) | Q(signs=True)
    return here.filter(~Exists(has_one)).aggregate(who_decides=Count("pk", filter=decides), everybody=Count("pk"))
