"""How somebody stands, on the page of that person: for those whose rights reach them."""

import pytest

from accounts.models import Membership
from checklists.models import AssignmentRule, Checklist
from governance.models import RouteDecision
from operations import clock
from tests.cast import EPOCH, Company, company, person, signed_in
from tests.checklists.steps import answer_everything, checklist
from tests.home.test_organization_home import decided, published, settled

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme() -> Company:
    return company()


def page_of(shown: Membership, by: Membership) -> str:
    page = signed_in(by).get(f"/o/acme/people/{shown.pk}/")
    assert page.status_code == 200
    return " ".join(page.content.decode().split())


@pytest.mark.parametrize("name", ["mara", "olga", "ann", "tom"])
def test_those_who_look_after_a_person_read_what_is_open_until_when_and_that_they_are_not_cleared(acme, name) -> None:
    decided(acme, "claude-team")
    decided(acme, "consumer-plan", outcome=RouteDecision.Outcome.NOT_ALLOWED, conditions="Not with anything of ours.")
    published(acme, "privacy", items=2)

    page = page_of(acme.dev, getattr(acme, name))

    assert "Allowed for them, once 2 more questions are settled." in page
    assert "Not with anything of ours." in page
    assert "2 open of 2, due " in page
    assert "Privacy" in page


def test_who_has_answered_everything_is_shown_as_cleared(acme: Company) -> None:
    decided(acme, "claude-team")
    checklist(acme, "privacy", ["Do you?"])
    AssignmentRule.objects.create(
        organization=acme.organization, checklist=acme.organization.checklists.get(), started_at=EPOCH
    )
    answer_everything(acme.dev, at=clock.now())

    page = page_of(acme.dev, acme.tom)

    assert "Allowed for them, and their list for it is complete." in page
    assert "all 1 answered" in page


def test_nobody_is_shown_as_cleared_by_being_asked_nothing(acme: Company) -> None:
    decided(acme, "claude-team")

    page = page_of(acme.dev, acme.mara)

    assert "no checklist that clears them for it has reached them" in page
    assert "Nothing is asked of them yet." in page


def test_with_nothing_decided_they_are_cleared_for_none(acme: Company) -> None:
    assert "they are cleared for none" in page_of(acme.dev, acme.mara)


def test_of_somebody_who_has_left_nothing_is_said_of_now(acme: Company) -> None:
    published(acme, "privacy")
    acme.dev.access_periods.open().update(ended_at=EPOCH)

    page = page_of(acme.dev, acme.mara)

    assert "What is asked of them" not in page


@pytest.mark.parametrize("name", ["mia", "dev", "sven"])
def test_a_member_and_a_signer_look_up_nobody(acme: Company, name: str) -> None:
    assert signed_in(getattr(acme, name)).get(f"/o/acme/people/{acme.tom.pk}/").status_code == 403


def test_a_lead_reads_nothing_of_another_team(acme: Company) -> None:
    elsewhere = person(acme.organization, "Zoe", team=acme.sales, job_role=acme.seller)

    assert signed_in(acme.tom).get(f"/o/acme/people/{elsewhere.pk}/").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_for_one_and_three_of_everything(acme, django_assert_max_num_queries, count) -> None:
    for number in range(count):
        decided(acme, f"route-{number}")
        published(acme, f"list-{number}", items=count)
        person(acme.organization, f"Zoe{number}", team=acme.engineering)
    settled(acme)
    assert Checklist.objects.count() == count
    client = signed_in(acme.mara)

    with django_assert_max_num_queries(10):
        client.get(f"/o/acme/people/{acme.dev.pk}/")


def test_the_progress_page_leads_to_the_person(acme: Company) -> None:
    published(acme, "privacy")
    settled(acme)

    page = signed_in(acme.tom).get("/o/acme/progress/")

    assert f'href="/o/acme/people/{acme.dev.pk}/"' in page.content.decode()
