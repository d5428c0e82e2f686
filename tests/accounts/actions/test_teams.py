"""Teams and who leads them."""

import datetime as dt

import pytest

from accounts import actions
from accounts.models import LeadPeriod
from accounts.queries import lead_of
from tests.accounts.refusals import logged, refused
from tests.cast import EPOCH, Company, company

pytestmark = pytest.mark.django_db
LATER = EPOCH + dt.timedelta(days=60)


def test_a_team_is_added_and_renamed(acme: Company) -> None:
    team = actions.add_team(name="Support", by=acme.mara, at=LATER)
    actions.rename_team(team=team, name="Customer care", by=acme.mara, at=LATER)

    team.refresh_from_db()
    assert team.name == "Customer care"
    assert logged() == ["team.added", "team.renamed"]


def test_a_name_is_used_once(acme: Company) -> None:
    with refused("of that name already"):
        actions.add_team(name="sales", by=acme.mara, at=LATER)
    with refused("of that name already"):
        actions.rename_team(team=acme.sales, name="Engineering", by=acme.mara, at=LATER)


def test_an_employee_does_not_add_teams(acme: Company) -> None:
    with refused("your access has changed"):
        actions.add_team(name="Support", by=acme.dev, at=LATER)


def test_a_team_with_people_is_not_archived(acme: Company) -> None:
    with refused("1 person works in Sales"):
        actions.archive_team(team=acme.sales, by=acme.mara, at=LATER)
    with refused("3 people work in Engineering"):
        actions.archive_team(team=acme.engineering, by=acme.mara, at=LATER)


def test_archiving_ends_the_lead_and_keeps_the_name(acme: Company) -> None:
    actions.place(membership=acme.sal, team=None, job_role=acme.seller, by=acme.mara, at=LATER)
    actions.appoint_lead(team=acme.sales, membership=acme.sal, by=acme.mara, at=LATER)

    actions.archive_team(team=acme.sales, by=acme.mara, at=LATER)

    assert lead_of(acme.sales.pk, organization=acme.organization) is None
    with refused("it is archived"):
        actions.add_team(name="Sales", by=acme.mara, at=LATER)
    with refused("is archived"):
        actions.place(membership=acme.sal, team=acme.sales, job_role=None, by=acme.mara, at=LATER)


def test_a_new_lead_ends_the_old_one(acme: Company) -> None:
    actions.appoint_lead(team=acme.engineering, membership=acme.mia, by=acme.mara, at=LATER)

    assert lead_of(acme.engineering.pk, organization=acme.organization) == acme.mia
    old = LeadPeriod.objects.get(membership=acme.tom)
    assert (old.ended_at, old.ended_by_id) == (LATER, acme.mara.user_id)
    assert logged() == ["team.lead_appointed"]


def test_appointing_the_same_lead_again_changes_nothing(acme: Company) -> None:
    actions.appoint_lead(team=acme.engineering, membership=acme.tom, by=acme.mara, at=LATER)

    assert LeadPeriod.objects.count() == 1
    assert logged() == []


def test_somebody_who_left_leads_nothing(acme: Company) -> None:
    with refused("has left"):
        actions.appoint_lead(team=acme.sales, membership=acme.finn, by=acme.mara, at=LATER)


def test_another_organizations_people_lead_nothing_here(acme: Company) -> None:
    globex = company("globex")
    with refused("another organization"):
        actions.appoint_lead(team=acme.sales, membership=globex.tom, by=acme.mara, at=LATER)
    with refused("another organization"):
        actions.rename_team(team=globex.sales, name="Ours", by=acme.mara, at=LATER)
