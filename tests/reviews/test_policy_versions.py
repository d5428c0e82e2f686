"""Version upon version of a page while something of it waits: nothing that was never judged gets lost, nothing is judged twice."""

import datetime as dt
from collections.abc import Sequence

import pytest

from catalog.models import Citation, CitedPlace, Fact, PolicySource
from reviews import actions
from reviews.actions import FactWord
from reviews.models import ClauseChange
from reviews.queries.clauses import cites_of
from tests.cast import EPOCH, Company
from tests.reviews.policies import TEXT, bring, changed, clauses, fact, fingerprinted, page, relying

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
BEGUN = EPOCH + 9 * DAY
LONGER, TRAINS, BY_A_LAKE = ("30 days", "5 years"), ("We do not train", "We may train"), ("by the sea", "by a lake")
CHANGED = changed(LONGER, TRAINS)
KEEPS = "### Retention\n\nTranscripts are kept for 5 years.\n\n"


@pytest.fixture
def acme(db: None) -> Company:
    """Acme, where retention and training have changed and wait for a verdict."""
    made = relying(with_answers=False)
    bring(made, TEXT, at=BEGUN)
    bring(made, CHANGED, at=BEGUN + DAY)
    return made


def judge(acme: Company, *rows: ClauseChange, at: dt.datetime = BEGUN + DAY, facts: Sequence[FactWord] = ()) -> None:
    seen = dict.fromkeys(row.pk for row in rows)
    words = {"verdict": "editorial", "because": "So it is.", "facts": facts}
    actions.judge_clauses(by=acme.mara, clauses=rows, seen=seen, at=at, **words)


def unjudged() -> list[tuple[str, str]]:
    rows = ClauseChange.objects.filter(replaced_at=None, verdicts=None).order_by("pk")
    return [(row.heading, row.status) for row in rows]


def test_of_two_clauses_of_one_heading_each_is_judged(db) -> None:
    acme = relying(with_answers=False)
    twice = f"{TEXT}\n## Data\n\n### Retention\n\nBackups are kept for 10 days.\n"
    bring(acme, twice, at=BEGUN)
    both = changed(LONGER, ("10 days", "9 years"), text=twice)
    bring(acme, both, at=BEGUN + DAY)
    first, second = ClauseChange.objects.exclude(asked="")
    judge(acme, first)

    bring(acme, changed(BY_A_LAKE, text=both), at=BEGUN + 2 * DAY)

    second.refresh_from_db()
    assert second.replaced_at is None
    assert unjudged() == [("Retention", "changed"), ("About us", "changed")]


@pytest.mark.parametrize("letters", [450, 5000])
def test_a_heading_may_be_of_any_length(acme, letters) -> None:
    long = "k" * letters
    bring(acme, changed(("### Retention", f"### {long}"), text=CHANGED), at=BEGUN + 2 * DAY)

    over = fact("team-plan.retention")
    clause = clauses(acme)[long]
    judge(acme, clause, facts=[FactWord(over, page(), sections=[clause.place])], at=BEGUN + 2 * DAY)

    assert CitedPlace.objects.get().sections == [f"Data > {long}"]


def test_what_the_catalog_says_later_of_where_a_fact_is_said_counts_too(acme) -> None:
    over = fact("team-plan.retention")
    judge(acme, clauses(acme)["Retention"], facts=[FactWord(over, page(), sections=["About us"])])
    Fact.objects.filter(pk=over.pk).update(superseded_at=BEGUN + 2 * DAY)
    newer = {"route": over.route, "key": over.key, "topic": over.topic, "promise": "contract", "digest": "newer"}
    newer = Fact.objects.create(**newer, statement="Of bills.", recorded_at=BEGUN + 2 * DAY)
    Citation.objects.create(fact=newer, source=page(), sections=["Billing"])

    [cite] = [cite for cite in cites_of(acme.organization, [page().pk])[page().pk] if cite.fact_key == over.key]

    assert cite.sections == ("About us", "Billing")


def test_what_was_judged_under_a_new_heading_is_compared_with_that_alone(acme) -> None:
    judge(acme, clauses(acme)["Retention"])
    renamed = changed(("### Retention", "### Keeping"), text=CHANGED)
    bring(acme, renamed, at=BEGUN + 2 * DAY)
    judge(acme, clauses(acme)["Keeping"], at=BEGUN + 2 * DAY)

    bring(acme, changed(("5 years", "7 years"), text=renamed), at=BEGUN + 3 * DAY)

    assert unjudged() == [("Training", "changed"), ("Keeping", "changed")]


def test_what_went_and_is_back_beneath_another_heading_is_found(acme) -> None:
    gone = changed((KEEPS, ""), text=CHANGED)
    bring(acme, gone, at=BEGUN + 2 * DAY)
    judge(acme, clauses(acme)["Retention"], at=BEGUN + 2 * DAY)

    back = f"{gone}\n## Keeping\n\nTranscripts are kept for 30 days.\n"
    bring(acme, back, at=BEGUN + 3 * DAY)
    assert [heading for heading, _status in unjudged()] == ["Training", "Keeping"]
    judge(acme, clauses(acme)["Keeping"], at=BEGUN + 3 * DAY)

    bring(acme, changed(("30 days", "31 days"), text=back), at=BEGUN + 4 * DAY)
    assert unjudged() == [("Training", "changed"), ("Keeping", "changed")]


def test_what_came_and_was_renamed_since_is_judged_once_each_time(acme) -> None:
    more = f"{CHANGED}\n## Copies\n\nWe share transcripts with Halden Analytics for 2 years.\n"
    bring(acme, more, at=BEGUN + 2 * DAY)
    judge(acme, clauses(acme)["Copies"], at=BEGUN + 2 * DAY)
    renamed = changed(("## Copies", "## Backups"), text=more)
    bring(acme, renamed, at=BEGUN + 3 * DAY)

    bring(acme, changed(("by the sea", "by a lake"), text=renamed), at=BEGUN + 4 * DAY)

    assert [heading for heading, _status in unjudged()].count("Backups") == 1


def test_what_the_first_look_found_and_was_judged_is_compared_once(db) -> None:
    acme = relying(with_answers=False)
    fingerprinted(TEXT)
    bring(acme, CHANGED, at=BEGUN)
    judge(acme, clauses(acme)["Retention"])

    bring(acme, changed(("5 years", "7 years"), text=CHANGED), at=BEGUN + 2 * DAY)

    assert unjudged() == [("Training", "changed"), ("Retention", "changed")]


def test_what_changed_since_the_first_look_stays_when_that_looks_otherwise_by_now(db) -> None:
    acme = relying(with_answers=False)
    fingerprinted(TEXT)
    first = changed(LONGER)
    bring(acme, first, at=BEGUN)
    second = changed(("5 years", "6 years"), TRAINS, text=first)
    bring(acme, second, at=BEGUN + DAY)

    bring(acme, changed(BY_A_LAKE, text=second), at=BEGUN + 2 * DAY)

    assert ("Training", "changed") in unjudged()


def test_what_the_first_look_found_waits_though_the_page_can_not_be_compared_any_more(db) -> None:
    acme = relying(with_answers=False)
    fingerprinted(TEXT)
    first = changed(LONGER)
    bring(acme, first, at=BEGUN)
    PolicySource.objects.update(fingerprints={}, fingerprints_as_of=None)

    bring(acme, changed(BY_A_LAKE, text=first), at=BEGUN + DAY)

    assert unjudged() == [("Retention", "changed"), ("About us", "changed")]
