"""Founding an organization and what it is made of."""

import pytest

from accounts import actions
from accounts.models import AccessPeriod, Organization, User
from accounts.queries import standing_of, with_standing
from tests.accounts.refusals import logged, refused
from tests.cast import EPOCH, Company

pytestmark = pytest.mark.django_db


@pytest.fixture
def nora() -> User:
    return User.objects.create_user("nora@northlight.example", name="Nora")


def test_founding_brings_roles_groups_and_an_owner(nora: User) -> None:
    membership = actions.found_organization(
        name="Northlight", slug="northlight", timezone="Europe/Oslo", owner=nora, at=EPOCH
    )

    organization = membership.organization
    assert set(organization.job_roles.values_list("key", flat=True)) == {
        "executive",
        "operations",
        "legal",
        "engineering",
        "customer-facing",
    }
    assert list(organization.sign_off_groups.values_list("name", "position")) == [("Security", 1), ("Legal", 2)]
    standing = standing_of(with_standing(organization.memberships.all()).get())
    assert standing.level == AccessPeriod.Level.OWNER
    assert logged() == ["organization.founded"]


def test_a_taken_address_is_refused(acme: Company, nora: User) -> None:
    with refused("is taken"):
        actions.found_organization(name="Other", slug="acme", timezone="UTC", owner=nora, at=EPOCH)


def test_an_unknown_time_zone_is_refused(nora: User) -> None:
    with refused("time zone"):
        actions.found_organization(name="Moon", slug="moon", timezone="Moon/Tycho", owner=nora, at=EPOCH)

    assert not Organization.objects.exists()


def test_the_owner_renames_the_organization(acme: Company) -> None:
    actions.change_organization(
        organization=acme.organization, name="Acme AG", timezone="Europe/Zurich", by=acme.olga, at=EPOCH
    )

    acme.organization.refresh_from_db()
    assert (acme.organization.name, acme.organization.timezone) == ("Acme AG", "Europe/Zurich")
    assert logged() == ["organization.changed"]


def test_saving_the_same_settings_logs_nothing(acme: Company) -> None:
    here = acme.organization

    actions.change_organization(organization=here, name=here.name, timezone=here.timezone, by=acme.olga, at=EPOCH)

    assert logged() == []


def test_a_manager_does_not_edit_settings(acme: Company) -> None:
    with refused("your access has changed"):
        actions.change_organization(organization=acme.organization, name="Mine", timezone="UTC", by=acme.mara, at=EPOCH)
    with refused("your access has changed"):
        actions.add_job_role(name="Research", by=acme.mara, at=EPOCH)
    with refused("your access has changed"):
        actions.add_sign_off_group(name="Works council", by=acme.mara, at=EPOCH)


def test_own_job_roles_get_keys_of_their_own(acme: Company) -> None:
    first = actions.add_job_role(name="研究", by=acme.olga, at=EPOCH)
    second = actions.add_job_role(name="設計", by=acme.olga, at=EPOCH)

    assert (first.key, second.key) == ("own", "own-2")
    assert logged() == ["job-role.added", "job-role.added"]


def test_a_second_job_role_of_a_name_is_refused(acme: Company) -> None:
    with refused("of that name already"):
        actions.add_job_role(name="ENGINEERING", by=acme.olga, at=EPOCH)


def test_a_new_group_signs_last(acme: Company) -> None:
    group = actions.add_sign_off_group(name="Works council", by=acme.olga, at=EPOCH)

    assert (group.key, group.position) == ("works-council", 3)
    with refused("of that name already"):
        actions.add_sign_off_group(name="legal", by=acme.olga, at=EPOCH)
