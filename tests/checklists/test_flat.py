"""What costs the same for 100 and for 20,000 people: the pages people live in, and answering; rows as PostgreSQL counts
them, inside functions and triggers too."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoDbBlocker

from accounts.models import Membership, Team
from checklists import actions
from checklists.models import Answer, Checklist, Item
from checklists.tasks import remind
from governance import actions as governance
from operations import clock
from reviews import actions as reviews
from tests.cast import EPOCH, Company, person, signed_in
from tests.checklists.crowd import crowd
from tests.checklists.steps import answer_everything, checklist, decide, route
from tests.plans import rows_read_by_table

pytestmark = pytest.mark.django_db

# What everybody else said, bound to what Sal was shown, and the log of it.
ANSWERS = """
INSERT INTO checklists_answer (organization_id, membership_id, item_id, revision_id, snapshot_id, kind, value, completes,
                               valid_until, at, by_id)
SELECT said.organization_id, member.id, said.item_id, said.revision_id, said.snapshot_id, said.kind, said.value,
       said.completes, said.valid_until, said.at, member.user_id
FROM checklists_answer said JOIN accounts_membership member USING (organization_id)
WHERE said.membership_id = %(sal)s AND member.id > %(after)s + 3
"""
# What settling writes about them (tests/checklists/test_settling.py holds it to the predicate).
SETTLED = """
INSERT INTO checklists_assignment (organization_id, membership_id, checklist_id, team_id, job_role_id, status, item_count,
                                   open_count, reason, due_on, asked_on, settled_at)
SELECT like_sal.organization_id, place.membership_id, like_sal.checklist_id, place.team_id, place.job_role_id,
       CASE WHEN place.membership_id > %(after)s + 3 THEN 'complete' ELSE 'open' END, 2,
       CASE WHEN place.membership_id > %(after)s + 3 THEN 0 ELSE 2 END, '',
       CASE WHEN place.membership_id > %(after)s + 3 THEN NULL ELSE DATE '2026-02-01' END, %(at)s, %(at)s
FROM checklists_assignment like_sal JOIN accounts_placement place USING (organization_id)
WHERE like_sal.membership_id = %(sal)s AND place.membership_id > %(after)s
"""
CLEARED = """
INSERT INTO checklists_clearance (organization_id, membership_id, route_id, team_id, job_role_id, is_cleared, settled_at)
SELECT like_sal.organization_id, place.membership_id, like_sal.route_id, place.team_id, place.job_role_id,
       place.membership_id > %(after)s + 3, %(at)s
FROM checklists_clearance like_sal JOIN accounts_placement place USING (organization_id)
WHERE like_sal.membership_id = %(sal)s AND place.membership_id > %(after)s
"""
EVENTS = """
INSERT INTO audit_auditevent (organization_id, at, actor_id, action, target, data)
SELECT organization_id, %(at)s, user_id, 'answer.given', 'item:1', '{}' FROM accounts_membership WHERE id > %(after)s
"""
# Nobody reads more than this, whatever the number of people; where a total is shown, up to 1,000 are counted.
MOST = {
    "answer": 900,  # what is asked of this person, thrice: when it is shown, given and settled
    "people": 7000,  # of a thousand counted; of the fifty shown, each team is looked for among a hundred
    "home of a manager": 2500,  # the cells of a hundred teams, as on the pages of checklists and progress
    "checklists": 2500,
    "checklist": 2500,
    "progress": 3500,
    "complete": 4500,
    "open": 6000,  # three people, among those of their three teams
    "overdue": 6000,
    "overdue in a team": 3500,
    "audit": 1600,
    "audit of everybody's answers": 1600,
}


@pytest.fixture
def privacy(decided: Company) -> Checklist:
    """Acme, midway: one route in force, one waiting for a signature, lists asked of everybody, reviews open."""
    made = checklist(decided, "privacy", ["Account?", "Rules?"], rests_on_decisions=True)
    actions.assign(checklist=made, by=decided.mara, at=EPOCH)
    coding = checklist(decided, "coding", ["Repositories?"])
    actions.assign(checklist=coding, job_role=decided.engineer, by=decided.mara, at=EPOCH)
    answer_everything(decided.sal, at=clock.now())
    decide(decided, route("cloud", "CLD"), lines=[governance.LineOfScope(team_ids=frozenset({decided.engineering.pk}))])
    actions.settle_due(at=clock.now())
    reviews.schedule_new()
    reviews.open_due(at=clock.now())
    return made


def fill(acme: Company, count: int) -> None:
    """So many more people who have answered (but three), are settled, counted and in the log."""
    after = Membership.objects.latest("pk").pk
    crowd(acme, count)
    with connection.cursor() as cursor:
        for sql in (ANSWERS, SETTLED, CLEARED, EVENTS):
            cursor.execute(sql, {"sal": acme.sal.pk, "after": after, "at": clock.now()})
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("DELETE FROM checklists_settlerequest")
        actions.fold_counts()
        cursor.execute("ANALYZE")  # every table: nothing of what earlier tests left in the statistics


def answering(acme: Company, member: Membership) -> Callable[[], Any]:
    """The button on the page of one question, each time as a page opened anew has it: what was said before stands there."""
    client = signed_in(member)
    path = f"/o/acme/my-list/{Item.objects.get(key='account').pk}/"
    shown = client.get(path).context["shown"]
    given = Answer.objects.filter(membership=member, item__key="account")

    def press() -> Any:
        newest = max(given.values_list("pk", flat=True), default="")
        return client.post(path, {"shown": shown.sha256, "answered": newest, "reply": "yes"})

    return press


def asked(acme: Company, answerer: Membership) -> dict[str, Callable[[], Any]]:
    item = Item.objects.get(key="account").pk

    def get(client: Client, path: str) -> Callable[[], Any]:
        return lambda: client.get(f"/o/acme/{path}")

    dev, mara, sven, ann = (signed_in(member) for member in (acme.dev, acme.mara, acme.sven, acme.ann))
    return {
        "task list": get(dev, "my-list/"),
        "answer": answering(acme, answerer),
        "question": get(dev, f"my-list/{item}/"),  # answered by now
        "home of an employee": get(dev, ""),
        "home of a manager": get(mara, ""),
        "home of a signer": get(sven, ""),
        "inbox": get(sven, "sign-offs/"),
        "people": get(mara, "people/"),
        "people search": get(mara, "people/?search=quen"),
        "progress": get(mara, "progress/"),
        "overdue": get(mara, "progress/?status=overdue"),
        "checklists": get(mara, "checklists/"),
        "checklist": get(mara, f"checklists/{Checklist.objects.get(key='privacy').pk}/"),
        "reviews": get(mara, "reviews/"),
        "audit": get(ann, "reports/audit/"),
        "audit of an action": get(ann, "reports/audit/?action=decision."),
        "audit of a subject": get(ann, "reports/audit/?subject=decision:1"),
        "audit of a kind of subject": get(ann, "reports/audit/?subject=decision"),
        "audit of a person": get(ann, "reports/audit/?person=quen"),
        "audit of nobody": get(ann, "reports/audit/?person=nobodyatall"),
        "audit of a day": get(ann, "reports/audit/?until=2026-01-31"),
        "audit of everybody's answers": get(ann, "reports/audit/?action=answer."),
        "open": get(mara, "progress/?status=open"),
        "overdue in a team": get(mara, f"progress/?status=overdue&team={acme.sales.pk}"),
        "complete": get(mara, "progress/?status=complete"),
        "questions": get(mara, "questions/"),
        "mail": get(ann, "mail/"),
    }


@pytest.fixture(scope="module", autouse=True)
def nothing_is_left_dead(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """What other tests took back stands in the indexes until it is vacuumed, and an index entry looked at counts as read."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("VACUUM")


def measured(acme: Company, answerer: Membership) -> dict[str, tuple[int, dict[str, int]]]:
    """For each question: how many statements, and the rows read by table."""
    found = {}
    for name, ask in asked(acme, answerer).items():
        ask()  # what is read once per process is no part of it
        with CaptureQueriesContext(connection) as statements, rows_read_by_table() as rows:
            assert ask().status_code in (200, 302)
        found[name] = (len(statements), rows)
    return found


def test_statements_and_rows_read_do_not_grow_with_the_company(decided, privacy) -> None:
    person(decided.organization, "Quentin")
    Team.objects.bulk_create([Team(organization=decided.organization, name=f"Team {n}") for n in range(100)])
    fill(decided, 100)
    few = measured(decided, decided.dev)
    fill(decided, 20_000)
    many = measured(decided, decided.mia)

    assert {name: number for name, (number, _rows) in many.items()} == {
        name: number for name, (number, _) in few.items()
    }
    assert {name: rows for name, (_, rows) in many.items() if sum(rows.values()) > MOST.get(name, 600)} == {}
    assert Answer.objects.filter(membership__in=[decided.dev, decided.mia]).count() == 4  # each twice
    remind()  # whoever is due is told
    with rows_read_by_table() as rows:
        remind()
    assert sum(rows.values()) < 600, rows
