"""What people hold: each move closes one period and opens the next."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction

from accounts import actions
from accounts.models import AccessPeriod, GroupPeriod, Membership, Placement
from accounts.queries import Standing, active_memberships, standing_of, with_standing
from tests.accounts.refusals import logged, refused
from tests.cast import EPOCH, Company, Level, company

pytestmark = pytest.mark.django_db
LATER = EPOCH + dt.timedelta(days=60)


def standing(membership: Membership) -> Standing:
    return standing_of(with_standing(Membership.objects.filter(pk=membership.pk)).get())


def test_a_new_level_ends_the_old_one(acme: Company) -> None:
    actions.change_access_level(membership=acme.dev, level=Level.MANAGER, by=acme.olga, at=LATER)

    assert standing(acme.dev).level == Level.MANAGER
    old = AccessPeriod.objects.get(membership=acme.dev, level=Level.MEMBER)
    assert (old.ended_at, old.ended_by_id) == (LATER, acme.olga.user_id)
    assert logged() == ["person.level_changed"]


def test_nobody_grants_more_than_they_hold(acme: Company) -> None:
    with refused("holds more than you do"):
        actions.change_access_level(membership=acme.mara, level=Level.OWNER, by=acme.mara, at=LATER)
    with refused("holds more than you do"):
        actions.change_access_level(membership=acme.olga, level=Level.MEMBER, by=acme.mara, at=LATER)
    with refused("your access has changed"):
        actions.change_access_level(membership=acme.dev, level=Level.MANAGER, by=acme.ann, at=LATER)


def test_a_manager_grants_what_a_manager_holds(acme: Company) -> None:
    actions.change_access_level(membership=acme.dev, level=Level.AUDITOR, by=acme.mara, at=LATER)

    assert standing(acme.dev).level == Level.AUDITOR


def test_the_last_owner_stays(acme: Company) -> None:
    with refused("the only owner"):
        actions.change_access_level(membership=acme.olga, level=Level.MEMBER, by=acme.olga, at=LATER)
    with refused("the only owner"):
        actions.end_membership(membership=acme.olga, by=acme.olga, at=LATER)


def test_an_owner_may_go_when_another_stays(acme: Company) -> None:
    actions.change_access_level(membership=acme.mara, level=Level.OWNER, by=acme.olga, at=LATER)
    actions.end_membership(membership=acme.olga, by=acme.mara, at=LATER)
    connection.check_constraints()

    assert standing(acme.olga).level is None


def test_the_database_keeps_the_last_owner_in_raw_sql(acme: Company) -> None:
    with pytest.raises(IntegrityError, match="last owner"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_accessperiod SET ended_at = now() WHERE level = 'owner'")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_move_keeps_where_the_person_was(acme: Company) -> None:
    actions.place(membership=acme.dev, team=acme.sales, job_role=acme.seller, by=acme.mara, at=LATER)

    before, now = Placement.objects.filter(membership=acme.dev).order_by("started_at")
    assert (before.team, before.ended_at) == (acme.engineering, LATER)
    assert (now.team, now.job_role, now.ended_at) == (acme.sales, acme.seller, None)
    assert logged() == ["person.placed"]


def test_a_move_to_the_same_place_changes_nothing(acme: Company) -> None:
    actions.place(membership=acme.dev, team=acme.engineering, job_role=acme.engineer, by=acme.mara, at=LATER)

    assert Placement.objects.filter(membership=acme.dev).count() == 1
    assert logged() == []


def test_a_change_that_came_first_is_looked_at_before_the_next(acme: Company) -> None:
    actions.place(membership=acme.dev, team=acme.sales, job_role=None, by=acme.mara, at=LATER)
    a_moment_before = LATER - dt.timedelta(milliseconds=5)

    with refused("a moment ago"):
        actions.place(membership=acme.dev, team=None, job_role=None, by=acme.olga, at=a_moment_before)
    with refused("a moment ago"):
        actions.end_membership(membership=acme.dev, by=acme.olga, at=a_moment_before)


def test_a_lead_does_not_move_people(acme: Company) -> None:
    with refused("your access has changed"):
        actions.place(membership=acme.dev, team=acme.sales, job_role=None, by=acme.tom, at=LATER)


def test_a_move_into_another_organization_is_refused(acme: Company) -> None:
    globex = company("globex")

    with refused("another organization"):
        actions.place(membership=acme.dev, team=globex.sales, job_role=None, by=acme.mara, at=LATER)
    with refused("another organization"):
        actions.place(membership=globex.dev, team=None, job_role=None, by=acme.mara, at=LATER)


def test_joining_and_leaving_a_group_are_periods(acme: Company) -> None:
    actions.join_group(membership=acme.dev, group=acme.legal, by=acme.olga, at=LATER)
    actions.leave_group(membership=acme.dev, group=acme.legal, by=acme.olga, at=LATER + dt.timedelta(days=1))

    period = GroupPeriod.objects.get(membership=acme.dev)
    assert (period.started_at, period.ended_at) == (LATER, LATER + dt.timedelta(days=1))
    assert logged() == ["person.joined_group", "person.left_group"]


def test_only_an_owner_decides_who_signs(acme: Company) -> None:
    with refused("Only an owner"):
        actions.join_group(membership=acme.mara, group=acme.security, by=acme.mara, at=LATER)
    with refused("Only an owner"):
        actions.leave_group(membership=acme.sven, group=acme.security, by=acme.mara, at=LATER)


def test_a_group_is_joined_once_and_left_once(acme: Company) -> None:
    with refused("signs for Security already"):
        actions.join_group(membership=acme.sven, group=acme.security, by=acme.olga, at=LATER)
    with refused("does not sign"):
        actions.leave_group(membership=acme.dev, group=acme.security, by=acme.olga, at=LATER)


def test_leaving_ends_every_period(acme: Company) -> None:
    actions.join_group(membership=acme.tom, group=acme.legal, by=acme.olga, at=LATER)
    actions.end_membership(membership=acme.tom, by=acme.mara, at=LATER)

    assert standing(acme.tom) == Standing(level=None)
    assert acme.tom not in active_memberships(acme.organization)
    assert acme.tom in active_memberships(acme.organization, at=EPOCH + dt.timedelta(days=1))
    assert logged()[-1] == "person.left"


def test_leaving_twice_is_refused(acme: Company) -> None:
    with refused("has left"):
        actions.end_membership(membership=acme.finn, by=acme.mara, at=LATER)


def test_a_person_corrects_their_own_name_and_zone(acme: Company) -> None:
    actions.change_profile(user=acme.dev.user, name="Devi", timezone="Asia/Kolkata", at=LATER)

    acme.dev.user.refresh_from_db()
    assert (acme.dev.user.name, acme.dev.user.timezone) == ("Devi", "Asia/Kolkata")
    with refused("time zone"):
        actions.change_profile(user=acme.dev.user, name="Devi", timezone="Nowhere", at=LATER)
