"""What every page's frame needs: navigation with counts, the organizations to switch between, and how prints sign."""

from django.conf import settings
from django.utils.functional import SimpleLazyObject

from accounts.http import OrganizationRequest
from home.queries.demo import is_demo_on_its_way
from home.queries.navigation import organizations_of, places_of
from home.queries.waiting import Waiting, waiting_for_person
from operations import clock


def navigation(request: OrganizationRequest) -> dict[str, object]:
    """Entries the person may open (``label``, ``url``, ``icon``, ``count``, ``is_current``), organizations, stamp.

    ``organizations`` are dictionaries of ``name``, ``url``, ``is_current``; ``stamp`` says when and by which version;
    ``today`` is the day it is in the organization's time zone, for ``relative_day``; ``demo_is_on_its_way`` is for who
    comes before anybody can sign in.
    What asks the database does so when a page uses it: a fragment without the frame costs nothing.
    """
    organization = getattr(request, "organization", None)
    now = clock.now()
    return {
        "navigation": SimpleLazyObject(lambda: _places(request)),
        "organizations": SimpleLazyObject(lambda: _organizations(request)),
        "demo_is_on_its_way": SimpleLazyObject(is_demo_on_its_way),
        "stamp": {"made_at": now, "version": settings.VERSION},
        "today": clock.day_of(now, organization.timezone if organization else settings.TIME_ZONE),
    }


def waiting_of(request: OrganizationRequest) -> Waiting:
    """What waits for the person whose page this is, counted once per request."""
    kept: dict[str, Waiting] = vars(request)
    if "waiting" not in kept:
        kept["waiting"] = waiting_for_person(request.membership, at=clock.now())
    return kept["waiting"]


def _places(request: OrganizationRequest) -> list[dict[str, object]]:
    if getattr(request, "membership", None) is None:
        return []
    return places_of(request.organization, rights=request.rights, waiting=waiting_of(request), path=request.path)


def _organizations(request: OrganizationRequest) -> list[dict[str, object]]:
    if getattr(request, "membership", None) is None:
        return []
    return organizations_of(request.user.pk, current=request.organization)
