"""Changing several people: chosen on the list, counted before it happens."""

import re

import pytest
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.models import Placement
from tests.cast import Company, Level, company, person, signed_in

pytestmark = pytest.mark.django_db
BUDGET = 11
PEOPLE = "/o/acme/people/"
CHANGE = "/o/acme/people/change/"


def seen_on(page) -> dict[str, str]:
    return {"seen": re.search(r'name="seen" value="([0-9a-z:]+)"', page.content.decode())[1]}


def test_those_ticked_are_moved_once_it_is_confirmed(acme: Company) -> None:
    client = signed_in(acme.mara)
    chosen = {"person": [acme.dev.pk, acme.mia.pk]}
    assertContains(client.get(CHANGE, chosen), "Change 2 people")

    to_none = chosen | {"to-what": "place", "to-team": "none"}
    page = client.get(CHANGE, to_none)
    assertContains(page, "Touches 2 people.")
    assert Placement.objects.open().filter(membership=acme.dev, team__isnull=False).exists()  # nothing has happened yet
    done = client.post(page.request["PATH_INFO"] + "?" + page.request["QUERY_STRING"], seen_on(page), follow=True)

    assertRedirects(done, PEOPLE)
    assertContains(done, "2 people have been moved.")
    assert not Placement.objects.open().filter(membership__in=[acme.dev, acme.mia], team__isnull=False).exists()


def test_all_whom_a_search_finds_leave(acme: Company) -> None:
    for number in range(3):
        person(acme.organization, f"Zoe{number}", team=acme.sales)
    client = signed_in(acme.mara)
    assertContains(client.get(PEOPLE, {"search": "zoe"}), "Change all: 3 people")

    page = client.get(CHANGE, {"all": "1", "search": "zoe", "to-what": "leave"})
    assertContains(page, "Touches 3 people.")
    done = client.post(f"{CHANGE}?all=1&search=zoe&to-what=leave", seen_on(page), follow=True)

    assertContains(done, "3 people have left.")
    assertNotContains(client.get(PEOPLE, {"search": "zoe"}), "Zoe1")


def test_when_it_concerns_others_by_now_the_page_comes_back(acme: Company) -> None:
    person(acme.organization, "Zoe1", team=acme.sales)
    client = signed_in(acme.mara)
    page = client.get(CHANGE, {"all": "1", "search": "zoe", "to-what": "leave"})
    person(acme.organization, "Zoe2", team=acme.sales)

    again = client.post(f"{CHANGE}?all=1&search=zoe&to-what=leave", seen_on(page))

    assertContains(again, "has changed since you looked")
    assertContains(again, "Touches 2 people.")


def test_who_stays_as_they_are_is_said(acme: Company) -> None:
    person(acme.organization, "Counsel", level=Level.GUEST)
    page = signed_in(acme.mara).get(CHANGE, {"all": "1", "to-what": "place", "to-team": acme.sales.pk})

    assertContains(page, "1 outside signer has neither team nor job role")
    assertContains(page, "there already.")


def test_a_move_to_nowhere_names_the_field(acme: Company) -> None:
    page = signed_in(acme.mara).get(CHANGE, {"person": acme.dev.pk, "to-what": "place"})

    assertContains(page, "Choose a team, a job role, or both.")
    assertNotContains(page, "Touches")


@pytest.mark.parametrize(
    "query", [{}, {"person": ["x", "99999999999999999999", "-1"]}, {"all": "1", "search": "nobody"}]
)
def test_nobody_chosen_is_said(acme: Company, query: dict) -> None:
    assertContains(signed_in(acme.mara).get(CHANGE, query), "Nobody is chosen")


def test_nobody_of_another_organization_is_chosen(acme: Company) -> None:
    other = company("globex")
    assertContains(signed_in(acme.mara).get(CHANGE, {"person": other.dev.pk}), "Nobody is chosen")


def test_who_may_not_manage_has_nothing_to_tick(acme: Company) -> None:
    assertNotContains(signed_in(acme.ann).get(PEOPLE), 'form="several"')
    assert signed_in(acme.dev).get(CHANGE).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_it_costs_the_same_for_one_and_for_three(acme: Company, django_assert_num_queries, count: int) -> None:
    for number in range(count):
        person(acme.organization, f"Zoe{number}", team=acme.sales)
    client = signed_in(acme.mara)

    with django_assert_num_queries(BUDGET):
        client.get(CHANGE, {"all": "1", "search": "zoe", "to-what": "place", "to-team": "none"})
