"""What is answered once: each question once, and its lateness where those look who run the roll-out."""

import pytest

from checklists import actions
from checklists.models import Item
from operations import clock
from tests.cast import Company, signed_in
from tests.checklists.steps import checklist

pytestmark = pytest.mark.django_db


@pytest.fixture
def late(decided: Company, move_clock) -> Company:
    """Two shared lists for the organization that both ask who decides, one of them for Engineering too; all of it late."""
    at = clock.now()
    adoption = checklist(decided, "adoption", ["Who decides?", "Who pays?"], at=at, kind="shared")
    checkpoints = checklist(decided, "checkpoints", ["Where are logs?"], at=at, kind="shared")
    draft = actions.begin_draft(checklist=checkpoints, by=decided.mara, at=at)
    known = adoption.versions.get().listed_items.get(item__key="who-decides")
    draft.listed_items.create(
        organization=decided.organization, item=known.item, revision=known.revision, section_title="General", position=9
    )
    actions.publish(version=draft, by=decided.mara, at=at, editorial=frozenset())
    actions.assign(checklist=adoption, by=decided.mara, at=at, due_days=5)
    actions.assign(checklist=checkpoints, by=decided.mara, at=at, due_days=7)
    actions.assign(checklist=checkpoints, team=decided.engineering, by=decided.mara, at=at, due_days=7)
    move_clock(days=30)
    return decided


def page(who, path: str) -> str:
    return signed_in(who).get(f"/o/acme/{path}").content.decode()


def test_a_question_that_two_lists_ask_stands_once_for_each_who_answers_it(late: Company) -> None:
    text = page(late.mara, "checklists/shared/")

    assert text.count("Who decides?") == 2
    assert text.count("also asked by Checkpoints") == 1
    assert "1 more of its questions stands above" in text
    assert text.count("Looked after by Mara") == 3


@pytest.mark.parametrize("is_late", [True, False])
def test_checklists_say_how_many_shared_questions_are_late_since_when_and_who_looks_after_them(
    late: Company, is_late: bool, move_clock, django_assert_num_queries
) -> None:
    if not is_late:
        move_clock(days=1)
    client = signed_in(late.mara)

    with django_assert_num_queries(10):
        text = client.get("/o/acme/checklists/").content.decode()

    assert text.count("0 of 2 questions") == 1
    assert text.count("0 of 4 questions") == 1
    assert ("/checklists/shared/#list-" in text) is is_late
    assert ("· Mara" in text) is is_late


def test_progress_names_each_late_shared_question_and_leads_to_it(late: Company, django_assert_num_queries) -> None:
    client = signed_in(late.mara)

    with django_assert_num_queries(11):
        text = client.get("/o/acme/progress/").content.decode()

    item = Item.objects.get(key="who-decides")
    assert f'href="/o/acme/checklists/shared/{item.pk}/"' in text
    assert f'href="/o/acme/checklists/shared/{item.pk}/team/{late.engineering.pk}/"' in text
    assert "Adoption, for Acme · due" in text
    assert "looked after by Mara" in text


@pytest.mark.parametrize(("questions", "folded"), [(5, 0), (7, 2)])
def test_progress_shows_five_late_shared_questions_and_folds_the_rest(
    decided: Company, move_clock, questions: int, folded: int
) -> None:
    made = checklist(decided, "leaders", [f"Question {number}?" for number in range(questions)], kind="shared")
    actions.assign(checklist=made, by=decided.mara, at=clock.now(), due_days=5)
    move_clock(days=30)

    shown, _fold, rest = page(decided.mara, "progress/").partition('<details class="fold">')

    assert (shown.count(">Question "), rest.count(">Question ")) == (5, folded)
    assert ("Show 2 more questions" in rest) is bool(folded)


def test_a_lead_sees_what_the_own_team_is_late_with_and_nothing_else(late: Company) -> None:
    text = page(late.tom, "progress/")

    assert "Checkpoints, for Engineering" in text
    assert "Adoption, for Acme" not in text
    assert "/checklists/shared/" not in text


def test_nothing_late_is_said_before_its_day(late: Company, move_clock) -> None:
    move_clock(days=1)

    assert "Answered once, and late" not in page(late.mara, "progress/")
