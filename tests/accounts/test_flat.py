"""What costs the same for 100 and for 20,000 people: finding people, a person's page, moving somebody."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from accounts import actions
from operations import clock
from tests.cast import Company, company, person, signed_in
from tests.plans import rows_read

pytestmark = pytest.mark.django_db

OTHERS = """
WITH person AS (
    INSERT INTO accounts_user (id, password, email, name, timezone, is_active, is_staff)
    SELECT gen_random_uuid(), '', 'p' || gen_random_uuid() || '@acme.example', 'Person Number' || n, '', true, false
    FROM generate_series(1, %(count)s) n RETURNING id
), member AS (
    INSERT INTO accounts_membership (organization_id, user_id, created_at)
    SELECT %(organization)s, id, %(at)s FROM person RETURNING id
), access AS (
    INSERT INTO accounts_accessperiod (organization_id, membership_id, level, started_at)
    SELECT %(organization)s, id, 'member', %(at)s FROM member
)
INSERT INTO accounts_placement (organization_id, membership_id, team_id, started_at)
SELECT %(organization)s, id, %(team)s, %(at)s FROM member
"""
TABLES = ("user", "membership", "accessperiod", "placement")

# A page of 51 people with what each holds; totals are counted up to 1,000, by two or three rows each.
MOST = {
    "list": 4500,
    "search": 60,
    "one word": 60,
    "address": 60,
    "level": 60,
    "person": 60,
    "team": 4500,
    "place": 60,
    "level up": 60,
}


def fill(acme: Company, count: int) -> None:
    """So many more people in Sales, and the database knows of it."""
    with connection.cursor() as cursor:
        cursor.execute(
            OTHERS,
            {"count": count, "organization": acme.organization.pk, "team": acme.sales.pk, "at": clock.now()},
        )
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in TABLES:
            cursor.execute(f"ANALYZE accounts_{table}")


def questions(acme: Company) -> dict[str, Callable[[], Any]]:
    client = signed_in(acme.mara)
    lead = signed_in(acme.tom)
    return {
        "list": lambda: client.get("/o/acme/people/"),
        "search": lambda: client.get("/o/acme/people/?search=quen+zel"),
        "address": lambda: client.get("/o/acme/people/?search=quentin@acme.ex"),
        "one word": lambda: client.get("/o/acme/people/?search=quen"),
        "level": lambda: client.get("/o/acme/people/?level=auditor"),
        "team": lambda: client.get(f"/o/acme/people/?team={acme.sales.pk}"),
        "person": lambda: client.get(f"/o/acme/people/{acme.dev.pk}/"),
        "lead's list": lambda: lead.get("/o/acme/people/"),
    }


def test_rows_read_do_not_grow_with_the_company() -> None:
    acme = company()
    quentin = person(acme.organization, "Quentin")
    quentin.user.name = "Quentin Zeller"
    quentin.user.save(update_fields=["name"])
    read: list[dict[str, list[int]]] = []
    for count in (100, 20_000):
        fill(acme, count)
        read.append({})
        for name, ask in questions(acme).items():
            with rows_read("accounts_") as counts:
                assert ask().status_code == 200
            read[-1][name] = counts
        with rows_read("accounts_") as counts:
            team = acme.sales if count == 100 else acme.engineering
            actions.place(membership=quentin, team=team, job_role=None, by=acme.mara, at=clock.now())
        read[-1]["place"] = counts

    few, many = read
    assert {name: len(counts) for name, counts in many.items()} == {name: len(counts) for name, counts in few.items()}
    assert {name: counts for name, counts in many.items() if sum(counts) > MOST.get(name, 100)} == {}
