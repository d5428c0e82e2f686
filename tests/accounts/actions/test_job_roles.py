"""Job roles: added, renamed, and taken out of use once nobody has them."""

import datetime as dt

import pytest

from accounts import actions
from accounts.forms import PlacementForm
from accounts.models import JobRole
from tests.accounts.refusals import logged, refused
from tests.cast import EPOCH, Company, company

pytestmark = pytest.mark.django_db
LATER = EPOCH + dt.timedelta(days=60)


@pytest.fixture
def research(acme: Company) -> JobRole:
    return actions.add_job_role(name="Research", by=acme.olga, at=EPOCH)


def test_a_job_role_that_ships_is_renamed_and_keeps_its_key(acme: Company) -> None:
    actions.rename_job_role(job_role=acme.seller, name="Sales and support", by=acme.olga, at=LATER)

    acme.seller.refresh_from_db()
    assert (acme.seller.name, acme.seller.key) == ("Sales and support", "customer-facing")
    assert logged() == ["job-role.renamed"]


def test_the_same_name_again_logs_nothing_and_another_case_is_another_name(acme: Company, research: JobRole) -> None:
    actions.rename_job_role(job_role=research, name="Research", by=acme.olga, at=LATER)
    actions.rename_job_role(job_role=research, name="RESEARCH", by=acme.olga, at=LATER)

    assert logged() == ["job-role.added", "job-role.renamed"]


def test_a_name_that_is_taken_or_another_companys_role_is_refused(acme: Company, research: JobRole) -> None:
    globex = company("globex")

    with refused("of that name already"):
        actions.rename_job_role(job_role=research, name="engineering", by=acme.olga, at=LATER)
    with refused("another organization"):
        actions.rename_job_role(job_role=globex.seller, name="Mine", by=acme.olga, at=LATER)
    with refused("another organization"):
        actions.archive_job_role(job_role=globex.seller, by=acme.olga, at=LATER)
    with refused("your access has changed"):
        actions.rename_job_role(job_role=research, name="Mine", by=acme.mara, at=LATER)
    with refused("your access has changed"):
        actions.archive_job_role(job_role=research, by=acme.mara, at=LATER)


def test_a_job_role_that_somebody_has_stays(acme: Company) -> None:
    with refused("3 people have the job role Engineering. Give them another first."):
        actions.archive_job_role(job_role=acme.engineer, by=acme.olga, at=LATER)


def test_an_archived_job_role_is_offered_to_nobody_and_its_name_is_free(acme: Company, research: JobRole) -> None:
    actions.archive_job_role(job_role=research, by=acme.olga, at=LATER)

    offered = PlacementForm(organization=acme.organization).fields["job_role"]
    assert research not in offered.queryset
    with refused("“Research” is archived"):
        actions.place(membership=acme.dev, team=acme.sales, job_role=research, by=acme.mara, at=LATER)
    with refused("“Research” is archived"):
        actions.archive_job_role(job_role=research, by=acme.olga, at=LATER)
    again = actions.add_job_role(name="Research", by=acme.olga, at=LATER)
    assert again.key == "research-2"


def test_whoever_was_invited_with_it_joins_without_a_job_role(acme: Company, research: JobRole) -> None:
    invitation = actions.invite(email="nell@acme.example", team=acme.sales, job_role=research, by=acme.olga, at=LATER)
    actions.archive_job_role(job_role=research, by=acme.olga, at=LATER)

    joined = actions.accept(invitation=invitation, round=1, user=None, name="Nell", at=LATER)

    placement = joined.placements.get()
    assert (placement.team, placement.job_role) == (acme.sales, None)
