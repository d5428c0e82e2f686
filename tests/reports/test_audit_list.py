"""The audit page: filters, paging, CSV; and that taking a copy is logged."""

import ast
import datetime as dt
import re

import pytest
from django.conf import settings
from django.db import connection
from django.http import QueryDict

from accounts.rights import Right
from audit.actions import record
from audit.models import AuditEvent
from governance.models import Signature
from reports.words import ACTIONS, FAMILIES
from tests.cast import EPOCH, Company, company, signed_in
from tests.checklists.steps import decide, route

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

    assert page.content.decode().count('title="decision.submitted"') == count


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
    assert shown("?action=decision.submitted") == 2
    assert shown("?action=decision.approved") == 0
    assert shown("?subject=decision:1") == 1
    assert shown("?subject=decision") == 3
    assert shown("?since=2026-01-08") == 1
    assert shown("?until=2026-01-05") == 2


def test_one_subject_is_not_taken_for_another_that_begins_like_it(acme) -> None:
    happened(acme, 12)

    page = signed_in(acme.ann).get(address(acme, "?subject=decision:1"))

    assert [row["event"].target for row in page.context["rows"]] == ["decision:1"]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("subject=Robert'); DROP", "Write a subject as the log does"),
        ("action=nothing.known", "is not one of the available choices"),
        ("since=2026-02-30", "Enter a valid date"),
        ("since=2026-02-03&until=2026-02-01", "This day lies before the first one"),
    ],
)
def test_an_unreadable_filter_lists_nothing_and_gives_no_csv(acme, query: str, sentence: str) -> None:
    happened(acme, 2)
    client = signed_in(acme.ann)
    before = AuditEvent.objects.count()

    page = client.get(address(acme, f"?{query}"))
    refused = client.post(address(acme, "export/"), QueryDict(query).dict())

    assert (page.status_code, page.context["rows"]) == (200, [])
    assert sentence in page.content.decode()
    assert refused.status_code == 400
    assert sentence in refused.content.decode()
    assert AuditEvent.objects.count() == before


def test_an_empty_search_says_that_nothing_matches(acme) -> None:
    assert "Nothing here yet" in signed_in(acme.ann).get(address(acme)).content.decode()

    happened(acme, 1)
    page = signed_in(acme.ann).get(address(acme, "?action=question.")).content.decode()

    assert "Nothing matches" in page
    assert "Nothing here yet" not in page


def test_subjects_are_named_and_lead_to_their_page(acme) -> None:
    decision = decide(acme, route("claude-team", "TEAM"))
    record("person.placed", by=None, organization_id=acme.organization.pk, at=EPOCH, target=f"membership:{acme.dev.pk}")
    record(
        "sign-in.succeeded", by=None, organization_id=acme.organization.pk, at=EPOCH, target=f"user:{acme.mia.user_id}"
    )
    connection.check_constraints()
    client = signed_in(acme.ann)

    page = client.get(address(acme))

    subjects = {row["event"].target: row["subject"] for row in page.context["rows"]}
    assert subjects[f"decision:{decision.pk}"].name == str(decision.route)
    assert subjects[f"decision:{decision.pk}"].url == decision.get_absolute_url()
    assert subjects[f"membership:{acme.dev.pk}"].name == "Dev"
    assert subjects[f"user:{acme.mia.user_id}"].name == "Mia"
    assert str(acme.mia.user_id) not in page.content.decode()
    assert {client.get(subject.url).status_code for subject in subjects.values() if subject.url} == {200}


def test_a_subject_of_another_organization_is_not_named(acme) -> None:
    globex = company("globex")
    for target in (
        f"membership:{globex.dev.pk}",
        f"user:{globex.dev.user_id}",
        f"team:{globex.sales.pk}",
        "decision:7",
    ):
        record("person.refused", by=None, organization_id=acme.organization.pk, at=EPOCH, target=target)
    connection.check_constraints()

    page = signed_in(acme.ann).get(address(acme))

    assert {row["subject"].url for row in page.context["rows"]} == {""}
    assert "Dev" not in page.content.decode()


def test_every_action_that_is_recorded_has_a_name_and_a_family() -> None:
    nodes = [
        node
        for app in ("accounts", "audit", "catalog", "governance", "checklists", "reviews", "reports", "home")
        for file in (settings.BASE_DIR / app).rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
    ]
    recorded = {
        node.value
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.partition(".")[0] in FAMILIES
        if re.fullmatch(r"[a-z-]+\.[a-z_]+", node.value) and not node.value.endswith(".yaml")
    } - {str(right) for right in Right}
    signed = {f"sign-off.{word}" for word in Signature.Word.values}
    calls = [node for node in nodes if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("record")]
    named = {node.args[0].value for node in calls if node.args and isinstance(node.args[0], ast.Constant)}
    of_no_organization = {"catalog.loaded", "operator.made"}

    assert named - of_no_organization <= set(ACTIONS)
    assert recorded | signed == set(ACTIONS)
    assert {action.partition(".")[0] for action in ACTIONS} == set(FAMILIES)


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


def test_an_export_of_everything_counts_as_many_rows_as_it_has(acme) -> None:
    happened(acme, 2)

    response = signed_in(acme.ann).post(address(acme, "export/"))
    connection.check_constraints()
    text = b"".join(response.streaming_content).decode()

    here = text.count("decision.submitted") + text.count("report.exported")
    assert here == 3
    assert "Rows in all,3 entries" in text
    assert "Rows here,3" in text


def test_cells_that_look_like_formulas_are_disarmed(acme) -> None:
    acme.mara.user.name = "=1+1"
    acme.mara.user.save(update_fields=["name"])
    happened(acme, 1)

    response = signed_in(acme.ann).post(address(acme, "export/"))
    connection.check_constraints()
    text = b"".join(response.streaming_content).decode()

    assert ",'=1+1," in text


def test_the_last_day_there_is_names_the_field_and_lists_nothing(acme) -> None:
    page = signed_in(acme.ann).get(address(acme, "?until=9999-12-31"))

    assert "Say a day between 1990 and 2099." in page.content.decode()
