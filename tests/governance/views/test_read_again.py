"""What the newest texts of vendors' pages say of facts, on a route's page and where its facts are checked."""

import datetime as dt

import pytest
from pytest_django.asserts import assertContains, assertNotContains

from catalog.models import AccessRoute, Citation, Fact, PolicySource, Topic
from governance.queries.submissions import open_on
from operations import clock
from tests.cast import signed_in
from tests.catalog.factories import FINGERPRINTS, MARKDOWN, bring
from tests.governance.budgets import costs_the_same
from tests.governance.factories import Company, address

TAKEN = dt.date(2026, 1, 7)


@pytest.fixture
def page(company: Company) -> PolicySource:
    return PolicySource.objects.create(
        key="page", title="Vendor page", fingerprints=FINGERPRINTS, fingerprints_as_of=TAKEN
    )


@pytest.fixture
def route(company: Company, page: PolicySource) -> AccessRoute:
    """A route with one fact that is old by its date."""
    topic = Topic.objects.update_or_create(
        key="retention", defaults={"name": "Retention", "position": 1, "old_after_days": 92}
    )[0]
    said = {"topic": topic, "promise": "vendor-documentation", "digest": "0" * 64, "recorded_at": clock.now()}
    fact = Fact.objects.create(
        route=company.route, key="kept", statement="Kept for 30 days.", as_of=TAKEN, as_of_precision="day", **said
    )
    Citation.objects.create(fact=fact, source=page, sections=["Retention"])
    return company.route


def about_retention(company: Company, route: AccessRoute) -> list[str]:
    open_facts = open_on(route, company.organization, on=clock.now().date())
    return [one.state for one in open_facts if one.fact and one.fact["key"] == "kept"]


def test_a_clause_that_stands_still_makes_an_old_fact_young(company, page, route) -> None:
    before = about_retention(company, route)
    bring(company.mara, page, MARKDOWN)

    shown = signed_in(company.mara).get(address(company, "route-detail", route.pk))

    assert (before, about_retention(company, route)) == (["old"], [])
    assertContains(shown, "read the same on")
    assertNotContains(shown, "Changed since this was written")


def test_a_clause_that_changed_is_said_to_have_changed_and_leads_to_the_page(company, page, route) -> None:
    bring(company.mara, page, MARKDOWN.replace(b"30 days", b"5 years"))

    manager = signed_in(company.mara).get(address(company, "route-detail", route.pk))
    employee = signed_in(company.otto).get(address(company, "route-detail", route.pk))
    checking = signed_in(company.mara).get(address(company, "facts-check", route.pk, "retention"))

    link = f'href="/o/{company.organization.slug}/policies/{page.pk}/"'
    for shown in (manager, checking):
        assertContains(shown, "Changed since this was written", count=1)
        assertContains(shown, link)
    assertContains(employee, "Changed since this was written", count=1)
    assertNotContains(employee, link)
    assert about_retention(company, route) == ["old"]


def test_a_page_written_anew_cannot_be_compared(company, page, route) -> None:
    bring(company.mara, page, b"# Help\n\n## Quite another\n\nAnother text.\n")

    shown = signed_in(company.mara).get(address(company, "route-detail", route.pk))

    assertContains(shown, "can’t be compared", count=1)
    assertNotContains(shown, "Changed since this was written")


def test_a_heading_that_is_gone_is_named_with_where_it_may_be(company, page, route) -> None:
    bring(company.mara, page, MARKDOWN.replace(b"## Retention", b"## How long it stays"))

    shown = signed_in(company.mara).get(address(company, "route-detail", route.pk))

    assertContains(shown, "“Retention” is not there any more; it may be “How long it stays” now.")


def test_the_route_page_costs_the_same_for_one_page_and_for_three(company, page, route) -> None:
    def add(count: int) -> None:
        for number in range(count):
            other = PolicySource.objects.create(key=f"page-{number}-{count}", title="Another")
            Citation.objects.create(fact=Fact.objects.get(key="kept"), source=other, sections=["Retention"])
            bring(company.mara, other, MARKDOWN)

    costs_the_same(signed_in(company.mara), address(company, "route-detail", route.pk), add)
