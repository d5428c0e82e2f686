"""The people list and a person's page."""

import pytest
from django.db import connection
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains

from accounts import actions
from accounts.models import AccessPeriod, Membership
from accounts.queries.people import users_called
from operations import clock
from tests.accounts.factories import UserFactory
from tests.accounts.refusals import logged
from tests.cast import EPOCH, Company, Level, company, person, signed_in

pytestmark = pytest.mark.django_db
BUDGET_OF_THE_LIST = 9
BUDGET_OF_A_PERSON = 11


def people_page(acme: Company, query: str = "", by: Membership | None = None) -> list[str]:
    """The names on the list as this person sees it."""
    page = signed_in(by or acme.mara).get(f"/o/acme/people/{query}")
    assert page.status_code == 200
    return [str(row["person"].user) for row in page.context["rows"]]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_row_and_for_three(acme, django_assert_num_queries, count) -> None:
    for number in range(count):
        person(acme.organization, f"Zoe{number}", team=acme.sales, job_role=acme.seller)
    client = signed_in(acme.mara)

    with django_assert_num_queries(BUDGET_OF_THE_LIST):
        page = client.get("/o/acme/people/?search=zoe")

    assert len(page.context["rows"]) == count


@pytest.mark.parametrize("moves", [1, 3])
def test_a_persons_page_costs_the_same_however_long_their_history(acme, django_assert_num_queries, moves) -> None:
    for number in range(moves):
        acme.dev.placements.open().update(ended_at=EPOCH)
        acme.dev.placements.create(organization=acme.organization, started_at=EPOCH, team=None)
        acme.dev.placements.open().update(ended_at=EPOCH)
        acme.dev.placements.create(organization=acme.organization, started_at=EPOCH, team=acme.sales)
        assert number < moves
    client = signed_in(acme.mara)

    with django_assert_num_queries(BUDGET_OF_A_PERSON):
        page = client.get(f"/o/acme/people/{acme.dev.pk}/")

    assert len(page.context["history"]) == 2 + 2 * moves


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("oli", ["Olivia O'Brien-Smith"]),
        ("BRIEN", ["Olivia O'Brien-Smith"]),
        ("o'brien", ["Olivia O'Brien-Smith"]),
        ("smith oliv", ["Olivia O'Brien-Smith"]),
        ("olivia.o", ["Olivia O'Brien-Smith"]),
        ("olivia.o@acme.ex", ["Olivia O'Brien-Smith"]),
        ("livia", []),
        ("') | 'x", []),
        (":* & !", ["Olivia O'Brien-Smith", "Mara"]),
        ("\\", ["Olivia O'Brien-Smith", "Mara"]),
    ],
)
def test_people_are_found_by_the_beginning_of_a_name_part_or_of_the_address(acme, typed, found) -> None:
    olivia = person(acme.organization, "Olivia")
    olivia.user.name, olivia.user.email = "Olivia O'Brien-Smith", "olivia.o@acme.example"
    olivia.user.save(update_fields=["name", "email"])

    names = signed_in(acme.mara).get("/o/acme/people/", {"search": typed}).context["rows"]

    shown = [str(row["person"].user) for row in names]
    assert [name for name in shown if name in {"Olivia O'Brien-Smith", "Mara"}] == found


def test_search_goes_through_the_index(acme: Company) -> None:
    UserFactory.create_batch(50)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")

    plan = users_called("oli o'brien").explain()

    assert "user_by_beginning_of_name" in plan


def test_filters_narrow(acme: Company) -> None:
    assert people_page(acme, f"?team={acme.engineering.pk}") == ["Mia", "Dev", "Tom"]
    assert people_page(acme, f"?job_role={acme.seller.pk}") == ["Sal"]
    assert people_page(acme, "?level=auditor") == ["Ann"]
    assert people_page(acme, "?status=left") == ["Finn"]
    assert "Finn" not in people_page(acme)


def test_a_lead_sees_their_team_and_nobody_else(acme: Company) -> None:
    assert people_page(acme, by=acme.tom) == ["Mia", "Dev", "Tom"]
    assert people_page(acme, "?status=left", by=acme.tom) == []
    client = signed_in(acme.tom)
    assert client.get(f"/o/acme/people/{acme.dev.pk}/").status_code == 200
    assert client.get(f"/o/acme/people/{acme.sal.pk}/").status_code == 404


def test_another_organizations_people_are_not_found(acme: Company) -> None:
    globex = company("globex")

    assert people_page(acme, "?search=globex") == []
    assert signed_in(acme.mara).get(f"/o/acme/people/{globex.dev.pk}/").status_code == 404


def test_the_list_pages_by_keyset_and_says_how_many(acme: Company) -> None:
    for number in range(50):
        person(acme.organization, f"P{number}")
    client = signed_in(acme.mara)

    first = client.get("/o/acme/people/")
    second = client.get(f"/o/acme/people/{first.context['page'].older_url}")

    assert (len(first.context["rows"]), len(second.context["rows"])) == (50, 9)
    assert first.context["total"] == "59 people"


def test_a_persons_page_shows_every_period_and_who_set_it(acme: Company) -> None:
    client = signed_in(acme.olga)
    client.post(f"/o/acme/people/{acme.dev.pk}/level/", {"level": Level.AUDITOR})

    page = client.get(f"/o/acme/people/{acme.dev.pk}/").content.decode()

    assert "Access level: Auditor" in page
    assert "Access level: Member" in page
    assert "ended by Olga" in page


def test_a_person_is_moved(acme: Company) -> None:
    client = signed_in(acme.mara)

    response = client.post(
        f"/o/acme/people/{acme.dev.pk}/place/", {"team": acme.sales.pk, "job_role": acme.seller.pk}, follow=True
    )

    assert "Dev has been moved." in response.content.decode()
    assert acme.dev.placements.open().get().team == acme.sales


def test_a_refusal_is_shown_on_the_form(acme: Company) -> None:
    page = signed_in(acme.olga).post(f"/o/acme/people/{acme.olga.pk}/level/", {"level": Level.MEMBER})

    assert page.status_code == 200
    assert "the only owner" in page.content.decode()


def test_a_manager_is_not_offered_what_they_do_not_hold(acme: Company) -> None:
    page = signed_in(acme.mara).get(f"/o/acme/people/{acme.dev.pk}/level/")

    assert [value for value, _label in page.context["form"].fields["level"].choices] == [
        Level.MEMBER,
        Level.AUDITOR,
        Level.MANAGER,
    ]
    assert signed_in(acme.mara).get(f"/o/acme/people/{acme.dev.pk}/groups/").status_code == 403


def test_joining_and_leaving_a_group_goes_through_a_page_that_says_what_happens(acme: Company) -> None:
    client = signed_in(acme.olga)
    client.post(f"/o/acme/people/{acme.dev.pk}/groups/", {"group": acme.legal.pk})
    leave = f"/o/acme/people/{acme.dev.pk}/groups/{acme.legal.pk}/leave/"

    page = client.get(leave)
    assert "Dev can no longer sign for Legal." in page.content.decode()
    assert acme.dev.group_periods.open().exists()
    client.post(leave)

    assert not acme.dev.group_periods.open().exists()


def test_leaving_says_what_happens_before_it_does(acme: Company) -> None:
    client = signed_in(acme.mara)
    address = f"/o/acme/people/{acme.dev.pk}/end/"

    page = client.get(address)
    assert "What they answered and signed stays" in page.content.decode()
    assert AccessPeriod.objects.open().filter(membership=acme.dev).exists()
    client.post(address)

    assert not AccessPeriod.objects.open().filter(membership=acme.dev).exists()
    assert signed_in(acme.dev).get("/o/acme/").status_code == 404


def test_an_attempt_without_the_right_is_logged(acme: Company) -> None:
    before = AccessPeriod.objects.count()

    response = signed_in(acme.dev).post(f"/o/acme/people/{acme.mia.pk}/end/")

    assert response.status_code == 403
    assert AccessPeriod.objects.count() == before
    assert logged() == ["person.refused"]


def test_signed_out_people_are_sent_to_the_door(acme: Company) -> None:
    assert Client().get("/o/acme/people/")["Location"] == "/account/login/?next=/o/acme/people/"


def test_before_somebody_leaves_the_page_says_whom_they_leave_behind(acme: Company) -> None:
    of_a_lead, of_a_signer, of_oneself = (
        signed_in(acme.olga).get(f"/o/acme/people/{one.pk}/end/").context["consequences"]
        for one in (acme.tom, acme.sven, acme.olga)
    )

    assert "Nobody leads Engineering any more, until you appoint somebody." in of_a_lead
    assert "They no longer sign for Security." in of_a_signer
    assert of_oneself[0] == "This is you: you are locked out yourself."
    assert not any("This is you" in sentence for sentence in [*of_a_lead, *of_a_signer])


def test_the_only_owner_is_not_offered_what_is_refused_and_told_what_comes_first(acme: Company) -> None:
    client, page_of = signed_in(acme.olga), f"/o/acme/people/{acme.olga.pk}/"

    page, leaving = client.get(page_of), client.get(f"{page_of}end/")

    assertContains(page, "somebody else becomes an owner")
    for step in ("end", "level"):
        assertNotContains(page, f"{page_of}{step}/")
    assertContains(leaving, "Make somebody else an owner first")
    assertNotContains(leaving, "End the membership")


def test_one_of_two_owners_may_leave(acme: Company) -> None:
    actions.change_access_level(membership=acme.mara, level=Level.OWNER, by=acme.olga, at=clock.now())
    client, page_of = signed_in(acme.olga), f"/o/acme/people/{acme.olga.pk}/"

    page, leaving = client.get(page_of), client.get(f"{page_of}end/")

    assertContains(page, f"{page_of}end/")
    assertNotContains(page, "somebody else becomes an owner")
    assertContains(leaving, "End the membership")
