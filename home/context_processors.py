"""What every page's frame needs: navigation with counts, the organizations to switch between, and how prints sign."""

from django.conf import settings
from django.utils.functional import SimpleLazyObject

from accounts.http import OnePersonRequest, OrganizationRequest
from accounts.queries import standing_of
from home.queries.demo import is_demo_on_its_way
from home.queries.frame import Belonging, Frame, Waiting, frame_of
from home.queries.mine import Stand, stand_of
from home.queries.navigation import home_alone, places_of
from home.queries.set_up_links import waits_for_set_up
from notifications.queries import out_of_reach
from operations import clock


def navigation(request: OrganizationRequest) -> dict[str, object]:
    """Entries the person may open (``label``, ``url``, ``icon``, ``count``, ``is_current``), organizations, stamp.

    ``organizations`` have ``name``, ``url``, ``is_current``; ``stamp`` says when and by which version;
    ``usage_asked`` is *What do you use today?* until the person has said it, ``usage_said`` while they may change it;
    ``today`` is the day it is in the organization's time zone, for ``relative_day``; ``demo_is_on_its_way`` and
    ``waits_for_set_up`` are for who comes before anybody can sign in.
    What asks the database does so when a page uses it: a fragment without the frame costs nothing.
    """
    organization = getattr(request, "organization", None)
    now = clock.now()
    return {
        "navigation": SimpleLazyObject(lambda: _places(request)),
        "organizations": SimpleLazyObject(lambda: _organizations(request)),
        "usage_asked": SimpleLazyObject(lambda: _usage(request).usage),
        "usage_said": SimpleLazyObject(lambda: _usage(request).usage_said),
        "demo_is_on_its_way": SimpleLazyObject(is_demo_on_its_way),
        "waits_for_set_up": SimpleLazyObject(waits_for_set_up),
        "stamp": {"made_at": now, "version": settings.VERSION},
        "today": clock.day_of(now, organization.timezone if organization else settings.TIME_ZONE),
    }


def stand(request: OnePersonRequest) -> dict[str, object]:
    """``person_stands``: how the person stands whose page this is (home/queries/mine.py), asked by that page alone."""
    return {"person_stands": SimpleLazyObject(lambda: _stand(request))}


def reach(request: OrganizationRequest) -> dict[str, object]:
    """``out_of_reach``: those of the people of this page whom mail doesn't reach, asked by pages of people alone."""
    return {"out_of_reach": SimpleLazyObject(lambda: _out_of_reach(request))}


def frame_for(request: OrganizationRequest) -> Frame:
    """The frame of the person whose page this is, asked once per request."""
    kept: dict[str, Frame] = vars(request)
    if "frame" not in kept:
        kept["frame"] = frame_of(request.membership, at=clock.now(), items=vars(request).get("items_left"))
    return kept["frame"]


def _places(request: OrganizationRequest) -> list[dict[str, object]]:
    if getattr(request, "membership", None) is None:
        return home_alone() if request.user.is_authenticated else []
    waiting = frame_for(request).waiting
    return places_of(request.organization, rights=request.rights, waiting=waiting, path=request.path)


def _organizations(request: OrganizationRequest) -> list[Belonging]:
    return [] if getattr(request, "membership", None) is None else frame_for(request).organizations


def _usage(request: OrganizationRequest) -> Frame:
    return Frame(Waiting(), []) if getattr(request, "membership", None) is None else frame_for(request)


def _out_of_reach(request: OrganizationRequest) -> set[int]:
    shown = vars(request)
    people = shown.get("people_shown") or [shown["person_shown"]]
    return out_of_reach(person.pk for person in people)


def _stand(request: OnePersonRequest) -> Stand | None:
    person, at = request.person_shown, clock.now()
    standing = standing_of(person)
    if standing.level is None:
        return None
    return stand_of(person, standing, at=at, today=clock.day_of(at, request.organization.timezone))
