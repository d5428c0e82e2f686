"""Policies of an organization's own: added, corrected, retired and brought back."""

from typing import Any

import pytest
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from audit.models import AuditEvent
from catalog import actions
from catalog.models import PolicySource
from operations import clock
from operations.errors import ActionRefused
from tests.cast import Company, company, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme() -> Company:
    return company()


def words(by, **more: Any) -> dict[str, Any]:
    return {
        "title": "Order form 7",
        "kind": "contract",
        "url": "",
        "markdown_url": "",
        "cadence_days": 7,
        "keeper": by,
        **more,
    }


def add(by, **more: Any) -> PolicySource:
    return actions.add_policy_source(by=by, at=clock.now(), **words(by, **more))


def sent(by, **more: Any) -> dict[str, Any]:
    return words(by, **{"keeper": by.pk, **more})


def events(*names: str) -> list[str]:
    return list(AuditEvent.objects.filter(action__startswith="source.").order_by("pk").values_list("action", flat=True))


def test_a_policy_is_added_with_its_keeper_and_cadence(acme) -> None:
    page = signed_in(acme.mara).post(
        "/o/acme/policies/add/",
        sent(acme.mara, url="trust.acme.example/dpa", cadence_days=30, kind="processing-agreement"),
    )

    source = PolicySource.objects.get(organization=acme.organization)
    assertRedirects(page, f"/o/acme/policies/{source.pk}/")
    assert (source.url, source.cadence_days, source.keeper) == ("https://trust.acme.example/dpa", 30, acme.mara)
    assert source.kind_label == "Processing agreement"
    assert events() == ["source.added"]
    assert source.title not in AuditEvent.objects.get(action="source.added").data
    shown = signed_in(acme.ann).get(f"/o/acme/policies/{source.pk}/")
    assertContains(shown, "every 30 days")
    assertContains(shown, acme.mara.user.name)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"title": ""}, "This field is required"),
        ({"title": " ORDER  form 7 "}, "There is a policy “ORDER form 7” already"),
        ({"title": "Shipped Page"}, "There is a policy “Shipped Page” already"),
        ({"title": "B", "url": "ftp://acme.example/terms"}, "Write an address of the web"),
        ({"title": "B", "url": "javascript:alert(1)"}, "Enter a valid URL"),
        ({"title": "B", "url": "https://mara:secret@acme.example/terms"}, "Leave name and password out"),
        (
            {"title": "B", "url": "https://acme.example", "markdown_url": "https://x@acme.example/a.md"},
            "Leave name and",
        ),
        ({"title": "B", "markdown_url": "https://acme.example/a.md"}, "Say also where people read it"),
        ({"title": "B", "cadence_days": "-1"}, "Select a valid choice"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_added(acme, wrong, why) -> None:
    PolicySource.objects.create(key="page", title="Shipped page")
    add(acme.mara)

    page = signed_in(acme.mara).post("/o/acme/policies/add/", sent(acme.mara, **wrong))

    assertContains(page, why)
    assert PolicySource.objects.count() == 2
    assert events() == ["source.added"]


def test_only_who_manages_keeps_a_policy(acme) -> None:
    for other in (acme.dev, company("globex").mara):
        with pytest.raises(ActionRefused, match="keeper"):
            add(acme.mara, keeper=other)
        page = signed_in(acme.mara).post("/o/acme/policies/add/", sent(acme.mara, keeper=other.pk))
        assertContains(page, "Select a valid choice")

    assert not PolicySource.objects.exists()


def test_editing_changes_what_is_said_and_logs_which_fields(acme) -> None:
    source = add(acme.mara)

    signed_in(acme.mara).post(
        f"/o/acme/policies/{source.pk}/edit/", sent(acme.mara, title="Order form 8", cadence_days=0)
    )
    signed_in(acme.mara).post(
        f"/o/acme/policies/{source.pk}/edit/", sent(acme.mara, title="Order form 8", cadence_days=0)
    )

    source.refresh_from_db()
    assert (source.title, source.cadence_days) == ("Order form 8", 0)
    assert events() == ["source.added", "source.edited"]
    assert '"changed":["cadence_days","title"]' in AuditEvent.objects.get(action="source.edited").data


def test_editing_to_a_title_that_is_taken_is_refused_and_keeps_what_was_typed(acme) -> None:
    add(acme.mara)
    other = add(acme.mara, title="Another")

    page = signed_in(acme.mara).post(f"/o/acme/policies/{other.pk}/edit/", sent(acme.mara, cadence_days=90))

    assertContains(page, "There is a policy “Order form 7” already")
    assertContains(page, '<option value="90" selected>')
    other.refresh_from_db()
    assert (other.title, other.cadence_days) == ("Another", 7)


def test_what_ships_or_is_of_others_is_not_edited(acme) -> None:
    theirs = add(company("globex").mara)
    shipped = PolicySource.objects.create(key="page", title="Shipped page")
    mara = signed_in(acme.mara)

    for source in (theirs, shipped):
        for verb in ("edit", "retire", "restore"):
            assert mara.post(f"/o/acme/policies/{source.pk}/{verb}/", sent(acme.mara)).status_code == 404
        with pytest.raises(ActionRefused):
            actions.retire_source(by=acme.mara, source=source, at=clock.now())


def test_what_is_retired_leaves_the_list_and_comes_back(acme) -> None:
    source, mara = add(acme.mara), signed_in(acme.mara)
    here = f"/o/acme/policies/{source.pk}/"

    for _ in range(2):
        mara.post(f"{here}retire/")
    assertNotContains(mara.get("/o/acme/policies/"), "Order form 7")
    assertContains(mara.get("/o/acme/policies/?show=retired"), "Order form 7")
    assertContains(mara.get(here), "Retired on")
    add(acme.mara)
    assertContains(mara.post(f"{here}restore/", follow=True), "There is a policy “Order form 7” already")
    mara.post(f"/o/acme/policies/{PolicySource.objects.latest('pk').pk}/retire/")
    for _ in range(2):
        mara.post(f"{here}restore/")

    source.refresh_from_db()
    assert source.retired_at is None
    assert events() == ["source.added", "source.retired", "source.added", "source.retired", "source.restored"]
    assertContains(mara.get("/o/acme/policies/?show=ours"), "Order form 7")


def test_an_auditor_reads_and_does_not_add(acme) -> None:
    ann = signed_in(acme.ann)

    assertNotContains(ann.get("/o/acme/policies/"), "policies/add/")
    assert ann.get("/o/acme/policies/add/").status_code == 403


def test_a_citation_finds_the_policy_that_is_there_and_none_that_was_corrected_since(acme) -> None:
    source = add(acme.mara, url="https://acme.example/terms")
    cited = {"title": "Order form 7", "url": "https://acme.example/terms"}
    assert actions.add_source(by=acme.mara, at=clock.now(), **cited) == source

    actions.edit_source(by=acme.mara, source=source, at=clock.now(), title="Order form 8")
    again = actions.add_source(by=acme.mara, at=clock.now(), **cited)

    assert (again.title, again == source) == ("Order form 7", False)
