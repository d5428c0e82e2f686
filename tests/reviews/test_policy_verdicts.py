"""Judging what a vendor changed: who is asked again, by which verdict, and what a further one takes back."""

import datetime as dt
from typing import Any

import pytest

from audit.models import Reopening
from catalog.models import Citation, CitedPlace, Claim, Fact
from catalog.queries import readings_of
from governance.queries.decisions import needs_reverification
from operations.errors import ActionRefused
from reviews import actions
from reviews.actions import FactWord
from reviews.models import PolicyAssessment, PolicyVerdict
from tests.cast import EPOCH, Company
from tests.checklists import steps
from tests.reviews.policies import KEPT, TEXT, TRAINED, bring, changed, clauses, fact, fingerprinted, page, relying

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
BEGUN = EPOCH + 9 * DAY
AT = BEGUN + 2 * DAY
DUE = (AT + 14 * DAY).date()
CHANGED = changed(("30 days", "5 years"), ("We do not train", "We may train"))


@pytest.fixture
def acme(db: None) -> Company:
    """Acme, where engineers have answered, and retention and training have changed."""
    made = relying()
    bring(made, TEXT, at=BEGUN)
    bring(made, CHANGED, at=BEGUN + DAY)
    return made


def otherwise(key: str, statement: str) -> FactWord:
    over = fact(key)
    return FactWord(over, page(), words={"statement": statement, "state": "known", "promise": over.promise})


def judge(acme: Company, *headings: str, verdict: str, at: dt.datetime = AT, **more: Any) -> PolicyVerdict:
    rows = [clauses(acme)[heading] for heading in headings]
    seen = {row.pk: more.pop("seen", None) for row in rows}
    words = {"because": "Because it is so.", "due_on": DUE if verdict == "material" else None}
    return actions.judge_clauses(by=acme.mara, clauses=rows, seen=seen, verdict=verdict, at=at, **{**words, **more})


def asked(acme: Company) -> set[str]:
    people = {"dev": acme.dev, "mia": acme.mia, "sal": acme.sal, "tom": acme.tom}
    return {name for name, member in people.items() if steps.reasons(member, at=AT + DAY).get("Transcripts?")}


def test_material_asks_again_exactly_those_who_rest_on_it(acme) -> None:
    before = asked(acme)
    judge(acme, "Retention", verdict="material", facts=[otherwise("team-plan.retention", "Kept 5 years.")])

    assert (before, asked(acme)) == (set(), {"dev", "mia", "tom"})
    assert [one.route.key for one in needs_reverification(acme.organization, at=AT)] == ["team-plan"]
    ours = fact("team-plan.retention")
    assert (ours.organization, ours.statement) == (acme.organization, "Kept 5 years.")
    assert [(cite.source, cite.sections) for cite in ours.citations.all()] == [(page(), [KEPT])]


def test_editorial_asks_nobody(acme) -> None:
    judge(acme, "Retention", "Training", verdict="editorial")

    assert asked(acme) == set()
    assert not Reopening.objects.exists()
    assert PolicyAssessment.objects.get().closed_at == AT


def test_the_week_is_closed_when_its_last_clause_is_judged(acme) -> None:
    judge(acme, "Retention", verdict="editorial")
    assert PolicyAssessment.objects.get().closed_at is None

    judge(acme, "Training", verdict="editorial")
    assert PolicyAssessment.objects.get().closed_at == AT


def test_a_further_verdict_takes_back_what_the_first_asked_again(acme) -> None:
    first = judge(acme, "Retention", verdict="material", facts=[otherwise("team-plan.retention", "Kept 5 years.")])
    steps.answer_everything(acme.dev, at=AT + DAY / 2)

    judge(acme, "Retention", verdict="editorial", seen=first.pk, at=AT + DAY)

    assert asked(acme) == set()
    assert fact("team-plan.retention").statement == "What is said about retention of team-plan."
    assert not needs_reverification(acme.organization, at=AT + DAY).exists()


def test_what_holds_for_another_clause_is_not_taken_back(acme) -> None:
    for key in ("team-plan.billing", "cloud.retention"):
        Citation.objects.create(fact=fact(key), source=page())
    keys = ("team-plan.retention", "team-plan.training", "team-plan.billing")
    words = [otherwise(key, "Not so any more.") for key in keys]
    both = judge(acme, "Retention", "Training", verdict="material", facts=words)

    judge(acme, "Retention", verdict="editorial", seen=both.pk, at=AT + DAY)
    # Nobody knows for which of the two the fact was said otherwise that cites neither.
    assert asked_for() == {"fact:team-plan.training", "fact:team-plan.billing"}

    judge(acme, "Training", verdict="editorial", seen=both.pk, at=AT + DAY)
    assert asked_for() == set()


def asked_for() -> set[str]:
    return set(Reopening.objects.filter(undoes=None, undone_by=None).values_list("key", flat=True))


def test_what_is_said_otherwise_cites_all_that_the_sides_of_a_conflict_did(acme) -> None:
    over = fact("team-plan.retention")
    Fact.objects.filter(pk=over.pk).update(superseded_at=BEGUN)
    both = {"route": over.route, "key": over.key, "topic": over.topic, "promise": "contract", "state": "conflicting"}
    sides = Fact.objects.create(**both, statement="30 days, or 90.", digest="both", recorded_at=BEGUN)
    for position, section in enumerate((KEPT, TRAINED)):
        side = Claim.objects.create(fact=sides, statement=section, position=position)
        Citation.objects.create(claim=side, source=page(), sections=[section])

    judge(acme, "Retention", verdict="material", facts=[otherwise(over.key, "Kept 5 years.")])

    assert [cite.sections for cite in fact(over.key).citations.all()] == [[KEPT, TRAINED]]


def test_a_further_material_verdict_says_something_else_once(acme) -> None:
    first = judge(acme, "Retention", verdict="material", facts=[otherwise("team-plan.retention", "Kept 5 years.")])

    again = [otherwise("team-plan.retention", "Kept 5 years, reports only.")]
    judge(acme, "Retention", verdict="material", seen=first.pk, facts=again, at=AT + DAY)

    assert fact("team-plan.retention").statement == "Kept 5 years, reports only."
    assert asked(acme) == {"dev", "mia", "tom"}


def test_a_change_of_the_same_fact_that_waits_is_judged_with_it(acme) -> None:
    over = fact("team-plan.retention")
    words = {"topic": "retention", "statement": "Kept 90 days.", "state": "known", "promise": "own"}
    waits = actions.add_own_fact(by=acme.mara, over=over, source_title="Mail", at=AT, **words)
    assert waits.verdict == ""

    judge(acme, "Retention", verdict="material", facts=[otherwise("team-plan.retention", "Kept 5 years.")])

    waits.refresh_from_db()
    assert (waits.verdict, waits.judged_by) == ("material", acme.mara.user)


def test_the_second_of_two_is_told(acme) -> None:
    judge(acme, "Retention", verdict="editorial")

    with pytest.raises(ActionRefused, match="Mara has judged “Retention” in the meantime"):
        judge(acme, "Retention", "Training", verdict="editorial")

    assert PolicyVerdict.objects.count() == 1


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"because": " "}, "Write one sentence"),
        ({"due_on": None}, "Say until when"),
        ({"facts": []}, "Open below what is no longer so"),
    ],
)
def test_half_a_verdict_is_refused_and_nothing_kept(acme, said, why) -> None:
    whole: dict[str, Any] = {"facts": [otherwise("team-plan.retention", "Kept 5 years.")]}

    with pytest.raises(ActionRefused, match=why):
        judge(acme, "Retention", verdict="material", **{**whole, **said})

    assert not PolicyVerdict.objects.exists()
    assert not Fact.objects.filter(organization=acme.organization, key="team-plan.retention").exists()


def test_legal_is_asked_and_the_clause_stays_open(acme) -> None:
    judge(acme, "Retention", verdict="legal")
    judge(acme, "Training", verdict="editorial")

    assert PolicyAssessment.objects.get().closed_at is None
    told = acme.lea.notices.get(rule="policy-legal")
    assert told.link.endswith(f"/policies/{PolicyAssessment.objects.get().pk}/")


def test_what_legal_has_to_look_at_after_it_was_judged_opens_its_week_again(acme) -> None:
    first = judge(acme, "Retention", "Training", verdict="editorial")

    doubted = judge(acme, "Retention", verdict="legal", seen=first.pk, at=AT + 9 * DAY)
    week = PolicyAssessment.objects.get()
    assert (week.closed_at, week.due_on) == (None, (AT + 16 * DAY).date())

    judge(acme, "Retention", verdict="editorial", seen=doubted.pk, at=AT + 10 * DAY)
    assert PolicyAssessment.objects.get().closed_at == AT + 10 * DAY


def test_a_verdict_stays_on_a_clause_that_a_newer_version_leaves_alone(acme) -> None:
    judge(acme, "Retention", verdict="editorial")
    kept = clauses(acme)["Retention"]

    bring(acme, changed(("We may train", "We will train"), text=CHANGED), at=AT + DAY)

    rows = clauses(acme)
    assert rows["Retention"] == kept
    assert [op + text.strip() for op, text in rows["Training"].words if op != "="] == ["-do not", "+will"]


def test_a_judged_clause_that_changes_once_more_is_compared_with_what_was_judged(acme) -> None:
    judge(acme, "Retention", verdict="editorial")

    bring(acme, changed(("5 years", "7 years"), text=CHANGED), at=AT + DAY)

    assert [op + text.strip() for op, text in clauses(acme)["Retention"].words if op != "="] == ["-5", "+7"]


def test_what_the_vendor_takes_back_after_it_was_judged_is_a_change(acme) -> None:
    judge(acme, "Retention", verdict="material", facts=[otherwise("team-plan.retention", "Kept 5 years.")])

    bring(acme, changed(("We do not train", "We may train")), at=AT + DAY)

    back = clauses(acme)["Retention"]
    assert [op + text.strip() for op, text in back.words if op != "="] == ["-5 years", "+30 days"]
    assert back.asked == "cited"


def test_a_fact_found_elsewhere_is_looked_for_there_the_next_time(acme) -> None:
    over = fact("team-plan.retention")
    judge(acme, "Retention", "Training", verdict="editorial", facts=[FactWord(over, page(), sections=["About us"])])
    assert CitedPlace.objects.get().sections == ["About us"]

    bring(acme, changed(("by the sea", "by a lake"), text=CHANGED), at=AT + DAY)

    assert clauses(acme)["About us"].asked == "cited"


def test_what_was_material_is_green_once_everybody_has_answered_and_it_is_signed(acme) -> None:
    verdict = judge(acme, "Retention", verdict="material", facts=[otherwise("team-plan.retention", "Kept 5 years.")])
    for member in (acme.dev, acme.mia, acme.tom):
        steps.answer_everything(member, at=AT + DAY)
    actions.note_green(at=AT + DAY)
    verdict.refresh_from_db()
    assert verdict.green_at is None

    steps.decide(acme, acme.organization.decisions.get(route__key="team-plan").route, at=AT + 2 * DAY)
    actions.note_green(at=AT + 3 * DAY)

    verdict.refresh_from_db()
    assert verdict.green_at == AT + 3 * DAY


def test_what_is_judged_editorial_says_so_still_as_it_reads_now(db) -> None:
    acme = relying()
    fingerprinted(TEXT)
    bring(acme, changed(("are kept", "stay with us")), at=BEGUN)
    said = fact("team-plan.retention")
    assert [reading.words for reading in readings_of([said.pk], acme.organization)[said.pk]] == ["changed"]
    actions.assess_policies(at=AT + 7 * DAY)

    judge(acme, "Retention", verdict="editorial", at=AT + 7 * DAY)

    assert [reading.words for reading in readings_of([said.pk], acme.organization)[said.pk]] == ["same"]
    bring(acme, changed(("are kept", "remain with us")), at=AT + 8 * DAY)
    assert [reading.words for reading in readings_of([said.pk], acme.organization)[said.pk]] == ["changed"]
