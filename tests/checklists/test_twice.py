"""A button pressed twice acts once; another answer meanwhile is shown, and what was typed is kept. Threads, real
transactions."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from audit.models import AuditEvent
from checklists import actions
from checklists.models import Answer, Checklist, Evidence, Item
from governance.models import Question
from operations import clock
from tests.cast import Company, company, signed_in
from tests.checklists.at_once import while_it_waits
from tests.checklists.steps import checklist, decide, route

pytestmark = pytest.mark.django_db(transaction=True)
MINE = "/o/acme/my-list/"
SHARED = "/o/acme/checklists/shared/"


@pytest.fixture
def acme() -> Company:
    made = company()
    decide(made, route("team-plan", "TP1"))
    return made


def asked(acme: Company, *questions: str, **words: object) -> list[str]:
    """The pages of these questions, asked of everybody (or, shared, of the organization)."""
    made = checklist(acme, "privacy", questions, at=clock.now(), **words)
    actions.assign(checklist=made, by=acme.mara, at=clock.now())
    where = SHARED if made.kind == Checklist.Kind.SHARED else MINE
    items = made.versions.get().listed_items.order_by("position").values_list("item_id", flat=True)
    return [f"{where}{item}/" for item in items]


def page_of(client: Client, path: str) -> dict[str, object]:
    """What its form carries when it is opened now."""
    context = client.get(path).context
    return {"shown": context["shown"].sha256, "answered": context["answer"].pk if context["answer"] else ""}


def pressed(client: Client, path: str, carried: dict[str, object], **said: object) -> HttpResponse:
    return client.post(path, {**carried, **said})


@pytest.mark.parametrize("said", [{"reply": "yes"}, {"reply": "unsure", "reason": "Which one?"}])
def test_an_answer_pressed_twice_at_once_is_one_answer_and_one_question_and_leads_on(acme, said) -> None:
    path, following = asked(acme, "Account?", "Rules?")
    client, again = signed_in(acme.dev), signed_in(acme.dev)
    carried = page_of(client, path)

    [second] = while_it_waits(
        lambda: pressed(client, path, carried, **said), lambda: pressed(again, path, carried, **said)
    )

    assert (second.status_code, second.url) == (302, following)
    assert Answer.objects.count() == 1
    assert Question.objects.count() == (said["reply"] == "unsure")
    assert AuditEvent.objects.filter(action="answer.given").count() == 1


def test_files_sent_twice_are_kept_once(acme) -> None:
    [path] = asked(acme, "Show it?", answer_kind="evidence")
    client = signed_in(acme.dev)
    carried = page_of(client, path)

    for _time in range(2):
        proof = SimpleUploadedFile("proof.txt", b"It is so.")
        pressed(client, path, carried, reply="save", uploads=[proof], link="https://acme.example/proof")

    assert Answer.objects.count() == 1
    assert Evidence.objects.count() == 2


def test_another_answer_in_two_windows_at_once_is_shown_and_what_was_typed_is_kept(acme) -> None:
    [path] = asked(acme, "What do you use?", answer_kind="text")
    client, other = signed_in(acme.dev), signed_in(acme.dev)
    carried = page_of(client, path)

    [second] = while_it_waits(
        lambda: pressed(client, path, carried, reply="save", text="The chat."),
        lambda: pressed(other, path, carried, reply="save", text="The terminal."),
    )

    page = second.content.decode()
    assert "This was answered after you opened the page" in page
    assert '<p class="quote">The chat.</p>' in page
    assert "The terminal.</textarea>" in page
    assert Answer.objects.get().text.body == "The chat."
    carried["answered"] = second.context["answer"].pk
    pressed(other, path, carried, reply="save", text="The terminal.")
    assert Answer.objects.latest("pk").text.body == "The terminal."


def test_the_same_said_again_on_a_page_opened_anew_is_a_new_answer(acme) -> None:
    [path] = asked(acme, "Account?")
    client = signed_in(acme.dev)

    for _time in range(2):
        pressed(client, path, page_of(client, path), reply="yes")

    assert Answer.objects.count() == 2


def test_of_a_shared_question_one_answer_pressed_twice_counts_once_and_a_colleagues_is_shown(acme) -> None:
    [path] = asked(acme, "Who decides?", kind="shared", answer_kind="text")
    mara, again, olga = (signed_in(one) for one in (acme.mara, acme.mara, acme.olga))
    carried = page_of(mara, path)

    [twice] = while_it_waits(
        lambda: pressed(mara, path, carried, reply="save", text="The board."),
        lambda: pressed(again, path, carried, reply="save", text="The board."),
    )
    late = pressed(olga, path, carried, reply="save", text="The board.").content.decode()

    assert twice.status_code == 302
    assert Answer.objects.count() == 1
    assert "This was answered after you opened the page" in late
    assert "Mara answered" in late
    assert "The board.</textarea>" in late


def test_a_shared_question_that_has_changed_shows_the_difference(acme) -> None:
    [path] = asked(acme, "Who decides?", kind="shared", answer_kind="text")
    client = signed_in(acme.mara)
    carried = page_of(client, path)
    pressed(client, path, carried, reply="save", text="The board.")
    carried = page_of(client, path)
    draft = actions.begin_draft(checklist=Checklist.objects.get(), by=acme.mara, at=clock.now())
    actions.edit_item(listed=draft.listed_items.get(), by=acme.mara, at=clock.now(), why="For the works council.")
    actions.publish(version=draft, by=acme.mara, at=clock.now(), editorial=frozenset())

    page = pressed(client, path, carried, reply="save", text="The owners.").content.decode()

    assert "It matters.</del>" in page
    assert "For the works council.</ins>" in page
    assert "The owners.</textarea>" in page
    assert Answer.objects.count() == 1


NEW = {"section_title": "General", "question": "Third?", "why": "So.", "answer_kind": "confirm", "valid_months": 6}


def drafted(acme: Company, key: str) -> str:
    made = checklist(acme, key, [f"{key}?"], at=clock.now())
    actions.begin_draft(checklist=made, by=acme.mara, at=clock.now())
    return f"/o/acme/checklists/{made.pk}/draft/add/"


def test_a_question_added_twice_at_once_is_one_and_a_colleagues_other_one_stays_beside_it(acme) -> None:
    path = drafted(acme, "privacy")
    client, again, olga = (signed_in(one) for one in (acme.mara, acme.mara, acme.olga))
    carried = {**client.get(path).context["form"].initial, **NEW}

    [second] = while_it_waits(lambda: client.post(path, carried), lambda: again.post(path, carried))
    olga.post(path, {**carried, "question": "Fourth?"})

    assert second.status_code == 302
    assert list(Item.objects.order_by("pk").values_list("key", flat=True)) == ["privacy", "third", "fourth"]
    assert AuditEvent.objects.filter(action="checklist.item_added").count() == 3


def test_the_same_question_added_to_two_drafts_at_once_is_two_items(acme) -> None:
    paths = drafted(acme, "privacy"), drafted(acme, "coding")
    clients = signed_in(acme.mara), signed_in(acme.olga)

    [second] = while_it_waits(lambda: clients[0].post(paths[0], NEW), lambda: clients[1].post(paths[1], NEW))

    assert second.status_code == 302
    assert set(Item.objects.values_list("key", flat=True)) == {"privacy", "coding", "third", "third-2"}
