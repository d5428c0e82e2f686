"""The teams page and what can be done there."""

import pytest

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


def test_a_team_is_added_renamed_and_archived(acme: Company) -> None:
    client = signed_in(acme.mara)
    client.post("/o/acme/people/teams/add/", {"name": "Support"})
    team = acme.organization.teams.get(name="Support")

    client.post(f"/o/acme/people/teams/{team.pk}/", {"name": "Care"})
    client.post(f"/o/acme/people/teams/{team.pk}/archive/")

    team.refresh_from_db()
    assert team.name == "Care"
    assert team.archived_at is not None
    assert client.get(f"/o/acme/people/teams/{team.pk}/").status_code == 404


def test_a_team_with_people_is_not_archived_and_the_page_says_why(acme: Company) -> None:
    page = signed_in(acme.mara).post(f"/o/acme/people/teams/{acme.engineering.pk}/archive/")

    assert "3 people work in Engineering. Move them to other teams first." in page.content.decode()


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
