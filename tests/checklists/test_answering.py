"""One question's page: what it asks for, refuses, keeps of what was typed, and shows of what was said."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from checklists import actions
from checklists.actions import Given
from checklists.models import Answer, Evidence, Item
from governance.models import Question
from operations import clock
from operations.errors import ActionRefused
from operations.files import KINDS, check_file
from operations.templatetags.dates import day
from tests.cast import EPOCH, Company, signed_in
from tests.checklists.steps import answer, checklist

pytestmark = pytest.mark.django_db


def asked(acme: Company, question: str, **words: object) -> str:
    """The page of the one question that everybody is asked."""
    made = checklist(acme, "privacy", [question], **words)
    actions.assign(checklist=made, by=acme.mara, at=EPOCH)
    return f"/o/{acme.organization.slug}/my-list/{Item.objects.get().pk}/"


def press(client: Client, path: str, reply: str, **typed: object) -> str:
    shown = client.get(path).context["shown"].sha256
    return client.post(path, {"shown": shown, "reply": reply, **typed}).content.decode()


def test_who_cannot_confirm_says_so_and_why_and_the_contact_is_asked(decided: Company) -> None:
    path = asked(decided, "Account?")
    client = signed_in(decided.dev)

    press(client, path, "cannot", reason="Mine is a private one.")

    said = Answer.objects.get()
    assert (said.kind, said.value, said.completes) == (Answer.Kind.UNSURE, "no", False)
    assert Question.objects.get().text.body == "Mine is a private one."
    assert Question.objects.get().contact == decided.mara
    assert "You answered <strong>I can&#x27;t confirm this</strong>" in client.get(path).content.decode()


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        ("cannot", "what keeps you from confirming it"),
        ("unsure", "what you are not sure about"),
        ("not_applicable", "Say why it does not apply"),
    ],
)
def test_without_a_reason_the_fold_comes_back_open_with_the_error_and_all_that_was_typed(
    decided: Company, reply: str, error: str
) -> None:
    path = asked(decided, "Account?", allows_not_applicable=True, evidence_example="A screenshot.")
    client = signed_in(decided.dev)

    page = press(client, path, reply, reason="  ", link="https://acme.example/proof")

    assert page.count(error) == 2
    assert '<details class="answer-fold" open>' in page
    assert '<details class="fold" open>' in page
    assert "https://acme.example/proof" in page
    assert not Answer.objects.exists()
    assert not Question.objects.exists()


def test_a_question_without_words_is_refused_by_the_action_too(decided: Company) -> None:
    asked(decided, "Account?")

    with pytest.raises(ActionRefused, match="few words"):
        answer(decided.dev, Item.objects.get().pk, at=clock.now(), given=Given(kind=Answer.Kind.UNSURE, text=" "))

    assert not Question.objects.exists()


def test_the_keeper_of_the_decision_asks_whoever_else_runs_it(decided: Company) -> None:
    path = asked(decided, "Account?")

    press(signed_in(decided.mara), path, "unsure", reason="Which one?")

    assert Question.objects.get().contact == decided.olga


def test_an_item_that_is_answered_shows_what_was_said_until_when_and_its_evidence(
    decided: Company, django_assert_num_queries
) -> None:
    choices = [{"value": "c1", "label": "The company's", "flag": False}, {"value": "c2", "label": "Mine", "flag": True}]
    path = asked(decided, "Account?", answer_kind="choice", choices=choices, evidence_example="A screenshot.")
    client = signed_in(decided.dev)
    file = SimpleUploadedFile("account.txt", b"It is the company's.")
    press(client, path, "c1", uploads=[file], effective_on="2026-01-02")

    with django_assert_num_queries(10):
        page = client.get(path).content.decode()

    said = Answer.objects.get()
    assert f"You answered <strong>The company&#x27;s</strong> on {day(clock.day_of(said.at, 'Europe/Berlin'))}" in page
    assert f"valid until {day(said.valid_until)}" in page
    assert f'href="/o/acme/evidence/{Evidence.objects.get().pk}/">account.txt</a>' in page
    assert "says so since 2 Jan 2026" in page
    assert "Answer again" in page


def office(folder: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(f"{folder}/document.xml", "<w/>")
    return content.getvalue()


def open_document() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
    return content.getvalue()


REAL = {
    ".pdf": b"%PDF-1.7\n",
    ".png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    ".jpg": b"\xff\xd8\xff\xe0\0\x10JFIF",
    ".jpeg": b"\xff\xd8\xff\xe1\0\x10Exif",
    ".webp": b"RIFF\x24\0\0\0WEBPVP8 ",
    ".txt": "Überall".encode(),
    ".md": b"# Proof",
    ".csv": "a;b".encode("utf-16"),
    ".docx": office("word"),
    ".eml": b"From: a@acme.example\r\nDate: Sun, 1 Nov 2026 10:00:00 +0100\r\n\r\nIt is so.",
    ".odt": open_document(),
    ".xlsx": office("xl"),
    ".pptx": office("ppt"),
}


def test_each_kind_of_file_is_taken_for_what_is_in_it() -> None:
    for suffix, (content_type, _fits) in KINDS.items():
        assert check_file(SimpleUploadedFile(f"proof{suffix.upper()}", REAL[suffix])) == content_type


@pytest.mark.parametrize("suffix", sorted(REAL))
def test_a_program_is_refused_whatever_it_is_called(suffix: str) -> None:
    with pytest.raises(ActionRefused, match="can't be kept"):
        check_file(SimpleUploadedFile(f"proof{suffix}", b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff"))


@pytest.mark.parametrize("damage", [(6, b"\xff\0"), (8, b"\0\x08"), (46, b"\xff")])
def test_a_damaged_office_file_is_refused_in_a_sentence(damage: tuple[int, bytes]) -> None:
    where, what = damage
    content = bytearray(office("word"))
    directory = content.index(b"PK\x01\x02")
    content[directory + 8 : directory + 10] = b"\0\x08"  # its names are said to be UTF-8
    content[directory + where : directory + where + len(what)] = what
    content[directory + 46] = 0xFF

    with pytest.raises(ActionRefused, match="can't be kept"):
        check_file(SimpleUploadedFile("proof.docx", bytes(content)))


@pytest.mark.parametrize("name", ["setup.exe", "proof", "page.html", "proof.pdf.exe"])
def test_a_name_of_another_kind_is_refused_whatever_is_in_it(name: str) -> None:
    with pytest.raises(ActionRefused, match="can't be kept"):
        check_file(SimpleUploadedFile(name, REAL[".pdf"]))


def test_a_file_that_is_refused_says_which_are_taken_in_the_open_fold_and_nothing_is_saved(decided: Company) -> None:
    path = asked(decided, "Account?", evidence_example="A screenshot.")
    client = signed_in(decided.dev)
    assert "up to 10 MB each" in client.get(path).content.decode()

    page = press(client, path, "yes", uploads=[SimpleUploadedFile("setup.exe", b"MZ\x90\0")])

    assert "“setup.exe” can&#x27;t be kept. PDF, PNG, JPEG" in page
    assert '<details class="fold" open>' in page
    assert not Answer.objects.exists()
    assert not Evidence.objects.exists()
