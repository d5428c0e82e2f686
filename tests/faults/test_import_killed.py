"""A worker killed in the middle of an import leaves nobody half-done; the next one imports everybody, once."""

import pytest
from django.db import connection, transaction

from accounts.actions import importing
from accounts.models import AccessPeriod, ImportLine, LeadPeriod, Membership, PeopleImport, Placement, Team, User
from audit.models import AuditEvent
from config import celery_app
from tests import processes
from tests.accounts.imports import LATER, brought
from tests.cast import company
from tests.faults.test_mail_killed import eventually
from tests.sessions import until_one_waits

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = 300
TABLES = (User, Membership, AccessPeriod, Placement, Team, LeadPeriod)


def counted() -> list[int]:
    return [kind.objects.count() for kind in TABLES]


def is_done(people_import: PeopleImport) -> bool:
    celery_app.send_task("accounts.import_people")
    people_import.refresh_from_db()
    return people_import.status == PeopleImport.Status.DONE


def test_worker_killed_while_it_imports_leaves_nobody_half_done_and_everybody_is_imported_once() -> None:
    acme = company()
    lines = "".join(f"p{n}@acme.example,Support,{'x' if n == 0 else ''}\n" for n in range(PEOPLE))
    people_import = brought(f"E-Mail,Team,Lead\n{lines}", by=acme.mara, at=LATER)
    importing.ask_for_import(people_import=people_import, by=acme.mara, at=LATER, makes_teams=True)
    before = counted()

    with processes.celery_worker() as worker:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK accounts_leadperiod IN SHARE MODE")  # it has made everybody when it comes to the lead
            celery_app.send_task("accounts.import_people")
            until_one_waits()
            worker.kill_group()
        assert counted() == before
    people_import.refresh_from_db()
    assert (people_import.status, people_import.attempts) == (PeopleImport.Status.DUE, 1)

    with processes.celery_worker():
        eventually(lambda: is_done(people_import))

    users, memberships, access, placements, teams, leads = before
    assert counted() == [
        users + PEOPLE,
        memberships + PEOPLE,
        access + PEOPLE,
        placements + PEOPLE,
        teams + 1,
        leads + 1,
    ]
    assert AuditEvent.objects.filter(action="person.imported").count() == 1
    assert not ImportLine.objects.exists()
