"""Two people work on one draft at the same moment: who comes second finds it as the first left it, or is refused in a
sentence. Threads, real transactions."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from checklists import actions
from checklists.actions.uploads import MOST_FILES
from checklists.actions.usage import count_one
from checklists.models import Checklist, ChecklistVersion, Item, Upload
from operations import clock
from tests.cast import Company, company, person, signed_in
from tests.checklists.at_once import while_it_waits
from tests.checklists.steps import checklist
from tests.checklists.test_usage import ask

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def acme() -> Company:
    return company()


@pytest.fixture
def made(acme: Company) -> Checklist:
    return checklist(acme, "three", ["A?", "B?", "C?"])


@pytest.fixture
def draft(acme: Company, made: Checklist) -> ChecklistVersion:
    return actions.begin_draft(checklist=made, by=acme.mara, at=clock.now())


def questions(draft: ChecklistVersion) -> list[str]:
    return [listed.revision.question for listed in draft.listed_items.order_by("position", "pk")]


def test_two_questions_moved_at_once_both_have_a_place(acme, draft) -> None:
    a, b, _c = draft.listed_items.order_by("position")

    [moved] = while_it_waits(
        lambda: actions.move_item(listed=a, up=False, by=acme.mara, at=clock.now()),
        lambda: actions.move_item(listed=b, up=False, by=acme.olga, at=clock.now()),
    )

    assert moved is None
    assert questions(draft) == ["A?", "B?", "C?"]
    assert len(set(draft.listed_items.values_list("position", flat=True))) == 3


def test_words_for_a_question_taken_off_at_once_are_refused(acme, draft) -> None:
    first = draft.listed_items.order_by("position").first()

    [refused] = while_it_waits(
        lambda: actions.remove_item(listed=draft.listed_items.get(pk=first.pk), by=acme.mara, at=clock.now()),
        lambda: actions.edit_item(listed=first, by=acme.olga, at=clock.now(), why="Another reason."),
    )

    assert str(refused) == "This question has been taken off the draft meanwhile."
    assert questions(draft) == ["B?", "C?"]


@pytest.mark.parametrize("what", ["add", "edit", "move", "remove"])
def test_work_on_a_draft_that_is_published_at_once_is_refused_in_a_sentence(acme, made, draft, what) -> None:
    listed = draft.listed_items.order_by("position").first()
    path = reverse(f"checklists:draft-item-{what}", args=["acme", made.pk, *([] if what == "add" else [listed.pk])])
    words = {"section_title": "General", "question": "New?", "why": "So.", "answer_kind": "confirm", "valid_months": 6}
    client = signed_in(acme.mara)

    [page] = while_it_waits(
        lambda: actions.publish(version=draft, by=acme.mara, at=clock.now(), editorial=frozenset()),
        lambda: client.post(path, {"to": "down"} if what == "move" else words),
    )

    assert "This version is published" in said(client, page)
    assert questions(draft) == ["A?", "B?", "C?"]


def test_archiving_what_is_archived_at_once_is_refused_in_a_sentence(acme, made) -> None:
    client = signed_in(acme.mara)

    [page] = while_it_waits(
        lambda: actions.archive(checklist=made, by=acme.olga, at=clock.now()),
        lambda: client.post(reverse("checklists:checklist-archive", args=["acme", made.pk])),
    )

    assert "This checklist is archived already" in said(client, page)


def test_a_draft_of_what_is_archived_is_not_published(acme, made, draft) -> None:
    client = signed_in(acme.mara)

    [page] = while_it_waits(
        lambda: actions.archive(checklist=made, by=acme.olga, at=clock.now()),
        lambda: client.post(reverse("checklists:checklist-publish", args=["acme", made.pk])),
    )

    assert "This checklist is archived" in said(client, page)
    draft.refresh_from_db()
    assert draft.status == "draft"


def test_what_is_being_said_is_waited_for_before_it_is_counted(acme) -> None:
    crowd = [person(acme.organization, f"Somebody{number}") for number in range(5)]
    inquiry = ask(acme)
    for one in crowd[1:]:
        actions.say_what_is_used(membership=one, used=[], at=clock.now())

    [moved] = while_it_waits(
        lambda: actions.say_what_is_used(membership=crowd[0], used=[], at=clock.now()),
        lambda: count_one(inquiry.pk),
    )

    assert moved == 1, "all five are counted together"


def said(client: Client, page: object) -> str:
    """The page that came, or the one it leads to."""
    assert not isinstance(page, Exception), page
    return (client.get(page.url) if page.status_code == 302 else page).content.decode()


@pytest.fixture
def bring(acme: Company, made: Checklist) -> Callable[[str], Upload]:
    """Brings a file of these words for the first question, as a tab does."""

    def bring(words: str) -> Upload:
        file = SimpleUploadedFile("proof.txt", words.encode())
        return actions.bring(by=acme.dev, item=Item.objects.earliest("pk"), team=None, file=file, at=clock.now())

    return bring


def test_a_file_brought_in_two_tabs_at_once_is_one(bring) -> None:
    [second] = while_it_waits(lambda: bring("the same"), lambda: bring("the same"))

    assert second == Upload.objects.get()


def test_the_last_place_for_a_file_is_taken_once(bring) -> None:
    for number in range(MOST_FILES - 1):
        bring(f"file {number}")

    [refused] = while_it_waits(lambda: bring("the last"), lambda: bring("one too many"))

    assert "one too many" in str(refused)
    assert Upload.objects.count() == MOST_FILES
