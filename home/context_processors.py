"""What every page's frame needs: navigation with counts, the organizations to switch between, and how prints sign."""

from django.conf import settings
from django.http import HttpRequest

from operations import clock


def navigation(request: HttpRequest) -> dict[str, object]:
    """Entries the person may open (``label``, ``url``, ``icon``, ``count``, ``is_current``), organizations, stamp.

    ``organizations`` are dictionaries of ``name``, ``url``, ``is_current``; ``stamp`` says when and by which version;
    ``today`` is the day it is in the organization's time zone, for ``relative_day``.
    """
    organization = getattr(request, "organization", None)
    return {
        "navigation": [],
        "organizations": [],
        "stamp": {"made_at": clock.now(), "version": settings.VERSION},
        "today": clock.today(organization.timezone if organization else settings.TIME_ZONE),
    }
