"""What the demo company has looked at again, and the review that is open; all by the actions of reviews."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from home.actions.demo.story import Company, Event, story
from reviews import actions
from reviews.models import Review

OPENED = 2


def events(company: Company) -> list[Event]:
    """Reviews opened when their day came: one closed with its reason, one open."""
    happens: list[Event] = [(company.ago(OPENED, hour=6), partial(_open, company, days=OPENED))]
    for one in story()["decisions"]:
        if holds := one.get("holds"):
            happens.append((company.ago(holds["at"], hour=6), partial(_open, company, days=holds["at"])))
            happens.append((company.ago(holds["at"], hour=15), partial(_confirm, company, one, holds)))
    return happens


def _open(company: Company, *, days: float) -> None:
    at = company.ago(days, hour=6)
    actions.schedule_new()
    actions.open_due(at=at)


def _confirm(company: Company, one: Mapping[str, Any], holds: Mapping[str, Any]) -> None:
    review = Review.objects.get(
        organization=company.organization, decision__route__key=one["route"], closed_at__isnull=True
    )
    actions.close(
        review=review,
        by=company.manager,
        because=holds["because"],
        at=company.ago(holds["at"], hour=15),
    )
