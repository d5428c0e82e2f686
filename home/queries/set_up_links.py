"""The link that founds an organization: signed, never stored; its row says whether it may still be used."""

import datetime as dt

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from accounts.models import Organization
from home.models import SetUpLink
from home.queries.demo import is_demo_on_its_way

_signer = Signer(salt="home.set-up")


def token_of(link: SetUpLink) -> str:
    """The signed token of a link."""
    return _signer.sign(str(link.pk))


def address_of(link: SetUpLink, *, is_solo: bool = False) -> str:
    """The whole address to open; ``is_solo``: for somebody who works alone."""
    return settings.PUBLIC_URL + reverse("home:set-up-solo" if is_solo else "home:set-up", args=[token_of(link)])


def link_of(token: str) -> SetUpLink | None:
    """The link a token stands for; None when it isn't one of ours."""
    try:
        return SetUpLink.objects.filter(pk=_signer.unsign(token)).first()
    except BadSignature:
        return None


def waits_for_set_up() -> bool:
    """Whether there is nothing to sign in to: no organization, besides a demo that was removed, and none is on its way."""
    return not Organization.objects.filter(locked_at=None).exists() and not is_demo_on_its_way()


def is_usable(link: SetUpLink | None, *, at: dt.datetime) -> bool:
    """Whether the link may still found an organization."""
    return link is not None and link.used_at is None and link.expires_at > at
