"""The sweep that reminds, as the worker runs it: in no transaction but its own."""

from collections.abc import Callable

import pytest

from checklists.actions import Given
from notifications.models import Notice
from operations import clock
from reviews.tasks import remind
from tests.cast import company
from tests.reviews.test_adoption import begun, say

pytestmark = pytest.mark.django_db(transaction=True)


def test_reminders_go_on_once_a_question_of_the_board_is_settled(move_clock: Callable[..., None]) -> None:
    acme = company()
    begun(acme, at=clock.now())
    say(acme, "contract-in-place", Given(links=["https://example.com/contract"]), at=clock.now())
    move_clock(days=90)

    remind()

    assert Notice.objects.filter(rule="board-due").exists()
