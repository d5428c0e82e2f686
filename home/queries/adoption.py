"""The running adoption review on the home of whoever runs it; one query, its terms were read with the roll-out."""

import datetime as dt
from dataclasses import dataclass

from accounts.models import Organization
from home.queries.roll_out import RunningAdoption
from operations import clock
from reviews.models import AdoptionReview, AdoptionTerms
from reviews.queries.board import Row, board_of
from reviews.queries.forecast import forecast_of
from reviews.queries.standing import Standing


@dataclass(frozen=True)
class AdoptionHome:
    """A review and how it stands, as the parts of its board take them."""

    review: AdoptionReview
    stands: Standing

    @property
    def next_step(self) -> Row | None:
        """The open question that is due first."""
        return next(iter(self.stands.board.open), None)


def adoption_home(organization: Organization, running: RunningAdoption, *, at: dt.datetime) -> AdoptionHome:
    """How the running review stands now."""
    review = AdoptionReview(pk=running.id, organization=organization, begun_at=running.begun_at)
    terms = AdoptionTerms(
        review=review, name=running.name, scope=running.scope, target_on=running.target_on, keeper_id=running.keeper_id
    )
    vars(terms)["keeper_name"] = running.keeper_name
    board = board_of(organization, running.id, begun_at=running.begun_at, target_on=running.target_on, at=at)
    begun_on = clock.day_of(running.begun_at, organization.timezone)
    return AdoptionHome(
        review, Standing(at, terms, board, forecast_of(board, begun_on=begun_on, target_on=running.target_on))
    )
