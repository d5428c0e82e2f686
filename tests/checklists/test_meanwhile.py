"""What a colleague has done to a draft since its page was opened: said in a sentence, and what was typed is kept."""

import re

import pytest
from django.http import HttpResponse
from django.test import Client

from audit.models import AuditEvent
from checklists import actions
from checklists.models import Checklist, ChecklistVersion, ListedItem
from operations import clock
from tests.cast import EPOCH, Company, signed_in
from tests.checklists.steps import answer_everything, checklist

pytestmark = pytest.mark.django_db
STANDS = "What you typed stands below"


@pytest.fixture
def made(acme: Company) -> Checklist:
    return checklist(acme, "three", ["A?", "B?", "C?"])


@pytest.fixture
def draft(acme: Company, made: Checklist) -> ChecklistVersion:
    return begin(acme, made)


@pytest.fixture
def mara(acme: Company) -> Client:
    return signed_in(acme.mara)


def begin(acme: Company, made: Checklist) -> ChecklistVersion:
    return actions.begin_draft(checklist=made, by=acme.olga, at=clock.now())


def line(draft: ChecklistVersion, key: str) -> ListedItem:
    return draft.listed_items.get(item__key=key)


def publish(acme: Company, draft: ChecklistVersion) -> None:
    actions.publish(version=draft, by=acme.olga, at=clock.now(), editorial=frozenset())


def path(made: Checklist, rest: str) -> str:
    return f"/o/acme/checklists/{made.pk}/{rest}"


def opened(client: Client, where: str, **typed: str) -> dict[str, object]:
    """The form of a page as it is sent later, with other words typed into it."""
    carried = client.get(where).context["form"].initial
    return {name: value for name, value in {**carried, **typed}.items() if value not in (False, None)}


def text(page: HttpResponse) -> str:
    assert page.status_code == 200
    return re.sub(r"\s+", " ", page.content.decode())


def test_words_that_a_colleague_has_changed_meanwhile_are_shown_and_both_are_kept(acme, made, draft, mara) -> None:
    where = path(made, f"draft/{line(draft, 'a').pk}/")
    typed = opened(mara, where, question="Mine?")
    actions.edit_item(listed=line(draft, "a"), by=acme.olga, at=clock.now(), question="Theirs?", why="For them.")

    page = text(mara.post(where, typed))

    assert "A colleague has changed this question since you opened it" in page
    assert "<dt>Question</dt><dd>Theirs?</dd>" in page
    assert "<dt>Why it matters</dt><dd>For them.</dd>" in page
    assert 'value="Mine?"' in page
    assert line(draft, "a").revision.question == "Theirs?"
    typed["seen"] = re.search(r'name="seen" value="(\w+)"', page)[1]
    assert mara.post(where, typed).status_code == 302
    assert line(draft, "a").revision.question == "Mine?"


def test_words_saved_twice_are_saved_once(made, draft, mara) -> None:
    where = path(made, f"draft/{line(draft, 'a').pk}/")
    typed = opened(mara, where, question="Mine?")

    pages = [mara.post(where, typed) for _time in range(2)]

    assert [page.status_code for page in pages] == [302, 302]
    assert AuditEvent.objects.filter(action="checklist.item_edited").count() == 1


@pytest.mark.parametrize("what", ["edit", "add"])
def test_words_for_a_draft_that_was_published_wait_for_the_next_draft(acme, made, draft, mara, what) -> None:
    where = path(made, "draft/add/" if what == "add" else f"draft/{line(draft, 'a').pk}/")
    added = {"section_title": "General", "why": "So.", "answer_kind": "confirm", "valid_months": 6}
    typed = {**opened(mara, where, question="Mine?"), **(added if what == "add" else {})}
    publish(acme, draft)

    page = text(mara.post(where, typed))

    assert "This version is published by now" in page
    assert STANDS in page
    assert f'href="{path(made, "draft/")}"' in page
    assert 'value="Mine?"' in page
    following = begin(acme, made)
    assert mara.post(where, typed).status_code == 302
    assert "Mine?" in following.listed_items.values_list("revision__question", flat=True)


def test_words_for_a_question_that_was_taken_off_are_kept_on_the_page(acme, made, draft, mara) -> None:
    where = path(made, f"draft/{line(draft, 'a').pk}/")
    typed = opened(mara, where, question="Mine?")
    actions.remove_item(listed=line(draft, "a"), by=acme.olga, at=clock.now())

    page = text(mara.post(where, typed))

    assert "This question has been taken off the draft meanwhile" in page
    assert STANDS in page
    assert 'value="Mine?"' in page
    assert mara.get(where).url == path(made, "draft/")


@pytest.mark.parametrize("what", ["move", "remove"])
def test_moving_what_was_published_or_taken_off_meanwhile_says_so(acme, made, draft, mara, what) -> None:
    gone, published = (path(made, f"draft/{line(draft, key).pk}/{what}/") for key in ("a", "b"))
    actions.remove_item(listed=line(draft, "a"), by=acme.olga, at=clock.now())

    assert "taken off the draft meanwhile" in text(mara.post(gone, {"to": "down"}, follow=True))
    publish(acme, draft)
    assert "This version is published by now" in text(mara.post(published, {"to": "down"}, follow=True))


def test_a_move_pressed_twice_moves_once(made, draft, mara) -> None:
    listed = line(draft, "a")

    for _time in range(2):
        mara.post(path(made, f"draft/{listed.pk}/move/"), {"to": "down", "position": listed.position})

    assert [one.item.key for one in draft.listed_items.order_by("position")] == ["b", "a", "c"]


def test_publishing_what_was_published_meanwhile_says_by_whom(acme, made, draft, mara) -> None:
    sent = opened(mara, path(made, "publish/"))
    publish(acme, draft)

    page = text(mara.post(path(made, "publish/"), sent, follow=True))

    assert "There is no draft now: Olga published version 2 on" in page
    assert draft.checklist.versions.count() == 2


def test_a_draft_that_was_changed_since_it_was_looked_at_is_looked_at_again(acme, made, draft, mara) -> None:
    actions.assign(checklist=made, by=acme.mara, at=EPOCH)
    answer_everything(acme.dev, at=clock.now())
    actions.edit_item(listed=line(draft, "a"), by=acme.mara, at=clock.now(), question="Mine?")
    sent = {**opened(mara, path(made, "publish/")), f"item_{line(draft, 'a').item_id}": "editorial"}
    actions.edit_item(listed=line(draft, "a"), by=acme.olga, at=clock.now(), question="Theirs?")

    page = text(mara.post(path(made, "publish/"), sent))

    assert "The draft has changed since you opened this page" in page
    assert "Theirs?" in page
    assert re.search(r'value="editorial"[^>]* checked|checked[^>]* value="editorial"', page)
    draft.refresh_from_db()
    assert draft.status == "draft"
    sent["seen"] = re.search(r'name="seen" value="(\w+)"', page)[1]
    mara.post(path(made, "publish/"), sent)
    draft.refresh_from_db()
    assert draft.status == "published"


@pytest.mark.parametrize("what", ["edit", "assign", "draft/add", "draft"])
def test_what_was_typed_for_a_checklist_that_was_archived_meanwhile_is_kept(acme, made, draft, mara, what) -> None:
    typed = {"name": "Mine", "question": "Mine?", "section_title": "General", "why": "So.", "answer_kind": "confirm"}
    numbers = {"minutes": 3, "review_months": 6, "valid_months": 6, "due_days": 77, "keeper": acme.mara.pk}
    actions.archive(checklist=made, by=acme.olga, at=clock.now())

    page = text(mara.post(path(made, f"{what}/"), {**typed, **numbers}, follow=True))

    assert "This checklist is archived" in page
    assert {"edit": 'value="Mine"', "assign": 'value="77"', "draft/add": 'value="Mine?"'}.get(what, "") in page
    assert mara.get(path(made, f"{what}/"), follow=True).request["PATH_INFO"] == path(made, "")
