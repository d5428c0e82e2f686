"""The audit page: filters, paging, CSV; and that taking a copy is logged."""

import datetime as dt

import pytest
from django.db import connection

from audit.actions import record
from audit.models import AuditEvent
from tests.cast import EPOCH, Company, company, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme() -> Company:
    return company()


def address(acme: Company, query: str = "") -> str:
    return f"/o/{acme.organization.slug}/reports/audit/{query}"


def happened(
    acme: Company, count: int, *, action: str = "decision.submitted", by=None, at: dt.datetime = EPOCH
) -> None:
    for number in range(count):
        record(
            action,
            by=(by or acme.mara).user_id,
            organization_id=acme.organization.pk,
            at=at + dt.timedelta(minutes=number),
            target=f"decision:{number}",
        )
    connection.check_constraints()


@pytest.mark.parametrize("count", [1, 3])
def test_it_costs_the_same_for_one_row_and_for_three(acme, django_assert_num_queries, count) -> None:
    happened(acme, count)
    client = signed_in(acme.ann)

    with django_assert_num_queries(10):
        page = client.get(address(acme))

    assert page.content.decode().count("<code>decision.submitted</code>") == count


def test_it_shows_who_did_what_and_where_it_stands_in_the_chain(acme) -> None:
    happened(acme, 1)

    page = signed_in(acme.ann).get(address(acme)).content.decode()

    assert "Mara" in page
    assert "decision:0" in page
    assert AuditEvent.objects.get().link.hash.hex()[:12] in page


def test_filters_narrow_by_person_action_subject_and_day(acme) -> None:
    happened(acme, 2)
    happened(acme, 1, action="review.closed", by=acme.olga, at=EPOCH + dt.timedelta(days=3))
    client = signed_in(acme.ann)

    def shown(query: str) -> int:
        return len(client.get(address(acme, query)).context["rows"])

    assert shown("") == 3
    assert shown("?person=olg") == 1
    assert shown("?action=decision.") == 2
    assert shown("?subject=decision:1") == 1
    assert shown("?since=2026-01-08") == 1
    assert shown("?until=2026-01-05") == 2


def test_an_unreadable_filter_is_named_and_filters_nothing(acme) -> None:
    happened(acme, 2)

    page = signed_in(acme.ann).get(address(acme, "?subject=Robert'); DROP"))

    assert "Write a subject as the log does" in page.content.decode()
    assert len(page.context["rows"]) == 2


def test_it_pages_by_keyset(acme) -> None:
    happened(acme, 60)
    client = signed_in(acme.ann)

    first = client.get(address(acme))
    second = client.get(address(acme, first.context["page"].older_url))
    back = client.get(address(acme, second.context["page"].newer_url))

    assert [len(page.context["rows"]) for page in (first, second, back)] == [50, 10, 50]
    assert first.context["rows"][0]["event"].target == back.context["rows"][0]["event"].target == "decision:59"


def test_another_organizations_log_is_not_seen(acme) -> None:
    other = company("globex")
    happened(other, 2)

    assert signed_in(acme.ann).get(address(acme)).context["rows"] == []
    assert signed_in(acme.ann).get(address(other)).status_code == 404


def test_a_member_may_not_open_it(acme) -> None:
    assert signed_in(acme.dev).get(address(acme)).status_code == 403


def test_the_export_names_itself_and_is_logged_first(acme) -> None:
    happened(acme, 2)

    response = signed_in(acme.ann).post(address(acme, "export/"), {"action": "decision."})
    connection.check_constraints()
    text = b"".join(response.streaming_content).decode()

    assert AuditEvent.objects.latest("pk").action == "report.exported"
    assert '"Audit log"' in text or "Audit log" in text
    for words in ("Acme", "Action: decision.", "Europe/Berlin", "Rows in all", "Rows here,2", "decision.submitted"):
        assert words in text
    assert "report.exported" not in text


def test_cells_that_look_like_formulas_are_disarmed(acme) -> None:
    acme.mara.user.name = "=1+1"
    acme.mara.user.save(update_fields=["name"])
    happened(acme, 1)

    response = signed_in(acme.ann).post(address(acme, "export/"))
    connection.check_constraints()
    text = b"".join(response.streaming_content).decode()

    assert ",'=1+1," in text
