"""The teams page and what can be done there."""

import pytest
from pytest_django.asserts import assertContains

from accounts.queries import lead_of
from tests.accounts.factories import TeamFactory
from tests.cast import Company, signed_in

pytestmark = pytest.mark.django_db
BUDGET = 5


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_row_and_for_three(acme, django_assert_num_queries, count) -> None:
    TeamFactory.create_batch(count, organization=acme.organization)
    client = signed_in(acme.mara)

    with django_assert_num_queries(BUDGET):
        page = client.get("/o/acme/people/teams/")

    assert len(page.context["teams"]) == 2 + count


def test_it_says_who_leads_and_how_many_work_there(acme: Company) -> None:
    teams = {team.name: team for team in signed_in(acme.ann).get("/o/acme/people/teams/").context["teams"]}

    assert (teams["Engineering"].people, teams["Engineering"].lead_name) == (3, "Tom")
    assert (teams["Sales"].people, teams["Sales"].lead_name) == (1, None)


def test_who_has_added_a_team_goes_on_to_invite_people(acme: Company) -> None:
    added = signed_in(acme.mara).post("/o/acme/people/teams/add/", {"name": "Support"}, follow=True)

    assertContains(added, "/o/acme/people/invitations/add/")


def test_a_team_is_added_renamed_and_archived(acme: Company) -> None:
    client = signed_in(acme.mara)
    added = client.post("/o/acme/people/teams/add/", {"name": "Support"}, follow=True)
    team = acme.organization.teams.get(name="Support")

    renamed = client.post(f"/o/acme/people/teams/{team.pk}/", {"name": "Care"}, follow=True)
    archived = client.post(f"/o/acme/people/teams/{team.pk}/archive/", follow=True)

    team.refresh_from_db()
    assert "Support has been added." in added.content.decode()
    assert "The team is called Care now." in renamed.content.decode()
    assert "Care is archived." in archived.content.decode()
    assert team.name == "Care"
    assert team.archived_at is not None
    assert client.get(f"/o/acme/people/teams/{team.pk}/").status_code == 404


def test_a_team_with_people_is_not_archived_and_the_page_says_why(acme: Company) -> None:
    page = signed_in(acme.mara).post(f"/o/acme/people/teams/{acme.engineering.pk}/archive/").content.decode()

    acme.engineering.refresh_from_db()
    assert acme.engineering.archived_at is None
    assert page.count("3 people work in Engineering. Move them to other teams first.") == 1


def test_a_team_with_people_leads_to_them_instead_of_a_button_that_is_refused(acme: Company) -> None:
    page = signed_in(acme.mara).get(f"/o/acme/people/teams/{acme.engineering.pk}/archive/").content.decode()

    assert f'href="/o/acme/people/?team={acme.engineering.pk}"' in page
    assert "Archive the team" not in page


def test_a_lead_is_appointed_by_address_and_taken_away_by_none(acme: Company) -> None:
    client = signed_in(acme.mara)
    address = f"/o/acme/people/teams/{acme.sales.pk}/lead/"

    client.post(address, {"email": "Sal@acme.example"})
    assert lead_of(acme.sales.pk, organization=acme.organization) == acme.sal
    client.post(address, {"email": ""})

    assert lead_of(acme.sales.pk, organization=acme.organization) is None


@pytest.mark.parametrize("email", ["nobody@acme.example", "finn@acme.example"])
def test_somebody_who_is_not_here_leads_nothing(acme: Company, email: str) -> None:
    page = signed_in(acme.mara).post(f"/o/acme/people/teams/{acme.sales.pk}/lead/", {"email": email})

    assert "Nobody here has this address." in page.content.decode()


def test_a_name_that_turns_the_writing_around_is_refused_and_kept_as_typed(acme: Company) -> None:
    page = signed_in(acme.mara).post("/o/acme/people/teams/add/", {"name": "Sa\u202eles"})

    assertContains(page, "“Name of the team” contains a line break or a character that can&#x27;t be seen.")
    assertContains(page, "Sa\u202eles")
    assert not acme.organization.teams.filter(name__contains="\u202e").exists()
