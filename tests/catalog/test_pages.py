"""Whether the newest text of a page still says what facts were taken from, and where what they cite stands now."""

import datetime as dt
import hashlib

import pytest

from catalog.actions import keep_version
from catalog.models import Fact, PolicySource, PolicyVersion, SourceHealth
from catalog.queries import FactShown, citations_of, compared, first_comparison, readings_of
from operations import clock
from tests.cast import Company, company
from tests.catalog.factories import FINGERPRINTS, MARKDOWN, TAKEN, bring, cite

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme() -> Company:
    return company()


@pytest.fixture
def page() -> PolicySource:
    return PolicySource.objects.create(key="page", title="Page", fingerprints=FINGERPRINTS, fingerprints_as_of=TAKEN)


def only(fact: Fact, acme: Company):
    (reading,) = readings_of([fact.pk], acme.organization)[fact.pk]
    return reading


def test_without_a_text_nothing_is_said(acme, page) -> None:
    fact = cite(page, "Retention")

    assert readings_of([fact.pk], acme.organization) == {}
    assert citations_of(page, acme.organization) == [(fact, None)]


def test_a_clause_that_is_the_same_counts_as_seen_that_day(acme, page) -> None:
    fact = cite(page, "Retention")
    version = bring(acme.mara, page, MARKDOWN.replace(b"**", b"__"), ago=2)

    reading = only(fact, acme)

    assert (reading.words, reading.read_on, reading.gone) == ("same", version.seen_on, [])
    shown = FactShown(fact, "route", is_ours=False, readings=(reading,))
    assert shown.age_in_days(clock.now().date()) == 2


def test_what_was_fetched_again_unchanged_counts_as_seen_then(acme, page) -> None:
    fact = cite(page, "Retention")
    fetched = PolicyVersion(
        source=page, content=MARKDOWN, sha256=hashlib.sha256(MARKDOWN).hexdigest(), origin="fetched"
    )
    fetched.seen_on, fetched.added_at = clock.now().date() - dt.timedelta(days=9), clock.now()
    keep_version(fetched)
    SourceHealth.objects.create(source=page, next_fetch_at=clock.now(), last_success_at=clock.now())

    assert only(fact, acme).read_on == clock.now().date()


def test_a_clause_that_differs_or_is_gone_has_changed_since(acme, page) -> None:
    kept, differs, gone = cite(page, ""), cite(page, "Retention"), cite(page, "Retention > Feedback")
    bring(acme.mara, page, MARKDOWN.replace(b"30 days", b"5 years"))
    assert [only(fact, acme).words for fact in (kept, differs, gone)] == ["same", "changed", "same"]

    bring(acme.mara, page, MARKDOWN.partition(b"###")[0])
    assert [only(fact, acme).words for fact in (kept, differs, gone)] == ["same", "same", "changed"]


def test_when_most_clauses_differ_it_cannot_be_compared(acme, page) -> None:
    kept, differs = cite(page, ""), cite(page, "Retention")
    bring(acme.mara, page, b"# Help\n\nThis page says what we do.\n\n## Other\n\nAnother text.\n")

    assert [only(fact, acme).words for fact in (kept, differs)] == ["incomparable", "incomparable"]


def test_words_beneath_another_heading_are_the_same_words() -> None:
    moved = [("top", FINGERPRINTS["top"]), ("how-long", FINGERPRINTS["retention"]), ("x", "0" * 64)]

    found = compared(FINGERPRINTS, moved)

    assert found.states == {"top": "same", "retention": "same", "retention/feedback": "gone"}
    assert found.can_be_compared


def test_a_version_is_compared_by_its_clauses(acme, page) -> None:
    version = bring(acme.mara, page, MARKDOWN.replace(b"30 days", b"5 years"))

    assert first_comparison(page, version).states["retention"] == "differs"
    page.fingerprints = {}
    assert first_comparison(page, version) is None


def test_a_page_without_fingerprints_has_nothing_to_compare_with(acme) -> None:
    bare = PolicySource.objects.create(key="bare", title="Bare")
    fact = cite(bare, "retention")
    bring(acme.mara, bare, MARKDOWN)

    reading = only(fact, acme)

    assert (reading.words, reading.gone) == ("", [])


def test_our_own_fact_was_not_taken_from_the_text_that_ships(acme, page) -> None:
    fact = cite(page, "Retention", organization=acme.organization)
    bring(acme.mara, page, MARKDOWN)

    assert only(fact, acme).words == ""


def test_a_heading_that_is_gone_is_found_by_its_words(acme, page) -> None:
    page.fingerprints, page.fingerprints_as_of = {}, None
    page.save(update_fields=["fingerprints", "fingerprints_as_of"])
    fact = cite(page, "Retention")
    bring(acme.mara, page, MARKDOWN, ago=3)
    bring(acme.mara, page, MARKDOWN.replace(b"## Retention", b"## How long it stays"))

    ((found, reading),) = citations_of(page, acme.organization)

    assert found == fact
    assert [(one.section, one.candidate) for one in reading.gone] == [("Retention", "How long it stays")]


def test_a_heading_that_is_gone_with_its_words_is_found_by_the_most_alike(acme, page) -> None:
    cite(page, "Retentions of data")
    cite(page, "Retention of data > Somewhere else entirely")
    bring(acme.mara, page, MARKDOWN.replace(b"## Retention", b"## Retention of data"))

    gone = [one for _fact, reading in citations_of(page, acme.organization) for one in reading.gone]

    assert [one.candidate for one in gone] == ["Retention of data", ""]


def test_a_product_that_is_called_otherwise_is_the_same_heading(acme) -> None:
    bare = PolicySource.objects.create(key="bare", title="Bare")
    fact = cite(bare, "Claude for Work")
    bring(acme.mara, bare, b"# Help\n\n## Claude Team\n\nWe keep it.\n")

    assert only(fact, acme).gone == []


def test_what_another_organization_brought_says_nothing_here(acme, page) -> None:
    globex = company("globex")
    fact = cite(page, "Retention")
    bring(globex.mara, page, MARKDOWN)

    assert readings_of([fact.pk], acme.organization) == {}
    assert only(fact, globex).words == "same"


def test_reading_costs_the_same_for_one_and_for_three(acme, page, django_assert_num_queries) -> None:
    facts = [cite(page, "Retention"), cite(page, "Gone"), cite(page, "Also gone")]
    bring(acme.mara, page, MARKDOWN)

    for some in (facts[:1], facts):
        with django_assert_num_queries(1):
            readings_of([fact.pk for fact in some], acme.organization)
    with django_assert_num_queries(3):
        assert len(citations_of(page, acme.organization)) == 3
