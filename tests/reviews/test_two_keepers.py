"""Two keepers of one review at the same moment: one is heard, and the other reads that it is said."""

import datetime as dt

import pytest

from operations.errors import ActionRefused
from reviews import actions
from reviews.models import Review
from tests.cast import EPOCH, Company, company
from tests.checklists import steps
from tests.checklists.at_once import while_it_waits

pytestmark = pytest.mark.django_db(transaction=True)
NOW = EPOCH + dt.timedelta(days=182)


@pytest.fixture
def acme(db: None) -> Company:
    made = company()
    steps.decide(made, steps.route("team-plan", "TP1"))
    actions.schedule_new()
    actions.open_due(at=NOW)
    return made


def found(review: Review, by: object) -> None:
    actions.find_change(review=review, by=by, outcome="material", because="The vendor trains on it now.", at=NOW)


def confirmed(review: Review, by: object) -> None:
    actions.close(review=review, by=by, because="It holds.", at=NOW)


@pytest.mark.parametrize("second", [found, confirmed])
def test_who_comes_second_is_refused(acme, second) -> None:
    review = Review.objects.get()

    [end] = while_it_waits(lambda: found(review, acme.mara), lambda: second(review, acme.olga))

    assert isinstance(end, ActionRefused)
    assert "being prepared already" in str(end)
    review.refresh_from_db()
    assert review.closed_at is None
    assert review.findings.get().by == acme.mara.user
