"""Who is cleared for which route: the list that the number on home leads to."""

import pytest
from django.urls import reverse

from checklists import actions
from operations import clock
from tests.cast import EPOCH, Company, signed_in
from tests.checklists.steps import LATER, answer_everything, checklist

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(decided: Company) -> Company:
    """Everybody is asked, and Dev, of Engineering, has answered."""
    made = checklist(decided, "privacy", ["Which account?"])
    actions.assign(checklist=made, by=decided.mara, at=EPOCH)
    answer_everything(decided.dev, at=LATER)
    everybody = [one.pk for one in decided.organization.memberships.all()]
    actions.settle_people(organization=decided.organization, members=everybody, at=clock.now())
    return decided


def address(acme: Company, **query: object) -> str:
    asked_for = "&".join(f"{name}={value}" for name, value in query.items())
    return reverse("checklists:clearance-list", args=[acme.organization.slug]) + (f"?{asked_for}" if query else "")


def people(acme: Company, who: str = "mara", **query: object) -> set[int]:
    page = signed_in(getattr(acme, who)).get(address(acme, **query))
    return {row.membership_id for row in page.context["page"].rows}


def test_home_leads_to_whoever_is_cleared(asked: Company) -> None:
    home = signed_in(asked.mara).get(f"/o/{asked.organization.slug}/").content.decode()

    assert address(asked, status="cleared") in home
    assert people(asked, status="cleared") == {asked.dev.pk}
    assert asked.dev.pk not in people(asked, status="not-cleared")
    assert asked.mia.pk in people(asked, status="not-cleared")


def test_a_teams_number_leads_to_its_people(asked: Company) -> None:
    home = signed_in(asked.mara).get(f"/o/{asked.organization.slug}/").content.decode()

    assert address(asked, team=asked.engineering.pk) in home
    assert people(asked, team=asked.engineering.pk) == {asked.tom.pk, asked.dev.pk, asked.mia.pk}
    assert asked.mara.pk in people(asked, team="none")


def test_a_lead_sees_the_own_team_and_who_leads_none_nobody(asked: Company) -> None:
    assert people(asked, "tom") == {asked.tom.pk, asked.dev.pk, asked.mia.pk}
    assert signed_in(asked.dev).get(address(asked)).status_code == 403


def test_one_route_is_listed_alone(asked: Company) -> None:
    route = asked.dev.clearances.get().route_id

    assert people(asked, route=route) == people(asked)


@pytest.mark.parametrize("members", [1, 3])
def test_it_costs_the_same_for_one_person_and_for_three(decided, django_assert_num_queries, members) -> None:
    made = checklist(decided, "privacy", ["Which account?"])
    actions.assign(checklist=made, by=decided.mara, at=EPOCH)
    settled = [decided.dev, decided.mia, decided.sal][:members]
    actions.settle_people(organization=decided.organization, members=[one.pk for one in settled], at=clock.now())
    client = signed_in(decided.mara)

    with django_assert_num_queries(9):
        page = client.get(address(decided))

    assert len(page.context["page"].rows) == members
