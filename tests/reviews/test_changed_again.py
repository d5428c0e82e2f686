"""Of several changes of one fact that nobody has judged yet, there is one row to judge, and one verdict for all."""

import datetime as dt

import pytest
from pytest_django.asserts import assertContains, assertRedirects

from audit.models import AuditEvent, Reopening
from catalog.models import Fact
from home.queries.frame import frame_of
from home.queries.roll_out import roll_out_of
from notifications.models import Notice
from operations.errors import ActionRefused
from reviews import actions, notices
from reviews.models import ChangeAssessment
from tests.cast import EPOCH, Company, company, signed_in
from tests.checklists import steps
from tests.factories import make_topic

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
ADDRESS = "/o/acme/reviews/"
MATERIAL = {"verdict": "material", "because": "Much longer.", "due_on": "2099-01-31"}


@pytest.fixture
def acme(db: None) -> Company:
    """Acme, where a decision rests on a fact that was changed twice since, one day apart; nobody has judged it."""
    made = company()
    make_topic("retention")
    words = {"topic_id": "retention", "promise": "contract", "digest": "1", "recorded_at": EPOCH}
    route = steps.route("team-plan", "TP1")
    fact = Fact.objects.create(route=route, key="team-plan.retention", statement="Kept 30 days.", **words)
    steps.decide(made, route)
    for day, statement in ((1, "Kept 60 days."), (2, "Kept 90 days.")):
        change(made, fact, statement, at=EPOCH + day * DAY)
        fact = Fact.objects.latest("pk")
    return made


def change(acme: Company, fact: Fact, statement: str, *, at: dt.datetime) -> None:
    actions.add_own_fact(by=acme.mara, at=at, over=fact, topic="retention", statement=statement, promise="own")


def both() -> list[ChangeAssessment]:
    return list(ChangeAssessment.objects.order_by("pk"))


def test_there_is_one_row_with_the_first_and_the_last_wording(acme) -> None:
    page = signed_in(acme.mara).get(ADDRESS)

    [row] = page.context["open_assessments"]
    assert (row.was, row.is_now, row.due_first) == ("Kept 30 days.", "Kept 90 days.", dt.date(2026, 1, 13))
    assertContains(page, "It said: Kept 30 days. It says now: Kept 90 days.")
    at = EPOCH + 3 * DAY
    assert frame_of(acme.mara, at=at).waiting.reviews == 1
    assert roll_out_of(acme.organization, at=at, today=at.date()).changes_to_judge == 1


def test_its_keeper_is_told_of_one(acme) -> None:
    notices.tell_due(acme.organization, at=EPOCH + 3 * DAY)

    notice = Notice.objects.get(rule="assessment-due")
    assert (notice.subject_key, notice.due_on) == (f"assessment:{both()[1].pk}", dt.date(2026, 1, 13))


def test_one_verdict_judges_both_and_asks_again_below_the_last(acme) -> None:
    first, last = both()
    mara = signed_in(acme.mara)

    page = mara.get(f"{ADDRESS}changes/{last.pk}/")
    assertContains(page, "It changed 2 times")
    assert page.context["old"].statement == "Kept 30 days."
    mara.post(f"{ADDRESS}changes/{last.pk}/", MATERIAL)

    assert [one.verdict for one in both()] == ["material", "material"]
    assert Reopening.objects.get().below_revision == last.new_revision
    assert AuditEvent.objects.filter(action="assessment.judged").count() == 2
    listed = mara.get(ADDRESS)
    assert listed.context["open_assessments"] == []
    assert [one.pk for one in listed.context["judged"]] == [last.pk]
    assertRedirects(mara.get(f"{ADDRESS}changes/{first.pk}/"), f"{ADDRESS}changes/{last.pk}/")


def test_a_page_that_was_opened_before_it_changed_once_more_judges_nothing(acme) -> None:
    first, last = both()

    page = signed_in(acme.mara).post(f"{ADDRESS}changes/{first.pk}/", MATERIAL)

    assertContains(page, "It has changed once more since this page was opened.")
    assertContains(page, "Much longer.")
    assertContains(page, f'action="{ADDRESS}changes/{last.pk}/"')
    assert [one.verdict for one in both()] == ["", ""]
    assert not Reopening.objects.exists()


def test_who_judges_second_reads_who_was_first_and_keeps_what_they_typed(acme) -> None:
    last = both()[1]
    words = {"verdict": "editorial", "because": "The same.", "due_on": None, "at": EPOCH + 3 * DAY}
    actions.judge(assessment=last, by=acme.olga, **words)

    page = signed_in(acme.mara).post(f"{ADDRESS}changes/{last.pk}/", MATERIAL)

    assertContains(page, "Olga has judged this change in the meantime, 8 Jan 2026, 10:00 CET.")
    assertContains(page, "Much longer.")


def test_what_changes_after_a_verdict_is_judged_by_itself(acme) -> None:
    last = both()[1]
    words = {"because": "The same.", "due_on": None, "at": EPOCH + 3 * DAY}
    actions.judge(assessment=last, by=acme.olga, verdict="editorial", **words)
    change(acme, Fact.objects.latest("pk"), "Kept a year.", at=EPOCH + 4 * DAY)

    page = signed_in(acme.mara).get(ADDRESS)

    [row] = page.context["open_assessments"]
    assert row.is_now == "Kept a year."
    assert [one.pk for one in page.context["judged"]] == [last.pk]
    with pytest.raises(ActionRefused):
        actions.judge(assessment=last, by=acme.mara, verdict="material", **words | {"due_on": dt.date(2026, 2, 1)})
