"""Somebody moves: what is asked of them is another list at once, and whoever moves them sees before what changes."""

import pytest

from accounts.models import Placement
from checklists import actions, queries
from operations import clock
from tests.cast import Company, signed_in
from tests.checklists.steps import checklist, standing

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme(decided: Company) -> Company:
    """Engineers are asked two questions, sellers one, everybody one."""
    at = clock.now()
    for key, questions, team in (
        ("all", ["Known?"], None),
        ("engineering", ["Built?", "Tested?"], decided.engineering),
        ("sales", ["Sold?"], decided.sales),
    ):
        made = checklist(decided, key, questions, at=at)
        actions.assign(checklist=made, team=team, by=decided.mara, at=at)
    return decided


def asked(acme: Company) -> set[str]:
    tasks = queries.task_list(acme.dev, standing(acme.dev), at=clock.now())
    return {task.revision.question for task in tasks.tasks}


def test_a_preview_says_what_changes_and_changes_nothing(acme: Company) -> None:
    url, places = f"/o/acme/people/{acme.dev.pk}/place/", Placement.objects.count()

    page = signed_in(acme.mara).post(url, {"team": acme.sales.pk, "preview": "1"}).content.decode()

    assert "1 question more is asked of them. 2 fall away; what was answered stays." in page
    assert Placement.objects.count() == places
    assert asked(acme) == {"Known?", "Built?", "Tested?"}


def test_a_move_changes_what_is_asked_at_once_and_says_so(acme: Company) -> None:
    url = f"/o/acme/people/{acme.dev.pk}/place/"

    page = signed_in(acme.mara).post(url, {"team": acme.sales.pk}, follow=True).content.decode()

    assert "Dev has been moved. 1 question more is asked of them. 2 fall away" in page
    assert asked(acme) == {"Known?", "Sold?"}
