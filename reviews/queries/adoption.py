"""An adoption review and what it is about, as of any moment."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from accounts.models import Organization
from accounts.queries import with_keepers
from catalog.models import AccessRoute
from governance.models import SignOff
from reviews.models import AdoptionMove, AdoptionReview, AdoptionRoute, AdoptionTerms, AdoptionVerdict


def adoption_reviews(organization: Organization) -> QuerySet[Any]:
    """Every adoption review, newest first, each with its newest ``name`` and ``target_on``, when it ended (``ended_at``), and
    the sign-off of the go or no-go that waits for signatures (``pending_id``)."""
    terms = AdoptionTerms.objects.filter(review=OuterRef("pk")).order_by("-pk")
    ended = AdoptionMove.objects.filter(review=OuterRef("pk")).exclude(to_status="running").order_by("-pk")
    waiting = AdoptionVerdict.objects.filter(review=OuterRef("pk"), sign_off__outcome=SignOff.Outcome.PENDING)
    return organization.adoption_reviews.annotate(
        name=Subquery(terms.values("name")[:1]),
        target_on=Subquery(terms.values("target_on")[:1]),
        ended_at=Subquery(ended.values("at")[:1]),
        pending_id=Subquery(waiting.values("sign_off")[:1]),
    ).order_by("-pk")


def running_review(organization: Organization) -> AdoptionReview | None:
    """The one that runs now."""
    return organization.adoption_reviews.filter(status=AdoptionReview.Status.RUNNING).first()


def terms_of(review: AdoptionReview, *, at: dt.datetime) -> AdoptionTerms:
    """What it was about at a moment, with who keeps it now."""
    terms = with_keepers(AdoptionTerms.objects.filter(review=review, at__lte=at))
    return terms.select_related("keeper__user", "because", "by").latest("pk")


def routes_about(review: AdoptionReview, *, at: dt.datetime) -> QuerySet[AccessRoute]:
    """The routes it was about at a moment, without those archived by then."""
    about = AdoptionRoute.objects.at(at).filter(review=review, route=OuterRef("pk"))
    chosen = AccessRoute.objects.filter(Q(retired_at=None) | Q(retired_at__gt=at))
    return chosen.filter(Exists(about)).order_by("name")


def routes_to_choose(organization: Organization) -> QuerySet[AccessRoute]:
    """The routes a review may be about."""
    return AccessRoute.objects.visible_to(organization).filter(retired_at=None).order_by("name")


def pending_verdict(review: AdoptionReview) -> AdoptionVerdict | None:
    """The go or no-go that waits for signatures."""
    waiting = AdoptionVerdict.objects.filter(review=review, sign_off__outcome=SignOff.Outcome.PENDING)
    return waiting.select_related("sign_off", "because").first()


@dataclass(frozen=True)
class Told:
    """One thing that happened to a review, as the timeline takes it; ``is_of_verdict``: on how to end it."""

    at: dt.datetime
    title: str
    by: Any = None
    text: str = ""
    tone: str = "quiet"
    url: str = ""
    is_of_verdict: bool = False
