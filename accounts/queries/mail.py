"""Whom mail reaches: what is only kept here, to be read, proves nothing about the person it is addressed to."""

from django.conf import settings

from accounts.models import Invitation, Organization, User


def leaves_the_house(organization: Organization | None) -> bool:
    """Whether mail of this organization is sent; everybody's while no mail is set up is not, nor that of the demo company or
    of one who works alone: they have no address."""
    stays = organization is not None and (organization.is_demo or organization.is_solo)
    return bool(settings.MAIL_TRANSPORT) and not stays


def only_demo_of(user: User | None) -> Organization | None:
    """The demo organization of a person who belongs to no other, and whom no other has invited."""
    if user is None:
        return None
    organizations = list(Organization.objects.filter(memberships__user=user)[:2])
    if len(organizations) != 1 or not organizations[0].is_demo:
        return None
    waiting = Invitation.objects.filter(email=user.email, accepted_at=None, withdrawn_at=None)
    return None if waiting.filter(organization__is_demo=False).exists() else organizations[0]


def reaches(user: User) -> bool:
    """Whether a code for this person leaves by mail."""
    return leaves_the_house(only_demo_of(user))


def must_prove_address(user: User) -> bool:
    """Whether nobody has seen yet that the address is this person's, though a code could show it."""
    return user.address_proved_at is None and reaches(user)
