"""Where one person may go, and what waits for them there: one table."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from accounts.rights import Right
from home.queries.frame import Waiting


@dataclass(frozen=True)
class Place:
    """One entry of the navigation: shown to whoever holds one of ``rights``; ``waiting`` names its count."""

    key: str
    label: str | Promise
    icon: str
    url_name: str
    rights: frozenset[Right]
    waiting: str = ""


def _place(key: str, label: str | Promise, icon: str, url_name: str, *rights: Right, waiting: str = "") -> Place:
    return Place(key, label, icon, url_name, frozenset(rights), waiting)


# In order; a phone's bottom bar shows the first four that the person may open.
PLACES = (
    _place("home", _("Home"), "home", "home:organization", Right.HOME_VIEW),
    _place("inbox", _("Inbox"), "bell", "home:inbox", Right.SIGN_OFF_SIGN, Right.DECISION_PROPOSE),
    _place("list", _("My list"), "my-list", "checklists:task-list", Right.LIST_ANSWER, waiting="items"),
    _place(
        "sign_offs", _("Sign-offs"), "sign-offs", "governance:sign-off-list", Right.SIGN_OFF_VIEW, waiting="sign_offs"
    ),
    _place("progress", _("Progress"), "flag", "checklists:progress-list", Right.TEAM_PROGRESS_VIEW),
    _place("routes", _("Routes"), "routes", "governance:route-list", Right.ROUTE_VIEW),
    _place("decisions", _("Decisions"), "policies", "governance:decision-list", Right.DECISION_VIEW),
    _place("policies", _("Policies"), "document", "catalog:source-list", Right.POLICY_VIEW),
    _place("checklists", _("Checklists"), "checklists", "checklists:checklist-list", Right.CHECKLIST_VIEW),
    _place("questions", _("Questions"), "ask", "checklists:question-list", Right.LIST_ANSWER, waiting="questions"),
    _place("reviews", _("Reviews"), "reviews", "reviews:review-list", Right.REVIEW_VIEW, waiting="reviews"),
    _place("people", _("People"), "people", "accounts:person-list", Right.PEOPLE_VIEW),
    _place("reports", _("Reports"), "reports", "reports:audit-list", Right.AUDIT_VIEW),
    _place("mail", _("Mail"), "mail", "notifications:mail-list", Right.MAIL_VIEW),
    _place("settings", _("Settings"), "settings", "accounts:settings-edit", Right.SETTINGS_EDIT),
)


# What somebody who works alone has no use for.
OF_COMPANIES = frozenset({"inbox", "sign_offs", "policies", "progress", "questions", "people", "reports", "mail"})


# Pages that stand under another address than the entry they belong to.
BELONGS = {"adoption/": "reviews"}


def links_of(organization: Organization, *, rights: frozenset[Right]) -> dict[str, str]:
    """The addresses of the places this person may open, and of their lists, by key: the only links that home shows."""
    links = _addresses(organization, rights)
    if "progress" in links:
        links["cleared"] = reverse("checklists:clearance-list", args=[organization.slug])
    return links


def places_of(
    organization: Organization, *, rights: frozenset[Right], waiting: Waiting, path: str
) -> list[dict[str, object]]:
    """The entries this person may open, with what waits for them; the one they are in is marked.

    :param path: the address of the page; the entry whose address it begins with is the current one.
    """
    links = _addresses(organization, rights)
    home = organization.get_absolute_url()
    around = [url for url in links.values() if path.startswith(url) and url != home]
    around += [links[key] for part, key in BELONGS.items() if key in links and path.startswith(f"{home}{part}")]
    here = max(around, key=len, default=path)
    return [
        {
            "label": place.label,
            "url": links[place.key],
            "icon": place.icon,
            "count": getattr(waiting, place.waiting) if place.waiting else 0,
            "is_current": links[place.key] == here,
        }
        for place in PLACES
        if place.key in links
    ]


def home_alone() -> list[dict[str, object]]:
    """The way back from pages that belong to no organization, such as one's profile."""
    home = PLACES[0]
    return [{"label": home.label, "url": reverse("home:start"), "icon": home.icon, "count": 0, "is_current": False}]


def _addresses(organization: Organization, rights: frozenset[Right]) -> dict[str, str]:
    return {
        place.key: reverse(place.url_name, args=[organization.slug])
        for place in PLACES
        if place.rights & rights and not (organization.is_solo and place.key in OF_COMPANIES)
    }
