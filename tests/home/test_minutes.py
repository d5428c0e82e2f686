"""How long it takes is one number, on home and on the list."""

import pytest

from checklists import actions, queries
from checklists.actions import Given
from checklists.models import Answer, Checklist, ListedItem
from home.queries.mine import work_of
from tests.cast import EPOCH, Company, company
from tests.checklists.steps import LATER, answer, checklist, decide, route, standing

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme(db: None) -> Company:
    acme = company()
    decide(acme, route("team-plan", "TP1"))
    return acme


def asked(acme: Company, key: str, questions: list[str], *, minutes: int) -> Checklist:
    made = checklist(acme, key, questions)
    actions.save_details(checklist=made, by=acme.mara, at=EPOCH, minutes=minutes)
    actions.assign(checklist=made, by=acme.mara, at=EPOCH)
    return made


def list_too(acme: Company, made: Checklist, other: Checklist) -> None:
    """A new version of ``made`` that also lists what ``other`` lists."""
    draft = actions.begin_draft(checklist=made, by=acme.mara, at=EPOCH)
    for place, listed in enumerate(other.versions.get().listed_items.all(), start=10):
        ListedItem.objects.create(
            organization=acme.organization, version=draft, item=listed.item, revision=listed.revision, position=place
        )
    actions.publish(version=draft, by=acme.mara, at=EPOCH, editorial=frozenset())


def minutes(acme: Company) -> int:
    """What home and the list say, which is the same."""
    on_home = work_of(acme.dev, at=LATER, today=LATER.date()).minutes
    assert queries.task_list(acme.dev, standing(acme.dev), at=LATER).minutes_left == on_home
    return on_home


def test_a_list_takes_its_minutes_and_half_of_it_half(acme) -> None:
    made = asked(acme, "privacy", ["One?", "Two?"], minutes=4)
    assert minutes(acme) == 4

    answer(acme.dev, made.versions.get().listed_items.first().item_id, at=LATER)

    assert minutes(acme) == 2


def test_a_question_in_two_lists_takes_its_time_once(acme) -> None:
    one = asked(acme, "one", ["One?"], minutes=2)
    other = asked(acme, "other", ["Other?"], minutes=4)
    list_too(acme, other, one)

    assert minutes(acme) == 4  # "One?" 2, "Other?" half of 4


def test_a_question_that_waits_for_its_contact_takes_no_time(acme) -> None:
    made = asked(acme, "privacy", ["One?", "Two?"], minutes=4)

    unsure = Given(kind=Answer.Kind.UNSURE, text="Which one?")
    answer(acme.dev, made.versions.get().listed_items.first().item_id, at=LATER, given=unsure)

    assert minutes(acme) == 2


def test_thirds_of_a_minute_make_whole_minutes(acme) -> None:
    asked(acme, "privacy", [f"Question {number}?" for number in range(7)], minutes=3)

    assert minutes(acme) == 3
