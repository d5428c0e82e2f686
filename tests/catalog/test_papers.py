"""PDF and Word documents of a policy: kept as evidence, compared with nothing; and every original as it was brought."""

import hashlib
import zipfile
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from audit.models import AuditEvent
from catalog.models import Clause, PolicySource, PolicyVersion
from operations import clock
from operations.errors import ActionRefused
from operations.files import MEGABYTE
from tests.cast import Company, company, signed_in
from tests.catalog.factories import MARKDOWN, bring, source_of

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"


def office(folder: str) -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(f"{folder}/document.xml", "<document/>")
    return made.getvalue()


@pytest.fixture
def acme() -> Company:
    return company()


@pytest.fixture
def source(acme: Company) -> PolicySource:
    return source_of(acme.mara)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PDF, "application/pdf"),
        (office("word"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ],
)
def test_a_paper_is_known_by_what_is_in_it_and_kept_without_clauses(acme, source, content, kind) -> None:
    version = bring(acme.mara, source, content, name="terms.md")

    version.refresh_from_db()
    assert (version.content_type, bytes(version.content), version.is_text) == (kind, content, False)
    assert version.sha256 == hashlib.sha256(content).hexdigest()
    assert not Clause.objects.exists()
    assert AuditEvent.objects.filter(action="version.added").count() == 1


def test_what_is_called_a_paper_and_is_text_is_a_text(acme, source) -> None:
    assert bring(acme.mara, source, MARKDOWN, name="terms.pdf").is_text


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (office("xl"), "office file"),
        (b"PK\x03\x04 damaged", "office file"),
        (b"%PDF-" + b"x" * 10 * MEGABYTE, "larger than 10"),
    ],
)
def test_other_files_and_what_is_too_large_are_refused(acme, source, content, why) -> None:
    with pytest.raises(ActionRefused, match=why):
        bring(acme.mara, source, content)

    assert not PolicyVersion.objects.exists()


def test_the_same_paper_is_kept_once(acme, source) -> None:
    bring(acme.mara, source, PDF, ago=3)

    with pytest.raises(ActionRefused, match="kept already"):
        bring(acme.mara, source, PDF)


def test_a_paper_between_two_texts_is_left_out_of_comparing(acme, source) -> None:
    old = bring(acme.mara, source, MARKDOWN, ago=9)
    paper = bring(acme.mara, source, PDF, ago=5)
    mara, here = signed_in(acme.mara), f"/o/acme/policies/{source.pk}/"
    with pytest.raises(ActionRefused, match="Nothing has changed"):
        bring(acme.mara, source, MARKDOWN, ago=2)

    new = bring(acme.mara, source, MARKDOWN.replace(b"30 days", b"5 years"))
    page = mara.get(here)

    assertContains(page, f"{here}compare/{old.pk}/{new.pk}/")
    assertContains(page, "Kept as evidence, not compared", count=1)
    assertNotContains(page, f'value="{paper.pk}"')
    assert mara.get(f"{here}compare/{old.pk}/{paper.pk}/").status_code == 404
    assertRedirects(mara.get(here, {"old": old.pk, "new": new.pk}), f"{here}compare/{old.pk}/{new.pk}/")


def test_uploading_a_paper_says_that_it_is_evidence(acme, source) -> None:
    bring(acme.mara, source, MARKDOWN, ago=9)
    sent = {"upload": SimpleUploadedFile("terms.pdf", PDF), "seen_on": clock.now().date()}

    page = signed_in(acme.mara).post(f"/o/acme/policies/{source.pk}/versions/add/", sent, follow=True)

    assertContains(page, "The paper is kept as evidence.")


@pytest.mark.parametrize("content", [PDF, b"<!doctype html><script>alert(1)</script><p>We keep it.</p>"])
def test_every_original_is_downloaded_as_it_was(acme, source, content) -> None:
    version = bring(acme.mara, source, content, name="terms.html")
    address = f"/o/acme/policies/{source.pk}/versions/{version.pk}/"

    answer = signed_in(acme.ann).get(address)

    assert b"".join(answer.streaming_content) == content
    assert answer["Content-Disposition"] == 'attachment; filename="terms.html"'
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("application/octet-stream", "nosniff")
    assert signed_in(acme.dev).get(address).status_code == 403
    globex = company("globex")
    assert signed_in(globex.mara).get(address.replace("acme", "globex")).status_code == 404


def test_the_database_takes_no_paper_that_nobody_uploaded(acme, source) -> None:
    fetched = {"origin": "fetched", "seen_on": clock.now().date(), "added_at": clock.now()}

    fetched["source"] = PolicySource.objects.create(key="page", title="Page")
    with pytest.raises(IntegrityError, match="paper_was_uploaded"), transaction.atomic():
        PolicyVersion.objects.create(
            content=PDF, sha256=hashlib.sha256(PDF).hexdigest(), content_type="application/pdf", **fetched
        )


def test_versions_are_paged_by_their_day(acme, source, monkeypatch, django_assert_num_queries) -> None:
    monkeypatch.setattr("catalog.views.sources.VERSIONS_A_PAGE", 2)
    kept = [bring(acme.mara, source, MARKDOWN + b"\n\nRevision %d." % day, ago=day) for day in (1, 7, 3, 5, 9)]
    in_order = [kept[number].pk for number in (0, 2, 3, 1, 4)]
    mara, here = signed_in(acme.mara), f"/o/acme/policies/{source.pk}/"

    first = mara.get(here)
    second = mara.get(here + first.context["page"].older_url)
    third = mara.get(here + second.context["page"].older_url)

    pages = [[row.pk for row in answer.context["page"].rows] for answer in (first, second, third)]
    assert pages == [in_order[:2], in_order[2:4], in_order[4:]]
    assert [row.before_id for row in first.context["page"].rows] == in_order[1:3]
    assert (first.context["page"].newer_url, third.context["page"].older_url) == ("", "")
    assert mara.get(here + "?before=x").context["page"].rows == first.context["page"].rows
