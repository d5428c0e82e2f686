"""What costs the same for 100 and for 20,000 people: sweeps with nothing due, and the delivery page."""

import datetime as dt
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from accounts.models import Organization
from notifications import digest, sending
from operations import clock
from tests.cast import Company, company, signed_in

pytestmark = pytest.mark.django_db

OTHERS = """
WITH person AS (
    INSERT INTO accounts_user (id, password, email, name, timezone, is_active, is_staff)
    SELECT gen_random_uuid(), '', gen_random_uuid() || '@acme.example', 'P', '', true, false
    FROM generate_series(1, %(count)s) n RETURNING id
), member AS (
    INSERT INTO accounts_membership (organization_id, user_id, created_at)
    SELECT %(organization)s, id, %(at)s FROM person RETURNING id, user_id
), mail AS (
    INSERT INTO notifications_outgoingmail (organization_id, user_id, kind, "to", from_email, subject, text, html, headers,
        message_id, status, attempts, lease_until, last_error, created_at, sent_at)
    SELECT %(organization)s, user_id, 'message', id || '@acme.example', '', 'S', '', '', '{}', gen_random_uuid()::text,
           CASE WHEN id %% 2 = 0 THEN 'sent' ELSE 'pending' END, 1, %(at)s + interval '1 day', '', %(at)s,
           CASE WHEN id %% 2 = 0 THEN %(at)s END
    FROM member
)
INSERT INTO notifications_notice (organization_id, rule, subject_key, recipient_id, slot_date, title, body, because, link,
    is_urgent, needs, written_at, send_from)
SELECT %(organization)s, 'due', 's:' || id, id, DATE '2026-01-01', 'T', '', '', '/', false, '', %(at)s, %(at)s + interval '1 day'
FROM member
"""


def fill(organization: Organization, count: int) -> None:
    """Everybody has a reminder that waits for tomorrow morning, and a mail that is sent or waits for its next try."""
    with connection.cursor() as cursor:
        cursor.execute(OTHERS, {"count": count, "organization": organization.pk, "at": clock.now()})
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("accounts_user", "accounts_membership", "notifications_notice", "notifications_outgoingmail"):
            cursor.execute(f"ANALYZE {table}")


@contextmanager
def rows_read() -> Iterator[list[int]]:
    """The rows each statement on our tables reads, from its plan as it was executed."""
    counts: list[int] = []

    def explained(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if "notifications_" in sql:
            with connection.connection.cursor() as cursor:
                cursor.execute("SAVEPOINT explained")
                cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", params)
                plan = cursor.fetchone()[0]
                cursor.execute("ROLLBACK TO explained")
            counts.append(_rows(plan[0]["Plan"] if isinstance(plan, list) else json.loads(plan)[0]["Plan"]))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explained):
        yield counts


def _rows(node: dict[str, Any]) -> int:
    """What the scans of a plan looked at, thrown away or not."""
    scanned = 0
    if "Relation Name" in node:
        seen = (
            node["Actual Rows"] + node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
        )
        scanned = seen * node["Actual Loops"]
    return int(scanned) + sum(_rows(child) for child in node.get("Plans", []))


def page(acme: Company, query: str = "") -> Callable[[], object]:
    client = signed_in(acme.ann)
    return lambda: client.get(f"/o/acme/mail/{query}")


# The total is counted up to 1,000, whatever there is (a state that half of the mail has reads two rows for one).
# The page counts what waits, what was sent today and what was sent last, each up to 1,000 and no further.
MOST = {"digest": 0, "sender": 0, "page": 1200 + 3 * 1001, "waiting": 2400, "kind": 10, "address": 10}


def test_rows_read_do_not_grow_with_the_company(smtp) -> None:
    acme = company()
    asked = {
        "digest": lambda: digest.write_mail(at=clock.now() - dt.timedelta(hours=1)),
        "sender": sending.send_due,
        "page": page(acme),
        "waiting": page(acme, "?status=pending"),
        "kind": page(acme, "?kind=urgent"),
        "address": page(acme, "?address=nobody@acme.example"),
    }
    read: list[dict[str, list[int]]] = []
    for count in (200, 20_000):
        fill(acme.organization, count)
        read.append({})
        for name, ask in asked.items():
            with rows_read() as counts:
                ask()
            read[-1][name] = counts

    few, many = read
    assert {name: len(counts) for name, counts in many.items()} == {name: len(counts) for name, counts in few.items()}
    assert {name: sum(counts) for name, counts in many.items() if sum(counts) > MOST[name]} == {}
