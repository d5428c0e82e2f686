"""What a vendor changed: what of it is put to judgement, when, and in how many bundles."""

import datetime as dt

import pytest

from catalog.models import AccessRoute
from catalog.policy_diff.comparing import compare
from governance import actions as governance
from governance.models import RouteDecision
from reviews import actions
from reviews.models import ClauseChange, PolicyAssessment, PolicyChange
from reviews.queries.policies import deadlines_of
from tests.cast import EPOCH, Company
from tests.checklists import steps
from tests.reviews.policies import TEXT, bring, changed, clauses, fingerprinted, relying

pytestmark = pytest.mark.django_db
# A Wednesday.
DAY = dt.timedelta(days=1)
BEGUN = EPOCH + 9 * DAY
LONGER = ("30 days", "5 years")
TRAINS = ("We do not train", "We may train")
BILLED = ("first day", "last day")
BY_A_LAKE = ("by the sea", "by a lake")


@pytest.fixture
def acme(db: None) -> Company:
    """Acme, which relies on a page that it has seen once."""
    made = relying(with_answers=False)
    bring(made, TEXT, at=BEGUN)
    return made


def test_the_first_text_is_no_change(acme) -> None:
    [change] = PolicyChange.objects.all()

    assert (change.start, change.settled_at) == ("first", BEGUN)
    assert not ClauseChange.objects.exists()


def test_what_is_about_retention_is_put_to_judgement_at_once_and_the_rest_recorded(acme) -> None:
    bring(acme, changed(LONGER, BILLED, BY_A_LAKE), at=BEGUN + DAY)

    rows = clauses(acme)
    [week] = PolicyAssessment.objects.all()
    assert {heading: clause.asked for heading, clause in rows.items()} == {
        "Retention": "cited",
        "Billing": "",
        "About us": "",
    }
    assert rows["Retention"].assessment == week
    assert rows["Retention"].fact_keys == ["team-plan.retention"]
    assert (week.week_on.weekday(), week.keeper) == (0, acme.mara)


def test_a_cited_clause_without_a_signal_waits_for_the_week_to_end(acme) -> None:
    at = BEGUN + DAY
    bring(acme, changed(("what you enter", "whatever you enter")), at=at)
    assert clauses(acme)["Training"].assessment is None

    actions.assess_policies(at=at + DAY)
    assert not PolicyAssessment.objects.exists()
    actions.assess_policies(at=at + 7 * DAY)

    [week] = PolicyAssessment.objects.all()
    assert clauses(acme)["Training"].assessment == week


def test_looking_twice_finds_once(acme) -> None:
    bring(acme, changed(LONGER), at=BEGUN + DAY)

    actions.assess_policies(at=BEGUN + DAY)

    assert (ClauseChange.objects.count(), PolicyChange.objects.count()) == (1, 2)


def test_a_newer_version_extends_what_is_open_from_the_text_that_was_judged_last(acme) -> None:
    bring(acme, changed(LONGER), at=BEGUN + DAY)
    bring(acme, changed(("30 days", "7 years"), TRAINS), at=BEGUN + 2 * DAY)

    rows = clauses(acme)
    [week] = PolicyAssessment.objects.all()
    assert {row.assessment for row in rows.values()} == {week}
    assert [op + text.strip() for op, text in rows["Retention"].words if op != "="] == ["-30 days", "+7 years"]
    assert PolicyChange.objects.filter(settled_at=None).count() == 1


def test_a_clause_that_reads_again_as_it_did_is_not_to_be_judged_any_more(acme) -> None:
    bring(acme, changed(LONGER), at=BEGUN + DAY)
    bring(acme, changed(BY_A_LAKE), at=BEGUN + 2 * DAY)

    assert set(clauses(acme)) == {"About us"}
    assert not PolicyAssessment.objects.filter(closed_at=None).exists()
    assert not PolicyChange.objects.filter(settled_at=None).exists()


def test_a_day_that_the_vendor_sets_is_the_day_by_which_to_judge(acme) -> None:
    told = BEGUN + DAY
    day = told.date() + 3 * DAY
    words = f"Transcripts are kept for 5 years. You have until {day.day} {day:%B} {day.year} to decide."
    bring(acme, changed(("Transcripts are kept for 30 days.", words)), at=told)

    assert PolicyAssessment.objects.get().due_on == day


@pytest.mark.parametrize(
    ("said", "today", "days"),
    [
        ("8 October", dt.date(2026, 11, 22), [dt.date(2027, 10, 8)]),
        ("31 December", dt.date(2026, 11, 22), [dt.date(2026, 12, 31)]),
        ("October 8th", dt.date(2026, 10, 8), [dt.date(2026, 10, 8)]),
        ("October 8, 2028, 3 May 2020", dt.date(2026, 11, 22), [dt.date(2028, 10, 8), dt.date(2020, 5, 3)]),
        ("3 May, 2027-01-04", dt.date(2026, 11, 22), [dt.date(2027, 5, 3), dt.date(2027, 1, 4)]),
        ("29 February", dt.date(2028, 3, 1), [dt.date(2032, 2, 29)]),
        ("30 February", dt.date(2026, 11, 22), []),
        ("2026-13-40", dt.date(2026, 11, 22), []),
        ("", dt.date(2026, 11, 22), []),
    ],
)
def test_days_are_read_as_they_are_written(said, today, days) -> None:
    clause = ClauseChange(signals=[{"kind": "deadline", "old": "", "new": said, "why": ""}])

    assert deadlines_of(clause, today) == days


def test_a_day_is_one_with_its_ending_too() -> None:
    until = compare("# A\n\nYou may choose.", "# A\n\nYou may choose until October 8th, 2028.")

    assert [signal.new for clause in until.changes for signal in clause.signals] == ["October 8th, 2028"]


def test_nobody_is_asked_about_a_page_on_which_nothing_rests(acme) -> None:
    governance.retire(decision=decision_of_team_plan(acme), by=acme.mara, reason="Not any more.", at=BEGUN)

    bring(acme, changed(LONGER), at=BEGUN + DAY)

    assert clauses(acme)["Retention"].asked == ""


def test_what_is_being_signed_rests_on_its_page_already(acme) -> None:
    governance.retire(decision=decision_of_team_plan(acme), by=acme.mara, reason="Not any more.", at=BEGUN)
    steps.submit(acme, AccessRoute.objects.get(key="team-plan"), at=BEGUN)

    bring(acme, changed(LONGER), at=BEGUN + DAY)

    assert clauses(acme)["Retention"].asked == "cited"


def decision_of_team_plan(acme: Company) -> RouteDecision:
    return acme.organization.decisions.get(route__key="team-plan")


def test_the_first_text_is_compared_with_what_the_facts_were_taken_from(db) -> None:
    acme = relying(with_answers=False)
    fingerprinted(TEXT)

    bring(acme, changed(LONGER, BY_A_LAKE), at=BEGUN)

    rows = clauses(acme)
    assert {heading: (clause.asked, clause.old_version) for heading, clause in rows.items()} == {
        "Retention": ("cited", None),
        "About us": ("", None),
    }
    assert rows["Retention"].words == [["=", "Transcripts are kept for 5 years."]]


def test_a_cited_clause_that_is_gone_from_the_first_text_is_found_by_its_heading(db) -> None:
    acme = relying(with_answers=False)
    fingerprinted(TEXT)

    bring(acme, changed(("### Retention\n\nTranscripts are kept for 30 days.\n\n", "")), at=BEGUN)

    assert [(row.status, row.asked) for row in clauses(acme).values()] == [("removed", "cited")]


def test_a_page_that_was_written_anew_can_not_be_compared(db) -> None:
    acme = relying(with_answers=False)
    fingerprinted(TEXT)

    bring(acme, "# Our data\n\n## Keeping\n\nWe keep all.\n\n## Learning\n\nWe learn from all.", at=BEGUN)

    assert PolicyChange.objects.get().start == "incomparable"
    assert not clauses(acme)


def test_a_newer_text_goes_on_from_what_the_first_look_found(db) -> None:
    acme = relying(with_answers=False)
    fingerprinted(TEXT)
    first = changed(("are kept", "stay with us"))
    bring(acme, first, at=BEGUN)

    bring(acme, changed(TRAINS, text=first), at=BEGUN + DAY)

    rows = clauses(acme)
    assert rows["Retention"].old_version is None
    assert [op + text.strip() for op, text in rows["Training"].words if op != "="] == ["-do not", "+may"]
    assert PolicyChange.objects.filter(settled_at=None).count() == 1
