"""What a session says of how it began: when, and by whose provider, so that an organization can insist on its own."""

import datetime as dt
from uuid import UUID

from django.http import HttpRequest

from accounts.models import SingleSignOn, User
from operations import clock

# How signing in by an organization's provider is called in the log, and towards django-allauth.
MEANS = "single-sign-on"
_KEY = "accounts_vouched"
_CAME_IN = "accounts_came_in"


def vouch(request: HttpRequest, sign_on: SingleSignOn, user: User) -> None:
    """Remember that the organization's provider has vouched for ``user`` in this session."""
    request.session[_KEY] = {
        **request.session.get(_KEY, {}),
        str(sign_on.organization_id): {
            "user": str(user.pk),
            "round": sign_on.round,
        },
    }


def is_vouched(request: HttpRequest, organization_id: UUID, *, round: int) -> bool:
    """Whether whoever is signed in came by the organization's provider, as it was configured in this round."""
    return _of(request, organization_id).get("round") == round


def came_in(request: HttpRequest, *, at: dt.datetime) -> None:
    """Remember when somebody showed who they are to open this session; never of a provider, which may have asked them nothing."""
    request.session[_CAME_IN] = at.isoformat()


def came_in_within(request: HttpRequest, duration: dt.timedelta) -> bool:
    """Whether whoever is signed in showed who they are no longer ago."""
    at = request.session.get(_CAME_IN)
    return at is not None and abs(clock.now() - dt.datetime.fromisoformat(at)) < duration


def _of(request: HttpRequest, organization_id: UUID) -> dict[str, object]:
    said: dict[str, object] = request.session.get(_KEY, {}).get(str(organization_id), {})
    return said if said.get("user") == str(request.user.pk) else {}
