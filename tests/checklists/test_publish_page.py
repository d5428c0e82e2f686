"""Before publishing: asked only what has an effect."""

import pytest

from checklists import actions
from checklists.models import Item
from operations import clock
from tests.cast import EPOCH, Company, signed_in
from tests.checklists.steps import answer_everything, checklist

pytestmark = pytest.mark.django_db

AGAIN = "Answer again by"


def changed_draft(acme: Company, *, is_answered: bool) -> str:
    """The publish page of a checklist in which the one question has other words."""
    made = checklist(acme, "privacy", ["Account?"])
    actions.assign(checklist=made, by=acme.mara, at=EPOCH)
    if is_answered:
        answer_everything(acme.dev, at=clock.now())
    draft = actions.begin_draft(checklist=made, by=acme.mara, at=clock.now())
    actions.edit_item(listed=draft.listed_items.get(), by=acme.mara, at=clock.now(), why="Another reason.")
    return f"/o/{acme.organization.slug}/checklists/{made.pk}/publish/"


def test_the_first_publication_asks_nothing_about_answering_again(acme: Company) -> None:
    client = signed_in(acme.mara)
    draft = client.post(f"/o/{acme.organization.slug}/checklists/starters/", {"starter": "engineering"}).url

    page = client.get(draft.replace("/draft/", "/publish/")).content.decode()

    assert AGAIN not in page
    assert "Nobody is asked by it yet" in page


@pytest.mark.parametrize("is_answered", [False, True])
def test_until_when_to_answer_again_is_asked_only_where_somebody_has_answered(
    decided: Company, is_answered: bool
) -> None:
    page = signed_in(decided.mara).get(changed_draft(decided, is_answered=is_answered)).content.decode()

    assert (AGAIN in page) is is_answered
    assert f'name="item_{Item.objects.get().pk}"' in page


def test_nobody_is_asked_to_answer_again_by_a_day_that_has_passed(decided: Company) -> None:
    page = changed_draft(decided, is_answered=True)
    judged = {f"item_{Item.objects.get().pk}": "material"}
    mara = signed_in(decided.mara)

    refused = mara.post(page, {**judged, "due_on": "2020-01-31"})

    assert "This day has passed" in refused.content.decode()
    assert mara.post(page, {**judged, "due_on": "2099-01-31"}).status_code == 302


def test_a_changed_question_is_judged_beside_what_changes_in_it(decided: Company) -> None:
    page = signed_in(decided.mara).get(changed_draft(decided, is_answered=True)).content.decode()

    _, changed = page.split("<h2>Account?</h2>")
    assert changed.index("<dt>Why it matters</dt>") < changed.index("<del>") < changed.index("<ins>")
    assert "Another" in changed[changed.index("<ins>") : changed.index("</ins>")]
    assert changed.index("1 person has a current answer") < changed.index("Material:") < changed.index(AGAIN)
    assert "<dt>Steps</dt>" not in changed


def test_what_is_new_and_what_is_taken_off_is_said_with_how_many_are_asked(decided: Company) -> None:
    made = checklist(decided, "privacy", ["Account?", "Rules?"])
    actions.assign(checklist=made, by=decided.mara, team=decided.engineering, at=EPOCH)
    draft = actions.begin_draft(checklist=made, by=decided.mara, at=clock.now())
    actions.remove_item(listed=draft.listed_items.get(item__key="rules"), by=decided.mara, at=clock.now())
    actions.add_item(
        version=draft, by=decided.mara, at=clock.now(), section_title="General", question="Secrets?", why="So."
    )

    page = signed_in(decided.mara).get(f"/o/acme/checklists/{made.pk}/publish/").content.decode()

    assert "It asks something new." in page
    assert "1 question is new on this list" in page
    assert "<li>Secrets?</li>" in page
    assert "3 people are asked" in page
    assert "1 question is taken off this list" in page
    assert "<li>Rules?</li>" in page
    assert "Account?" not in page
