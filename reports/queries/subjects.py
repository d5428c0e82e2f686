"""What the subjects of events are called now, and where each is read: the chain holds ids only.

Whoever reads the log may read everything named here; a subject that is gone, or of another organization, keeps its id.
"""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import CharField, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce
from django.urls import reverse

from accounts.models import Invitation, JobRole, Membership, Organization, SignOffGroup, Team
from accounts.queries import name_of
from catalog.models import AccessRoute
from checklists.models import Checklist, Item, ItemRevision, Upload
from governance.models import Agreement, Paper, Question, RouteDecision, SignOff
from reports.words import KINDS
from reviews.models import AdoptionReview, AdoptionTerms, Review

_NAME_OF_MEMBER = name_of("user")
_NEWEST_WORDS = ItemRevision.objects.filter(item=OuterRef("pk")).order_by("-pk").values("question")[:1]
_NEWEST_NAME = AdoptionTerms.objects.filter(review=OuterRef("pk")).order_by("-pk").values("name")[:1]

# Kind → whose rows, and what they are called. People are found by membership and by user.
_NAMED: dict[str, tuple[type, Combinable]] = {
    "adoption": (AdoptionReview, Subquery(_NEWEST_NAME)),
    "agreement": (Agreement, F("route__name")),
    "checklist": (Checklist, F("name")),
    "decision": (RouteDecision, F("route__name")),
    "invitation": (Invitation, F("email")),
    "item": (Item, Subquery(_NEWEST_WORDS)),
    "job-role": (JobRole, F("name")),
    "membership": (Membership, _NAME_OF_MEMBER),
    "paper": (Paper, F("name")),
    "question": (Question, F("title")),
    "review": (Review, Coalesce("decision__route__name", "checklist__name")),
    "sign-off": (SignOff, F("title")),
    "sign-off-group": (SignOffGroup, F("name")),
    "team": (Team, F("name")),
    "upload": (Upload, F("name")),
}
_PAGES = {
    "adoption": "reviews:adoption-board",
    "checklist": "checklists:checklist-detail",
    "decision": "governance:decision-detail",
    "membership": "accounts:person-detail",
    "review": "reviews:review-close",
    "route": "governance:route-detail",
    "sign-off": "governance:sign-off-sign",
    "user": "accounts:person-detail",
}


@dataclass(frozen=True)
class Subject:
    """What an event happened to, for display: of which kind, called what, read where, and found how in the log."""

    kind: str
    name: str = ""
    url: str = ""
    code: str = ""


def subjects_of(organization: Organization, targets: Collection[str]) -> dict[str, Subject]:
    """Each target with its name and page, in one query however many there are."""
    wanted: dict[str, set[str]] = {}
    for target in targets:
        kind, _colon, key = target.partition(":")
        wanted.setdefault(kind, set()).add(key)
    found = {(kind, key): (name, pk) for kind, key, name, pk in _rows(organization, wanted)}
    return {target: _subject(organization, target, found) for target in targets}


def _rows(organization: Organization, wanted: dict[str, set[str]]) -> list[tuple[str, str, str, str]]:
    parts = [
        _part(kind, model.objects.filter(organization=organization, pk__in=keys), name)  # type: ignore[attr-defined]
        for kind, (model, name) in _NAMED.items()
        if (keys := {int(key) for key in wanted.get(kind, ()) if key.isdigit()})
    ]
    if keys := {int(key) for key in wanted.get("route", ()) if key.isdigit()}:
        ours = Q(organization=organization) | Q(organization__isnull=True)
        parts.append(_part("route", AccessRoute.objects.filter(ours, pk__in=keys), F("name")))
    if users := {UUID(key) for key in wanted.get("user", ()) if len(key) == 36}:
        people = Membership.objects.filter(organization=organization, user__in=users)
        parts.append(_part("user", people, _NAME_OF_MEMBER, key="user_id"))
    return list(parts[0].union(*parts[1:], all=True)) if parts else []


def _part(kind: str, rows: QuerySet, name: Combinable, *, key: str = "pk") -> QuerySet:
    text = CharField()
    return rows.order_by().values_list(
        Value(kind, output_field=text), Cast(key, text), Cast(name, text), Cast("pk", text)
    )


def _subject(organization: Organization, target: str, found: dict[tuple[str, str], tuple[str, str]]) -> Subject:
    kind, _colon, key = target.partition(":")
    label = str(KINDS.get(kind, kind))
    code = "" if kind in {"user", "organization"} else target
    if kind == "organization" and key == str(organization.pk):
        return Subject(label, organization.name)
    if (kind, key) not in found:
        return Subject(label, code=code)
    name, pk = found[kind, key]
    if kind == "team":
        return Subject(label, name, reverse("accounts:team-list", args=[organization.slug]), code)
    url = reverse(_PAGES[kind], args=[organization.slug, pk]) if kind in _PAGES else ""
    return Subject(label, name, url, code)
