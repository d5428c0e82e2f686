"""Versions of a policy: what is kept, what is refused, and the pages on which people bring and compare them."""

import datetime as dt
import hashlib
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client

from audit.models import AuditEvent
from catalog import actions
from catalog.models import PolicySource, PolicyVersion
from operations import clock
from operations.errors import ActionRefused
from tests.cast import Company, company, signed_in

pytestmark = pytest.mark.django_db

POLICIES = Path(__file__).parent / "policies"
SPRING, AUTUMN = ((POLICIES / name).read_bytes() for name in ("spring.md", "autumn.md"))
REFORMATTED = SPRING.replace(b"\n* ", b"\n\n- ").replace(b"**", b"__").replace(b"?w=280", b"?w=840")


@pytest.fixture
def source(acme: Company) -> PolicySource:
    return actions.add_source(by=acme.mara, title="Orbit help", url="https://orbit.example/data", at=clock.now())


@pytest.fixture
def mara(acme: Company) -> Client:
    return signed_in(acme.mara)


def today() -> dt.date:
    return clock.now().date()


def bring(by: Any, source: PolicySource, content: bytes = SPRING, *, ago: int = 0, **more: Any) -> PolicyVersion:
    words = {"origin": "uploaded", "name": "page.md", "seen_on": today() - dt.timedelta(days=ago), **more}
    return actions.add_version(by=by, source=source, content=content, at=clock.now(), **words)


def add_url(source: PolicySource) -> str:
    return f"/o/acme/policies/{source.pk}/versions/add/"


def test_the_bytes_are_kept_with_their_hash(acme, source) -> None:
    content = "\ufeff# Page\r\n\r\nWe keep it.\r\n".encode()

    version = PolicyVersion.objects.get(pk=bring(acme.mara, source, content).pk)

    assert bytes(version.content) == content
    assert version.sha256 == hashlib.sha256(content).hexdigest()
    assert version.document.text == "We keep it."
    assert version.by == acme.mara.user
    event = AuditEvent.objects.get(action="version.added")
    assert (event.target, version.sha256 in event.data) == (f"version:{version.pk}", True)


def test_the_database_refuses_a_hash_of_other_bytes(acme, source) -> None:
    fetched = {"organization": acme.organization, "source": source, "origin": "fetched", "added_at": clock.now()}

    with pytest.raises(IntegrityError, match="version_hash_is_of_its_bytes"), transaction.atomic():
        PolicyVersion.objects.create(content=b"x", sha256="0" * 64, seen_on=today(), **fetched)


@pytest.mark.parametrize(
    ("content", "more", "why"),
    [
        (b"PK\x03\x04 ...", {}, "PDF.*Markdown, HTML or plain text"),
        (b"  \n", {}, "no text in it"),
        (b"word " * 500_000, {}, "larger than 2 MB"),
        (SPRING, {"ago": -2}, "still to come"),
    ],
)
def test_what_is_refused_says_how_to_mend_it(acme, source, content, more, why) -> None:
    with pytest.raises(ActionRefused, match=why):
        bring(acme.mara, source, content, **more)

    assert not PolicyVersion.objects.exists()


def test_another_organizations_policy_is_refused(source) -> None:
    globex = company("globex")

    with pytest.raises(ActionRefused, match="not in your catalog"):
        bring(globex.mara, source)


@pytest.mark.parametrize("content", [SPRING, REFORMATTED], ids=["the same", "reformatted"])
def test_the_same_words_are_no_version(acme, source, content) -> None:
    bring(acme.mara, source, ago=3)

    with pytest.raises(ActionRefused, match="Nothing has changed since"):
        bring(acme.mara, source, content)


def test_an_old_text_that_is_back_is_a_version(acme, source) -> None:
    for ago, content in ((9, SPRING), (5, AUTUMN), (1, SPRING)):
        bring(acme.mara, source, content, ago=ago)

    assert PolicyVersion.objects.count() == 3


def test_a_version_of_an_earlier_day_stands_before(acme, source, mara) -> None:
    bring(acme.mara, source, AUTUMN, ago=1)
    bring(acme.mara, source, SPRING, ago=9)

    rows = mara.get(f"/o/acme/policies/{source.pk}/").context["page"].rows

    assert [bytes(row.content) for row in rows] == [AUTUMN, SPRING]


def test_the_list_has_those_with_a_text_first_and_is_searched(acme, source, mara) -> None:
    other = actions.add_source(by=acme.mara, title="Comet terms", url="", at=clock.now())
    bring(acme.mara, source)

    page = mara.get("/o/acme/policies/")
    found = mara.get("/o/acme/policies/?search=comet")

    assert page.context["with_text"] == [source]
    assert page.context["page"].rows == [other]
    assert "Orbit help" not in found.content.decode()


def test_a_pasted_text_is_kept_and_the_next_is_compared(source, mara) -> None:
    first = mara.post(add_url(source), {"text": SPRING.decode(), "seen_on": today() - dt.timedelta(days=2)})
    upload = SimpleUploadedFile("autumn.md", AUTUMN)
    second = mara.post(add_url(source), {"upload": upload, "seen_on": today(), "effective_on": today()})

    new, old = PolicyVersion.objects.all()
    assert first["Location"] == f"/o/acme/policies/{source.pk}/"
    assert second["Location"] == f"/o/acme/policies/{source.pk}/compare/{old.pk}/{new.pk}/"
    assert (old.origin, new.origin, new.name, new.effective_on) == ("pasted", "uploaded", "autumn.md", today())
    assert bytes(new.content) == AUTUMN


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        ({}, "Choose a file, or paste the text below."),
        ({"text": "Ours", "upload": SimpleUploadedFile("a.md", b"Theirs")}, "not both"),
        ({"upload": SimpleUploadedFile("a.pdf", b"PK\x03\x04")}, "Bring it as Markdown"),
        ({"text": "Typed by hand", "seen_on": "2098-01-01"}, "still to come"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(source, mara, sent, why) -> None:
    page = mara.post(add_url(source), {"seen_on": "2026-01-07", **sent}).content.decode()

    assert why in page
    assert sent.get("text", "") in page
    assert sent.get("seen_on", "2026-01-07") in page
    assert not PolicyVersion.objects.exists()


@pytest.mark.parametrize("view", ["", "?view=side"])
def test_the_comparison_shows_the_heavy_line_and_why(acme, source, mara, view, django_assert_max_num_queries) -> None:
    old, new = bring(acme.mara, source, SPRING, ago=9), bring(acme.mara, source, AUTUMN)

    with django_assert_max_num_queries(12):
        response = mara.get(f"/o/acme/policies/{source.pk}/compare/{old.pk}/{new.pk}/{view}")

    page = response.content.decode()
    report = next(change for change in response.context["changes"] if "report" in change["id"])
    assert {"kind": "duration", "old": "30 days", "new": "5 years"}.items() <= vars(
        report["signals"][0]["signal"]
    ).items()
    assert re.search(r"<ins>[^/]*\+</span>[^/]*added: </span>5 years", page)
    assert re.search(r"<del>[^/]*−</span>[^/]*removed: </span>30 days", page)
    assert page.count("<h1>") == 1
    assert page.count("Next change") == len(response.context["changes"]) - 1
    sides = [
        side[0][1]
        for change in response.context["changes"]
        for side in (change["old_words"], change["new_words"])
        if side
    ]
    assert sides == [text.lstrip() for text in sides]
    ids = [change["id"] for change in response.context["changes"]]
    assert len(set(ids)) == len(ids)


def test_a_comparison_of_formatting_says_only_so(acme, source, mara) -> None:
    versions = [
        bring(acme.mara, source, content, ago=ago) for ago, content in ((9, SPRING), (5, AUTUMN), (1, REFORMATTED))
    ]

    page = mara.get(f"/o/acme/policies/{source.pk}/compare/{versions[0].pk}/{versions[2].pk}/").content.decode()

    assert "Only the formatting differs" in page
    assert "Next change" not in page


def test_any_two_are_chosen_on_the_page_of_the_policy(acme, source, mara) -> None:
    old, new = bring(acme.mara, source, SPRING, ago=9), bring(acme.mara, source, AUTUMN)
    here = f"/o/acme/policies/{source.pk}/"

    chosen = mara.get(here, {"old": old.pk, "new": new.pk})
    same = mara.get(here, {"old": old.pk, "new": old.pk})

    assert chosen["Location"] == f"{here}compare/{old.pk}/{new.pk}/"
    assert "this is the same one" in same.content.decode()


def test_what_an_organization_brings_is_not_shown_to_another(acme) -> None:
    globex = company("globex")
    shipped = PolicySource.objects.create(key="page", title="Shipped page")
    old, new = bring(acme.mara, shipped, SPRING, ago=9), bring(acme.mara, shipped, AUTUMN)
    client = signed_in(globex.mara)

    detail = client.get(f"/o/globex/policies/{shipped.pk}/")
    compared = client.get(f"/o/globex/policies/{shipped.pk}/compare/{old.pk}/{new.pk}/")
    listed = client.get("/o/globex/policies/")

    assert detail.context["page"].rows == []
    assert compared.status_code == 404
    assert listed.context["page"].rows == [shipped]
    assert bring(globex.mara, shipped, AUTUMN).organization == globex.organization


def test_members_do_not_read_policies_and_auditors_do_not_bring_them(acme, source) -> None:
    assert signed_in(acme.dev).get("/o/acme/policies/").status_code == 403
    assert signed_in(acme.sven).get(f"/o/acme/policies/{source.pk}/").status_code == 200
    assert signed_in(acme.ann).get(add_url(source)).status_code == 403


def test_a_version_of_ours_hangs_on_no_policy_of_fetched(acme, source) -> None:
    globex = company("globex")
    version = bring(acme.mara, source)

    with pytest.raises(IntegrityError, match="another organization"), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO catalog_policyversion (organization_id, source_id, content, sha256, name, origin, seen_on,"
            " added_at, by_id) SELECT %s, source_id, content, sha256, name, origin, seen_on, added_at, by_id"
            " FROM catalog_policyversion WHERE id = %s",
            [globex.organization.pk, version.pk],
        )


def test_who_brings_a_version_holds_up_no_other_organization(acme, transactional_db) -> None:
    """The same shared policy, brought by two organizations at once: a lock on its row would have made one wait."""
    globex = company("globex")
    shipped = PolicySource.objects.create(key="page", title="Shipped page")

    with transaction.atomic():
        bring(acme.mara, shipped)
        with ThreadPoolExecutor(1) as other:
            assert (
                other.submit(_bring_and_close, globex.mara, shipped).result(timeout=10).organization
                == globex.organization
            )


def _bring_and_close(by: Any, source: PolicySource) -> PolicyVersion:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '5s'")
        return bring(by, source)
    finally:
        connection.close()


def test_two_who_bring_the_same_at_once_leave_one(acme, transactional_db) -> None:
    source = actions.add_source(by=acme.mara, title="Orbit help", url="", at=clock.now())
    both = Barrier(2, timeout=10)

    def at_once(_number: int) -> bool:
        try:
            both.wait()
            bring(acme.mara, source)
        except ActionRefused:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as two:
        assert sorted(two.map(at_once, range(2))) == [False, True]
    assert source.versions.count() == 1


def test_a_paste_that_is_too_long_is_said_at_the_field(source, mara) -> None:
    text = "We keep it. " * 250_000  # 3 MB: more than Django takes by itself

    answer = mara.post(add_url(source), {"text": text, "seen_on": today()})

    assert answer.status_code == 200
    assert "Shorten this to" in answer.content.decode()
    assert not PolicyVersion.objects.exists()
