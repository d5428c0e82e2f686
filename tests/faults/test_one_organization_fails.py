"""What stops one organization stops no other: each sweep goes on, ends as failed, is named by /readyz, and is mended."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client

from config import celery_app
from operations.models import SweepRun
from operations.sweeps import SomeFailed
from tests.cast import Company
from tests.faults.overdue import a_fact_has_changed, a_policy_has_changed, overdue
from tests.faults.test_mail_killed import noon

pytestmark = pytest.mark.django_db(transaction=True)

REFUSE = """
CREATE OR REPLACE FUNCTION tests_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'broken' USING ERRCODE = 'check_violation'; END $$;
CREATE TRIGGER tests_refuse BEFORE INSERT ON {table} FOR EACH ROW WHEN (NEW.{column} = '{organization}')
EXECUTE FUNCTION tests_refuse()
"""
MEND = "DROP FUNCTION IF EXISTS tests_refuse() CASCADE"

# The sweeps in an order in which each finds something to do, and the tables that Acme can't write to.
SWEEPS = {
    "governance.keep_conditions": ["governance_decisionmove", "notifications_notice"],
    "governance.expire_decisions": ["governance_decisionmove"],
    "checklists.take_lapsed": ["checklists_settlerequest"],
    "checklists.settle": ["checklists_assignment"],
    "checklists.fold_counts": ["checklists_readinesscell"],
    "checklists.remind": ["notifications_notice"],
    "notifications.digest": ["notifications_outgoingmail"],
    "governance.remind_signers": ["notifications_notice"],
    "reviews.open_due": ["reviews_reviewschedule", "reviews_changeassessment"],
    "reviews.assess_policies": ["reviews_policychange"],
    "reviews.remind": ["notifications_notice"],
    "accounts.erase_due": ["audit_auditevent"],
    "audit.publish_anchors": ["audit_auditanchor"],
    "accounts.import_people": ["accounts_placement"],
}


@pytest.fixture(autouse=True, scope="module")
def _tasks_are_known() -> None:
    celery_app.loader.import_default_modules()


@pytest.fixture
def companies(db: None, move_clock: Callable[..., None], tmp_path: Any, settings: Any) -> tuple[Company, Company]:
    """Acme, whose rows will be refused, and Globex, which is well."""
    settings.STATE_DIR = tmp_path
    noon(move_clock)
    acme, globex = overdue("acme"), overdue("globex")
    a_fact_has_changed(acme, globex)
    a_policy_has_changed(acme, globex)
    return acme, globex


@pytest.fixture
def refuse() -> Iterator[Callable[[str, UUID], None]]:
    """``refuse(table, organization)``: from now on no row of this organization can be written there."""

    def begin(table: str, organization: UUID) -> None:
        words = {"table": table, "column": _column(table), "organization": organization}
        with connection.cursor() as cursor:
            cursor.execute(REFUSE.format(**words))

    yield begin
    mend()


def mend() -> None:
    with connection.cursor() as cursor:
        cursor.execute(MEND)


def run(name: str) -> None:
    celery_app.tasks[name]()


def rows(tables: list[str], organization: UUID) -> list[int]:
    """How many rows the organization has in each."""
    counted = []
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT count(*) FROM {table} WHERE {_column(table)} = %s", [organization])
            counted += cursor.fetchone()
    return counted


def _column(table: str) -> str:
    return "chain" if table == "audit_auditanchor" else "organization_id"


def test_the_others_are_done_and_it_is_caught_up_once_mended(companies, refuse, caplog) -> None:
    acme, globex = (company.organization.pk for company in companies)
    for name, tables in SWEEPS.items():
        before = rows(tables, acme)
        for table in tables:
            refuse(table, acme)
        caplog.clear()

        with pytest.raises(SomeFailed):
            run(name)

        assert rows(tables, acme) == before, name
        assert all(now > then for now, then in zip(rows(tables, globex), before, strict=True)), name
        assert SweepRun.objects.get(name=name).error == f"IntegrityError × {len(tables)}"
        logged = [line.getMessage() for line in caplog.records if "sweep.one_failed" in line.getMessage()]
        assert len(logged) == len(tables)
        assert all("Traceback" in line for line in logged), name

        mend()
        run(name)

        assert rows(tables, acme) == rows(tables, globex), name
        assert SweepRun.objects.get(name=name).error == ""


def test_a_review_that_can_not_be_opened_keeps_no_other_closed(companies, refuse) -> None:
    acme, globex = (company.organization.pk for company in companies)
    refuse("reviews_review", acme)

    with pytest.raises(SomeFailed):
        run("reviews.open_due")

    assert rows(["reviews_review", "reviews_changeassessment"], acme) == [0, 1]
    assert rows(["reviews_review"], globex) == [3]


def test_readyz_names_the_sweep_that_keeps_failing_until_it_is_mended(companies, refuse, client: Client) -> None:
    run("operations.heartbeat")
    refuse("checklists_assignment", companies[0].organization.pk)
    said = []
    for _turn in range(3):
        with pytest.raises(SomeFailed):
            run("checklists.settle")
        said.append((client.get("/readyz").status_code, client.get("/readyz").json()["parts"]["sweeps"]))

    assert [status for status, _words in said] == [200, 200, 503]  # what fails once may be mended by the next turn
    assert said[-1][1] == "keeps failing: checklists.settle (IntegrityError × 1)"

    mend()
    run("checklists.settle")

    assert client.get("/readyz").json()["sick"] == []
