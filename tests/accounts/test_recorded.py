"""What is recorded about me: to read, to take along, and to have erased."""

import datetime as dt
import io
import json
import zipfile

import pytest
from django.contrib.sessions.models import Session
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from structlog.testing import capture_logs

from accounts import actions
from accounts.models import Organization
from accounts.tasks import erase_due
from audit.models import AuditEvent
from checklists.actions import Given, assign
from checklists.models import Evidence, Item
from operations import clock
from tests.cast import PASSWORD, Company, company, signed_in
from tests.checklists.steps import answer, brought, checklist

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme(settings, tmp_path) -> Company:
    """Dev has answered in words and with a file."""
    settings.STATE_DIR = tmp_path
    acme, at = company(), clock.now()
    made = checklist(acme, "privacy", ["Show it?"], at=at, answer_kind="evidence")
    assign(checklist=made, by=acme.mara, at=at)
    item = Item.objects.get(listings__version__checklist=made)
    answer(acme.dev, item.pk, at=at, given=Given(kind="unsure", text="Which screen?"))
    file = SimpleUploadedFile("screen.txt", b"The screen.", content_type="text/plain")
    answer(acme.dev, item.pk, at=at, given=brought(acme.dev, item, file, at=at))
    return acme


def test_the_page_says_what_why_who_and_how_long_with_ones_own_counts(acme, django_assert_max_num_queries) -> None:
    client = signed_in(acme.dev)

    with django_assert_max_num_queries(12):
        page = client.get("/o/acme/me/recorded/").content.decode()

    assert "Files and links that you handed in" in page
    assert "2 entries" in page  # of answers
    assert "Until 3 years after you leave." in page
    assert "ask an owner: Olga" in page
    assert "Which screen?" not in page
    assert "Until 10 years after you leave," in signed_in(acme.sven).get("/o/acme/me/recorded/").content.decode()


def test_all_of_it_is_taken_along_once_in_a_while_and_noted(acme) -> None:
    client = signed_in(acme.dev)

    response = client.post("/o/acme/me/recorded/take-out/")

    archive = zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))
    assert archive.testzip() is None
    said = {row["words"] for row in json.loads(archive.read("answers.json"))}
    assert said == {"Which screen?", None}
    [file] = [name for name in archive.namelist() if name.startswith("evidence/")]
    assert (file.endswith("-screen.txt"), archive.read(file)) == (True, b"The screen.")
    assert "answers.json" in archive.read("read-me.html").decode()
    assert json.loads(archive.read("name.json"))[0]["email"] == "dev@acme.example"
    assert AuditEvent.objects.filter(action="person.taken_out", actor_id=acme.dev.user_id).count() == 1
    assert client.post("/o/acme/me/recorded/take-out/").status_code == 302


def test_a_file_that_is_lost_is_named_and_the_rest_comes_along(acme) -> None:
    item = Item.objects.get(listings__version__checklist__key="privacy")
    file = SimpleUploadedFile("second.txt", b"Another screen.", content_type="text/plain")
    answer(acme.dev, item.pk, at=clock.now(), given=brought(acme.dev, item, file, at=clock.now()))
    first, _second = Evidence.objects.order_by("pk")
    default_storage.delete(first.file.name)

    response = signed_in(acme.dev).post("/o/acme/me/recorded/take-out/")
    with capture_logs() as said:
        archive = zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))

    assert archive.testzip() is None
    [file] = [name for name in archive.namelist() if name.startswith("evidence/")]
    assert archive.read(file) == b"Another screen."
    assert "-screen.txt" in archive.read("missing.txt").decode()
    [missing] = [one for one in said if one["event"] == "recorded.file_missing"]
    assert (missing["log_level"], missing["path"]) == ("error", first.file.name)


def test_sessions_that_have_run_out_are_removed(acme) -> None:
    signed_in(acme.dev)
    Session.objects.update(expire_date=clock.now() - dt.timedelta(minutes=1))
    signed_in(acme.mia)

    erase_due()

    assert [one.get_decoded()["_auth_user_id"] for one in Session.objects.all()] == [str(acme.mia.user_id)]


def test_nobody_else_is_in_it(acme) -> None:
    response = signed_in(acme.mia).post("/o/acme/me/recorded/take-out/")

    archive = zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))
    whole = b"".join(archive.read(name) for name in archive.namelist()).decode()
    assert "Which screen?" not in whole
    assert "dev@acme" not in whole


def test_an_owner_reads_what_goes_confirms_and_it_is_gone(acme) -> None:
    actions.end_membership(membership=acme.dev, by=acme.olga, at=clock.now())
    client, url = signed_in(acme.olga), f"/o/acme/people/{acme.dev.pk}/"
    assert "erased on" in client.get(url).content.decode()

    page = client.get(f"{url}erase/").content.decode()
    assert "Your own go, with their names" in page
    refused = client.post(f"{url}erase/", {"is_read": "on", "password": "not it"})
    assert "This is not your password." in refused.content.decode()
    assert "This field is required." in client.post(f"{url}erase/", {"password": PASSWORD}).content.decode()
    client.post(f"{url}erase/", {"is_read": "on", "password": PASSWORD})

    page = client.get(url).content.decode()
    assert "Erased person" in page
    assert "dev@acme.example" not in page
    assert f"{url}erase/" not in page


def test_an_owner_keeps_somebody_for_longer_and_lets_them_go(acme) -> None:
    client, url = signed_in(acme.olga), f"/o/acme/people/{acme.finn.pk}/"

    client.post(f"{url}keep/", {"because": "A dispute."})

    assert "Why: A dispute." in client.get(url).content.decode()
    assert "A dispute." not in signed_in(acme.ann).get(url).content.decode()
    assert "kept for now" in client.get(f"{url}erase/").content.decode()
    client.post(f"{url}let-go/")
    assert "are erased on" in client.get(url).content.decode()


@pytest.mark.parametrize(("people", "signers", "is_saved"), [(2, 7, True), (5, 5, True), (5, 4, False), (0, 4, False)])
def test_an_owner_says_how_long_people_are_kept(acme, people: int, signers: int, is_saved: bool) -> None:
    years = {"keep_people_for_years": people, "keep_signers_for_years": signers}

    signed_in(acme.olga).post("/o/acme/settings/retention/", years)

    kept = Organization.objects.get(slug="acme")
    found = (kept.keep_people_for_years, kept.keep_signers_for_years)
    assert found == ((people, signers) if is_saved else (3, 10))
    assert AuditEvent.objects.filter(action="organization.retention_changed").count() == is_saved
