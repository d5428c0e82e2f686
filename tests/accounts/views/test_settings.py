"""The organization's settings, and one's own."""

import pytest
from django.db import DataError, transaction
from pytest_django.asserts import assertContains, assertNotContains

from accounts import actions
from accounts.models import Organization
from tests.accounts.refusals import logged
from tests.cast import EPOCH, Company, signed_in

pytestmark = pytest.mark.django_db


def test_the_settings_page_stays_within_its_budget(acme, django_assert_num_queries) -> None:
    client = signed_in(acme.olga)

    with django_assert_num_queries(6):
        page = client.get("/o/acme/settings/")

    assert "Security" in page.content.decode()


def test_the_owner_changes_name_and_time_zone(acme: Company) -> None:
    signed_in(acme.olga).post("/o/acme/settings/", {"name": "Acme AG", "timezone": "Europe/Zurich"})

    acme.organization.refresh_from_db()
    assert (acme.organization.name, acme.organization.timezone) == ("Acme AG", "Europe/Zurich")


def test_roles_and_groups_are_added(acme: Company) -> None:
    client = signed_in(acme.olga)

    client.post("/o/acme/settings/job-roles/add/", {"name": "Research"})
    client.post("/o/acme/settings/sign-off-groups/add/", {"name": "Works council"})
    refused = client.post("/o/acme/settings/job-roles/add/", {"name": "research"})

    assert logged() == ["job-role.added", "sign-off-group.added"]
    assert "There is a job role of that name already." in refused.content.decode()


@pytest.mark.parametrize("further", [1, 3])
def test_the_settings_say_who_is_in_each_group_and_where_nobody_is(acme, django_assert_num_queries, further) -> None:
    client = signed_in(acme.olga)
    for number in range(further):
        client.post("/o/acme/settings/sign-off-groups/add/", {"name": f"Council {number}"})
    client.get("/o/acme/settings/")

    with django_assert_num_queries(6):
        page = " ".join(client.get("/o/acme/settings/").content.decode().split())

    assert "<li>Security: Sven · has to sign" in page
    assert "<li>Council 0: <strong>nobody yet</strong> ·" in page


def test_a_manager_does_not_open_settings(acme: Company) -> None:
    assert signed_in(acme.mara).get("/o/acme/settings/").status_code == 403


def test_a_person_corrects_their_own_profile(acme: Company) -> None:
    client = signed_in(acme.dev)

    client.post("/account/profile/", {"name": "Devi", "timezone": "Asia/Kolkata"})

    acme.dev.user.refresh_from_db()
    assert (acme.dev.user.name, acme.dev.user.timezone) == ("Devi", "Asia/Kolkata")
    assert "dev@acme.example" in client.get("/account/profile/").content.decode()


def test_the_menu_of_every_page_leads_to_the_profile(acme: Company) -> None:
    assert 'href="/account/profile/"' in signed_in(acme.dev).get("/o/acme/").content.decode()


@pytest.mark.parametrize("zone", ["localtime", "Factory", "Middle/Earth"])
def test_a_zone_that_the_database_does_not_know_is_not_taken(acme: Company, zone) -> None:
    page = signed_in(acme.olga).post("/o/acme/settings/", {"name": "Acme", "timezone": zone})

    assert page.status_code == 200
    acme.organization.refresh_from_db()
    assert acme.organization.timezone != zone
    with pytest.raises(DataError, match="not recognized"), transaction.atomic():
        Organization.objects.update(timezone="localtime")


def test_a_job_role_and_a_group_are_renamed_on_their_pages(acme: Company) -> None:
    client = signed_in(acme.olga)

    client.post(f"/o/acme/settings/job-roles/{acme.seller.pk}/", {"name": "Sales and support"})
    client.post(f"/o/acme/settings/sign-off-groups/{acme.legal.pk}/", {"name": "Data protection"})
    taken = client.post(f"/o/acme/settings/sign-off-groups/{acme.legal.pk}/", {"name": "security"})

    page = client.get("/o/acme/settings/")
    assertContains(page, "<li>Sales and support ·")
    assertContains(page, "<li>Data protection: Lea · has to sign")
    assertContains(taken, "There is a sign-off group of that name already.")


def test_the_page_says_who_no_longer_signs_before_a_group_is_archived(acme: Company) -> None:
    council = actions.add_sign_off_group(name="Works council", by=acme.olga, at=EPOCH)
    actions.join_group(membership=acme.dev, group=council, by=acme.olga, at=EPOCH)
    client, address = signed_in(acme.olga), f"/o/acme/settings/sign-off-groups/{council.pk}/archive/"

    assertContains(client.get(address), "No longer signs for it: Dev")
    done = client.post(address, follow=True)

    assertContains(done, "Works council is archived.")
    assertNotContains(client.get("/o/acme/settings/"), "Works council")
    assert client.get(address).status_code == 404


def test_a_group_that_has_to_sign_is_offered_another_name_instead(acme: Company) -> None:
    page = signed_in(acme.olga).get(f"/o/acme/settings/sign-off-groups/{acme.legal.pk}/archive/")

    assertContains(page, "Without it nothing could be submitted.")
    assertNotContains(page, "Archive the group")
