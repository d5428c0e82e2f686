"""The page of a policy: the facts that cite it, and whether what they cite still stands there."""

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains

from catalog.models import CitedPlace, PolicySource
from tests.cast import Company, company, signed_in
from tests.catalog.factories import FINGERPRINTS, MARKDOWN, TAKEN, bring, cite
from tests.governance.budgets import costs_the_same

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme() -> Company:
    return company()


@pytest.fixture
def page(acme: Company) -> PolicySource:
    return PolicySource.objects.create(key="page", title="Page", fingerprints=FINGERPRINTS, fingerprints_as_of=TAKEN)


def shown(acme: Company, page: PolicySource):
    return signed_in(acme.mara).get(f"/o/acme/policies/{page.pk}/")


def test_before_there_is_a_text_the_facts_stand_without_a_state(acme, page) -> None:
    cite(page, "Retention")

    answer = shown(acme, page)

    assertContains(answer, "Kept for 30 days.", count=1)
    assertContains(answer, "No text of the page yet", count=1)
    assertNotContains(answer, "Look at these")


def test_what_stands_still_is_folded_away_and_what_does_not_is_named(acme, page) -> None:
    cite(page, "")
    cite(page, "Retention", "Retention > Feedback")
    bring(acme.mara, page, MARKDOWN, ago=2)
    bring(acme.mara, page, MARKDOWN.replace(b"### Feedback", b"### Thumbs").replace(b"30 days", b"5 years"))

    answer = shown(acme, page)

    assert len(answer.context["in_doubt"]) == len(answer.context["undisputed"]) == 1
    assertContains(answer, "Changed since this was written", count=1)
    assertContains(answer, "Perhaps it is “Retention &gt; Thumbs” now.", count=1)
    assertContains(answer, "Read the same on", count=1)


def test_a_page_written_anew_says_so_once(acme, page) -> None:
    cite(page, "")
    cite(page, "Retention")
    bring(acme.mara, page, b"# Help\n\n## Retention\n\nAnother text.\n")

    answer = shown(acme, page)

    assertContains(answer, "Can’t be compared", count=1)
    assertNotContains(answer, "Changed since this was written")


def test_the_page_costs_the_same_for_one_fact_and_for_three(acme, page) -> None:
    bring(acme.mara, page, MARKDOWN)
    browser: Client = signed_in(acme.mara)

    costs_the_same(browser, f"/o/acme/policies/{page.pk}/", lambda count: [cite(page, "Gone") for _ in range(count)])


def test_where_a_fact_is_said_now_is_said_on_a_page_of_its_own(acme, page) -> None:
    fact = cite(page, "Retention", "Retention > Feedback")
    bring(acme.mara, page, MARKDOWN, ago=2)
    bring(acme.mara, page, MARKDOWN.replace(b"### Feedback", b"### Thumbs"))
    mara, url = signed_in(acme.mara), f"/o/acme/policies/{page.pk}/facts/{fact.pk}/"
    assertContains(shown(acme, page), url, count=1)
    assertContains(mara.get(url), '<option value="Retention &gt; Thumbs" selected>')

    mara.post(url, {"place": "Retention > Thumbs"})

    assert CitedPlace.objects.get().sections == ["Retention", "Retention > Thumbs"]
    assertNotContains(shown(acme, page), "not there any more")


@pytest.mark.parametrize(
    ("sent", "word"), [({}, "This field is required"), ({"place": "Elsewhere"}, "Select a valid choice")]
)
def test_a_place_that_is_not_on_the_page_is_refused(acme, page, sent, word) -> None:
    fact = cite(page, "Retention")
    bring(acme.mara, page, MARKDOWN)

    refused = signed_in(acme.mara).post(f"/o/acme/policies/{page.pk}/facts/{fact.pk}/", sent)

    assertContains(refused, word)
    assert not CitedPlace.objects.exists()
