"""Files that are not what they say they are: kept, hashed, part of no answer unless a manager says so."""

import datetime as dt
import hashlib
import io
import zipfile
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from PIL import Image

from audit.models import AuditEvent
from checklists import actions
from checklists.models import Answer, Evidence, Upload
from checklists.tasks import remove_files_left_over
from notifications.models import Notice
from operations import clock
from operations.errors import ActionRefused
from operations.files import LARGEST_SAID, OPEN_DOCUMENT, look_into
from tests.cast import EPOCH, Company, signed_in
from tests.checklists.steps import LATER, answer, brought, checklist, item, url

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n"


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30), **words: object) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", size, "green").save(content, kind, **words)
    return content.getvalue()


TYPES = "[Content_Types].xml"
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def document(parts: dict[str, str | bytes]) -> bytes:
    """A document of these parts; what says what they are says something harmless where it isn't among them."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in {TYPES: types(MAIN), "word/document.xml": "…", **parts}.items():
            archive.writestr(name, text)
    return content.getvalue()


def types(kind: str) -> str:
    return f'<Types xmlns="t"><Override PartName="/word/document.xml" ContentType="{kind}"/></Types>'


def related(kind: str) -> str:
    return f'<Relationships xmlns="r"><Relationship Id="r1" Type="{kind}" Target="../elsewhere/notes.dat"/></Relationships>'


@pytest.fixture
def path(decided: Company) -> str:
    made = checklist(decided, "proof", ["Show it?"], answer_kind="evidence")
    actions.assign(checklist=made, by=decided.mara, at=EPOCH)
    return url(decided, f"my-list/{item('show-it').pk}/")


def press(client: Client, path: str, reply: str = "save", **words: object) -> str:
    shown = client.get(path).context["shown"]
    return client.post(path, {"shown": shown.sha256, "reply": reply, **words}, follow=True).content.decode()


def bring(acme: Company, content: bytes = b"MZ\x90\0", name: str = "proof.pdf") -> Upload:
    brought(acme.dev, item("show-it"), SimpleUploadedFile(name, content), at=clock.now())
    return Upload.objects.get()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("proof.pdf", b"MZ\x90\0", "says it is PDF, but it isn&#x27;t"),
        ("proof.pdf", PNG, "says it is PDF, but what is in it is PNG"),
        ("proof.png", PNG + b"\0" * 40, "can&#x27;t be opened as a picture"),
        ("proof.docx", document({"word/vbaProject.bin": "…"}), "holds a program (macros)"),
    ],
)
def test_the_person_reads_what_is_wrong_and_how_to_mend_it_and_nothing_is_answered(decided, path, name, content, words):
    page = press(signed_in(decided.dev), path, uploads=[SimpleUploadedFile(name, content)])

    assert words in page
    assert "Held back" in page
    assert not Answer.objects.exists()
    held = Upload.objects.get()
    assert (held.sha256, held.is_held_back) == (hashlib.sha256(content).hexdigest(), True)
    assert AuditEvent.objects.filter(action="file.held_back", target=f"upload:{held.pk}").count() == 1


@pytest.mark.parametrize(
    "parts",
    [
        {TYPES: types("application/vnd.ms-office.vbaProject"), "elsewhere/notes.dat": "…"},
        {TYPES: types("application/vnd.ms-word.document.macroEnabled.main+xml")},
        {TYPES: types("application/vnd.ms-word.document.macroEnabled.main+xml").encode("utf-16")},
        {"word/_rels/document.xml.rels": related("http://schemas.microsoft.com/office/2006/relationships/vbaProject")},
        {"xl/_rels/a.RELS": related("http://schemas.microsoft.com/office/2006/relationships/xlMacrosheet")},
    ],
    ids=["type of a part elsewhere", "type of the document", "in UTF-16", "relationship", "sheet of macros"],
)
def test_a_program_is_found_by_what_the_file_says_of_its_parts(parts) -> None:
    found = look_into(SimpleUploadedFile("proof.docx", document(parts)))

    assert (found.content_type, found.has_macros) == ("", True)


@pytest.mark.parametrize(
    "said",
    ["<Types", '<!DOCTYPE x [<!ENTITY a "aaaa">]><Types>&a;</Types>', "<Types>" + " " * LARGEST_SAID + "</Types>"],
    ids=["broken", "with entities", "too much"],
)
def test_what_does_not_say_what_its_parts_are_is_no_document(said: str) -> None:
    assert look_into(SimpleUploadedFile("proof.docx", document({TYPES: said}))).content_type == ""
    assert look_into(SimpleUploadedFile("proof.docx", document({}))).content_type.endswith("wordprocessingml.document")


@pytest.mark.parametrize("packed", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
@pytest.mark.parametrize(
    ("name", "part", "says"),
    [("proof.docx", TYPES, types(MAIN) * 9), ("proof.odt", "mimetype", OPEN_DOCUMENT)],
)
def test_what_is_damaged_within_is_no_document_and_no_fault_of_ours(
    name: str, part: str, says: str, packed: int
) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(zipfile.ZipInfo(part), says, compress_type=packed)
        archive.writestr("word/document.xml", "…")
    damaged = bytearray(content.getvalue())
    begins = 30 + len(part)
    damaged[begins : begins + 12] = b"\xff" * 12

    assert look_into(SimpleUploadedFile(name, bytes(damaged))).content_type == ""


def test_what_is_held_back_does_not_answer_and_does_not_stand_in_the_way_of_what_does(decided, path) -> None:
    bring(decided)
    client = signed_in(decided.dev)

    assert "Add a file or a link that shows it." in press(client, path)
    press(client, path, uploads=[SimpleUploadedFile("proof.txt", b"It is so.")])

    assert [one.name for one in Evidence.objects.all()] == ["proof.txt"]
    assert Upload.objects.get().is_held_back


def test_a_manager_downloads_it_as_nothing_that_opens_and_nobody_else_does(decided, path) -> None:
    held = bring(decided)
    manager, address = signed_in(decided.mara), url(decided, f"uploads/held-back/{held.pk}/open/")

    response = manager.get(address)

    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"] == f'attachment; filename="{held.sha256}.held-back"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "may be made to harm" in manager.get(url(decided, f"uploads/held-back/{held.pk}/")).content.decode()
    assert "1 file is held back" in manager.get(url(decided, "checklists/")).content.decode()
    assert [signed_in(who).get(address).status_code for who in (decided.dev, decided.ann, decided.mia)] == [403] * 3


def test_a_manager_releases_it_for_a_reason_the_person_is_told_and_hands_it_in(decided, path) -> None:
    held = bring(decided)

    signed_in(decided.mara).post(url(decided, f"uploads/held-back/{held.pk}/"), {"reason": "A scan by our copier."})

    held.refresh_from_db()
    assert (held.is_held_back, str(held.reason)) == (False, "A scan by our copier.")
    told = Notice.objects.get(rule="file-released")
    assert (told.recipient, told.link) == (decided.dev, path)
    logged = AuditEvent.objects.get(action="file.released")
    assert held.reason.sha256 in logged.data
    press(signed_in(decided.dev), path)
    evidence = Evidence.objects.get()
    assert (evidence.sha256, evidence.content_type) == (held.sha256, "application/octet-stream")
    assert Upload.objects.get().gone_at is not None


@pytest.mark.parametrize(("who", "reason"), [("mara", " "), ("dev", "Mine.")])
def test_nobody_releases_without_a_reason_or_their_own(decided, path, who, reason) -> None:
    held = bring(decided)

    with pytest.raises(ActionRefused):
        actions.release(upload=held, by=getattr(decided, who), reason=reason, at=clock.now())

    held.refresh_from_db()
    assert held.is_held_back


def test_after_thirty_days_its_bytes_go_and_its_row_and_hash_stay(decided, path) -> None:
    brought(
        decided.dev, item("show-it"), SimpleUploadedFile("a.pdf", b"MZ"), SimpleUploadedFile("b.txt", b"b"), at=LATER
    )

    assert actions.discard_old(decided.organization, at=LATER + dt.timedelta(days=30)) == 0
    remove_files_left_over(LATER + dt.timedelta(days=31))
    remove_files_left_over(LATER + dt.timedelta(days=31))

    held = Upload.objects.get()
    assert (held.name, held.file.name, held.sha256) == ("a.pdf", "", hashlib.sha256(b"MZ").hexdigest())
    assert AuditEvent.objects.filter(action="file.discarded").count() == 1
    with pytest.raises(ActionRefused, match="no longer held back"):
        actions.release(upload=held, by=decided.mara, reason="Late.", at=LATER)


def test_whoever_removes_it_from_the_page_does_not_remove_it_from_the_manager(decided, path) -> None:
    held = bring(decided)

    page = press(signed_in(decided.dev), path, reply="", take_back=str(held.pk))

    assert "Remove proof.pdf" not in page
    assert signed_in(decided.mara).get(url(decided, "uploads/held-back/")).context["page"].rows == [held]


@pytest.mark.parametrize("change", ["delete", "sha256"])
def test_the_database_keeps_what_was_held_back_as_it_came(decided, path, change) -> None:
    held = Upload.objects.filter(pk=bring(decided).pk)

    with pytest.raises(IntegrityError), transaction.atomic():
        held.delete() if change == "delete" else held.update(sha256="0" * 64)


def test_a_picture_is_shown_small_without_what_is_written_beside_it_and_may_run_nothing(decided, path) -> None:
    exif = Image.Exif()
    exif[0x010E] = "Taken at home"
    bring(decided, picture("JPEG", (3000, 2000), exif=exif), "proof.jpg")
    client = signed_in(decided.dev)
    press(client, path)
    evidence = Evidence.objects.get()
    address = url(decided, f"evidence/{evidence.pk}/preview/")

    response = client.get(address)

    drawn = b"".join(response.streaming_content)
    with Image.open(io.BytesIO(drawn)) as shown:
        assert (shown.format, max(shown.size), dict(shown.getexif())) == ("WEBP", 1200, {})
    assert b"Taken at home" not in drawn
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox; frame-ancestors 'none'"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert f'src="{address}"' in client.get(path).content.decode()
    assert [signed_in(who).get(address).status_code for who in (decided.mia, decided.ann)] == [403, 200]


def test_the_first_page_of_a_pdf_is_shown(decided, path) -> None:
    bring(decided, picture("PDF"), "proof.pdf")
    client = signed_in(decided.dev)

    assert "Look at its first page" in client.get(path).content.decode()
    response = client.get(url(decided, f"uploads/{Upload.objects.get().pk}/preview/"))
    with Image.open(io.BytesIO(b"".join(response.streaming_content))) as shown:
        assert shown.format == "WEBP"


def test_a_pdf_that_cannot_be_drawn_is_kept_without_a_picture(decided, path) -> None:
    upload = bring(decided, b"%PDF-1.7\n")

    assert (upload.is_held_back, upload.has_preview) == (False, False)
    assert signed_in(decided.dev).get(url(decided, f"uploads/{upload.pk}/preview/")).status_code == 404


def test_a_picture_of_too_many_pixels_is_never_opened(decided, path) -> None:
    content = bytearray(picture())
    content[16:24] = (60_000).to_bytes(4, "big") * 2
    # The header's checksum, as a picture that means it has it.
    content[29:33] = zlib.crc32(bytes(content[12:29])).to_bytes(4, "big")

    assert bring(decided, bytes(content), "proof.png").trouble == Upload.Trouble.TOO_MANY_PIXELS


def test_pictures_whose_file_is_gone_go_at_night(decided, path) -> None:
    upload = bring(decided, picture(), "proof.png")
    actions.take_back(upload=upload, by=decided.dev, at=clock.now())

    removed = actions.remove_left_over(decided.organization, at=clock.now() + dt.timedelta(days=2))

    assert removed == 2


def test_what_is_answered_is_left_alone_at_night(decided, path) -> None:
    answer(
        decided.dev,
        item("show-it").pk,
        at=LATER,
        given=brought(decided.dev, item("show-it"), SimpleUploadedFile("a.png", picture()), at=LATER),
    )

    remove_files_left_over(LATER + dt.timedelta(days=60))

    assert Evidence.objects.get().file.read() == picture()
    assert signed_in(decided.dev).get(url(decided, f"evidence/{Evidence.objects.get().pk}/preview/")).status_code == 200
