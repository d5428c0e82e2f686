"""The link that signs in whoever works alone: made at their own terminal, it works once."""

import datetime as dt

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, User
from operations import clock


class _Tokens(PasswordResetTokenGenerator):
    """Django's own for resetting a password: whoever signs in or gets a password uses it up. With the one clock."""

    key_salt = "home.just-me"

    def _make_hash_value(self, user: AbstractBaseUser, timestamp: int) -> str:
        """Django leaves the fraction of the second out; a link that was used would open for the rest of it."""
        return f"{user.pk}{user.password}{user.last_login.isoformat() if user.last_login else ''}{timestamp}"

    def _now(self) -> dt.datetime:
        return timezone.make_naive(clock.now(), dt.UTC)


_tokens = _Tokens()


def solo_user() -> User | None:
    """The person of the organization of one here; None where there is none, or there are several."""
    alone = Membership.objects.filter(organization__is_solo=True, organization__locked_at=None).select_related("user")
    found = list(alone[:2])
    return found[0].user if len(found) == 1 else None


def address_for(user: User) -> str:
    """The whole address to open; it works once, within PASSWORD_RESET_TIMEOUT."""
    return settings.PUBLIC_URL + reverse("home:solo-enter", kwargs=arguments_for(user))


def arguments_for(user: User) -> dict[str, object]:
    """What stands in that address."""
    return {"pk": user.pk, "token": _tokens.make_token(user)}


def opens(token: str, user: User) -> bool:
    """Whether this link still signs this person in: they work alone, and it was not used."""
    works_alone = Membership.objects.filter(user=user.pk, organization__is_solo=True).exists()
    return works_alone and _tokens.check_token(user, token)
