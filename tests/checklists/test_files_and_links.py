"""Several files and links with one answer, on the page: added, removed, used again; nothing is lost on the way."""

import datetime as dt
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.test import Client

from checklists import actions
from checklists.models import Answer, Evidence, Upload
from governance.models import Question
from operations import clock
from operations.files import LARGEST_FILE
from tests.cast import EPOCH, Company, signed_in
from tests.checklists.steps import LATER, answer, brought, checklist, item, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(decided: Company) -> Client:
    made = checklist(decided, "proof", ["Show it?", "Show more?"], answer_kind="evidence")
    actions.assign(checklist=made, by=decided.mara, at=EPOCH)
    return signed_in(decided.dev)


def path(acme: Company, key: str = "show-it") -> str:
    return url(acme, f"my-list/{item(key).pk}/")


def press(client: Client, path: str, reply: str = "save", **words: object) -> str:
    context = client.get(path).context
    answered = context["answer"].pk if context["answer"] else ""
    carried = {"shown": context["shown"].sha256, "answered": answered, "reply": reply}
    return client.post(path, {**carried, **words}, follow=True).content.decode()


def text(name: str, content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content or name.encode())


def names() -> list[str]:
    return sorted(str(one) for one in Evidence.objects.all())


def test_several_files_and_links_go_with_one_answer(decided, client) -> None:
    links = ["https://acme.example/a", "", "https://acme.example/b", "https://acme.example/a"]

    press(client, path(decided), uploads=[text("a.txt"), text("b.txt")], link=links)

    assert names() == ["a.txt", "b.txt", "https://acme.example/a", "https://acme.example/b"]


def test_one_more_row_and_the_files_so_far_without_a_line_of_script(decided, client) -> None:
    page = press(client, path(decided), "more", uploads=[text("a.txt")], link=["https://acme.example/a"])

    assert page.count('name="link"') == 2
    assert 'value="https://acme.example/a"' in page
    assert "Remove a.txt" in page
    assert not Answer.objects.exists()
    press(client, path(decided), uploads=[text("b.txt")], link=["https://acme.example/a", "https://acme.example/b"])
    assert names() == ["a.txt", "b.txt", "https://acme.example/a", "https://acme.example/b"]


def test_what_was_chosen_survives_what_is_wrong_elsewhere(decided, client) -> None:
    page = press(client, path(decided), uploads=[text("a.txt"), text("b.exe")], link=["not a link at all"])

    assert "“b.exe” can&#x27;t be kept" in page
    assert "Enter a valid URL" in page
    assert 'value="not a link at all"' in page
    assert [upload.name for upload in Upload.objects.all()] == ["a.txt"]


@pytest.mark.parametrize("said", ["²", "9" * 40, "all", "-1"])
def test_what_names_no_file_removes_none(decided, client, said: str) -> None:
    page = press(client, path(decided), "keep", uploads=[text("a.txt")], take_back=said)

    assert "Remove a.txt" in page


def test_one_is_removed_before_saving(decided, client) -> None:
    press(client, path(decided), "keep", uploads=[text("a.txt"), text("b.txt")])

    page = press(client, path(decided), "", take_back=str(Upload.objects.get(name="a.txt").pk))
    press(client, path(decided))

    assert "Remove a.txt" not in page
    assert names() == ["b.txt"]


def test_nobody_removes_what_somebody_else_has_brought(decided, client) -> None:
    brought(decided.mia, item("show-it"), text("mia.txt"), at=LATER)

    press(client, path(decided), "", take_back=str(Upload.objects.get().pk))

    assert Upload.objects.exists()


def test_files_that_were_kept_and_are_sent_twice_are_one_answer(decided, client) -> None:
    press(client, path(decided), "keep", uploads=[text("a.txt")])
    upload, shown = Upload.objects.get(), client.get(path(decided)).context["shown"].sha256
    carried = {"shown": shown, "answered": "", "reply": "save", "uploaded": upload.sha256}

    for _time in range(2):
        client.post(path(decided), carried)

    assert (Answer.objects.count(), Evidence.objects.count(), Upload.objects.count()) == (1, 1, 0)


def test_a_file_that_is_too_large_is_let_go_while_it_is_read_and_the_rest_is_kept(decided, client) -> None:
    large = TemporaryUploadedFile("large.txt", "text/plain", 0, None)
    large.write(b"a" * (LARGEST_FILE + 1))
    large.seek(0)

    page = press(client, path(decided), uploads=[text("a.txt"), large])

    assert "“large.txt” is larger than 10 MB" in page
    assert [upload.name for upload in Upload.objects.all()] == ["a.txt"]


def test_a_day_to_come_is_not_since_when_it_says_so(decided, client) -> None:
    tomorrow = clock.today("Europe/Berlin") + dt.timedelta(days=1)

    page = press(client, path(decided), uploads=[text("a.txt")], effective_on=tomorrow.isoformat())

    assert "This day is still to come" in page
    assert not Answer.objects.exists()


def test_since_when_it_says_so_and_when_it_was_added_are_two_things(decided, client) -> None:
    press(client, path(decided), uploads=[text("a.txt")], effective_on="2026-01-02")

    page = client.get(path(decided)).content.decode()
    assert "says so since 2 Jan 2026, added" in " ".join(page.split())


def test_what_was_given_before_is_ticked_instead_of_brought_again(decided, client) -> None:
    press(client, path(decided), uploads=[text("a.txt")], effective_on="2026-01-02")
    first = Evidence.objects.get()
    assert "a.txt, given on" in client.get(path(decided, "show-more")).content.decode()

    press(client, path(decided, "show-more"), reused=[first.pk])

    again = Evidence.objects.latest("pk")
    assert (again.reused, again.file.name, again.sha256) == (first, first.file.name, first.sha256)
    assert (again.added_at, again.effective_on) == (first.added_at, first.effective_on)


def test_nobody_ticks_what_is_not_theirs(decided, client) -> None:
    given = brought(decided.mia, item("show-it"), text("mia.txt"), at=LATER)
    answer(decided.mia, item("show-it").pk, at=LATER, given=given)

    page = press(client, path(decided), reused=[Evidence.objects.get().pk])

    assert "mia.txt" not in page
    assert not Answer.objects.filter(membership=decided.dev).exists()


def test_an_answer_anew_is_shown_by_what_showed_the_old_one_unless_somebody_says_otherwise(decided, client) -> None:
    press(client, path(decided), uploads=[text("a.txt")])
    first = Evidence.objects.get()
    [box] = re.findall(r'<input[^>]*name="reused"[^>]*>', client.get(path(decided)).content.decode())
    assert f'value="{first.pk}"' in box
    assert "checked" in box

    page = press(client, path(decided), uploads=[text("b.txt")])
    assert "The answer that stands is shown by “a.txt”; the new one would not be." in page
    assert Answer.objects.count() == 1

    press(client, path(decided), reused=[first.pk])
    assert [str(one) for one in Answer.objects.latest("pk").evidence.order_by("name")] == ["a.txt", "b.txt"]

    press(client, path(decided), link=["https://acme.example/a"], leave_out="on")
    assert [str(one) for one in Answer.objects.latest("pk").evidence.all()] == ["https://acme.example/a"]


def test_the_fold_of_another_answer_stays_open_while_somebody_is_at_it(decided, client) -> None:
    press(client, path(decided), uploads=[text("a.txt")])
    fold = '<details class="fold" open><summary>Answer again'
    assert fold not in client.get(path(decided)).content.decode()

    assert fold in press(client, path(decided), "more", link=["https://acme.example/a"])


def test_who_is_not_sure_keeps_what_they_have_brought_and_typed(decided, client) -> None:
    words = {"uploads": [text("a.txt")], "link": ["https://acme.example/a"], "reason": "Is this enough?"}
    press(client, path(decided), "unsure", **words)

    page = client.get(path(decided)).content.decode()
    assert "Remove a.txt" in page
    assert 'value="https://acme.example/a"' in page
    assert str(Question.objects.get().draft) == "https://acme.example/a"


def test_what_is_answered_once_is_shown_by_files_too(decided) -> None:
    made = checklist(decided, "once", ["Opted out?"], kind="shared", answer_kind="evidence")
    actions.assign(checklist=made, by=decided.mara, at=EPOCH)
    client, there = signed_in(decided.mara), url(decided, f"checklists/shared/{item('opted-out').pk}/")

    for reply in ("more", "save"):
        shown = client.get(there).context["shown"].sha256
        client.post(there, {"shown": shown, "reply": reply, "uploads": [text(f"{reply}.txt")]})

    assert names() == ["more.txt", "save.txt"]
