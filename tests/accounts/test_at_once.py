"""Two people at the same moment: one outcome. Threads, real transactions."""

import threading
from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction

from accounts import actions
from accounts.models import AccessPeriod, Invitation
from operations import clock
from operations.errors import ActionRefused
from tests.cast import Company, Level, company

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def two_owners() -> Company:
    acme = company()
    actions.change_access_level(membership=acme.mara, level=Level.OWNER, by=acme.olga, at=clock.now())
    return acme


def at_once(*attempts: Callable[[], object]) -> list[BaseException | None]:
    """How each attempt ended, all started together, each on a connection of its own."""
    start, ends = threading.Barrier(len(attempts)), [None] * len(attempts)

    def run(number: int, attempt: Callable[[], object]) -> None:
        try:
            start.wait()
            attempt()
        except (ActionRefused, IntegrityError) as refusal:
            ends[number] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(attempts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ends


def owners(acme: Company) -> int:
    return AccessPeriod.objects.open().filter(organization=acme.organization, level=Level.OWNER).count()


def test_two_owners_who_leave_at_once_leave_one(two_owners: Company) -> None:
    acme = two_owners

    ends = at_once(
        lambda: actions.end_membership(membership=acme.olga, by=acme.olga, at=clock.now()),
        lambda: actions.end_membership(membership=acme.mara, by=acme.mara, at=clock.now()),
    )

    assert owners(acme) == 1
    assert [type(end) for end in ends if end] == [ActionRefused]


def test_the_database_alone_keeps_one_of_two(two_owners: Company) -> None:
    acme = two_owners

    def end_in_raw_sql(membership_id: int) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "UPDATE accounts_accessperiod SET ended_at = clock_timestamp() WHERE membership_id = %s AND ended_at IS NULL",
                [membership_id],
            )

    ends = at_once(lambda: end_in_raw_sql(acme.olga.pk), lambda: end_in_raw_sql(acme.mara.pk))

    assert owners(acme) == 1
    assert [type(end) for end in ends if end] == [IntegrityError]


def test_two_who_invite_the_same_address_at_once_send_one_invitation(two_owners: Company) -> None:
    acme = two_owners

    ends = at_once(
        *(
            lambda by=by: actions.invite(email="new@acme.example", by=by, at=clock.now())
            for by in (acme.olga, acme.mara)
        )
    )

    assert Invitation.objects.count() == 1
    assert [type(end) for end in ends if end] == [ActionRefused]


def test_two_who_move_the_same_person_at_once_leave_one_place(two_owners: Company) -> None:
    acme = two_owners

    at_once(
        lambda: actions.place(membership=acme.dev, team=acme.sales, job_role=None, by=acme.olga, at=clock.now()),
        lambda: actions.place(membership=acme.dev, team=None, job_role=None, by=acme.mara, at=clock.now()),
    )

    assert acme.dev.placements.open().count() == 1
