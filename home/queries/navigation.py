"""Where one person may go, and what waits for them there: one table."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import AccessPeriod, Membership, Organization
from accounts.rights import Right
from home.queries.waiting import Waiting


@dataclass(frozen=True)
class Place:
    """One entry of the navigation: shown to whoever holds one of ``rights``; ``waiting`` names its count."""

    label: str | Promise
    icon: str
    url_name: str
    rights: frozenset[Right]
    waiting: str = ""


# In order; a phone's bottom bar shows the first four that the person may open.
PLACES = (
    Place(_("Home"), "home", "home:organization", frozenset({Right.HOME_VIEW})),
    Place(_("Reports"), "reports", "reports:audit-list", frozenset({Right.AUDIT_VIEW})),
)


def places_of(
    organization: Organization, *, rights: frozenset[Right], waiting: Waiting, path: str
) -> list[dict[str, object]]:
    """The entries this person may open, with what waits for them; the one they are in is marked.

    :param path: the address of the page; the entry whose address it begins with is the current one.
    """
    entries = [
        {
            "label": place.label,
            "url": reverse(place.url_name, args=[organization.slug]),
            "icon": place.icon,
            "count": getattr(waiting, place.waiting) if place.waiting else 0,
        }
        for place in PLACES
        if place.rights & rights
    ]
    home = organization.get_absolute_url()
    around = [str(entry["url"]) for entry in entries if path.startswith(str(entry["url"])) and entry["url"] != home]
    here = max(around, key=len, default=path)
    return [{**entry, "is_current": entry["url"] == here} for entry in entries]


def organizations_of(user_id: object, *, current: Organization | None) -> list[dict[str, object]]:
    """The organizations this person belongs to now, for the switch and for pages that lead nowhere."""
    open_access = AccessPeriod.objects.open().filter(
        membership__user=user_id, membership__organization__locked_at__isnull=True
    )
    memberships = (
        Membership.objects.filter(access_periods__in=open_access)
        .select_related("organization")
        .order_by("organization__name", "pk")
    )
    return [
        {
            "name": membership.organization.name,
            "url": membership.organization.get_absolute_url(),
            "is_current": current is not None and membership.organization_id == current.pk,
        }
        for membership in memberships
    ]
