"""Reviews: opened once when their day has come, closed by one sentence, and what they re-open."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction

from accounts import actions as accounts
from audit.actions import keep_snapshot
from audit.models import Reopening
from catalog.models import Fact
from checklists import actions as checklists
from home.queries.frame import frame_of
from notifications import digest
from notifications.models import Notice, OutgoingMail
from operations.errors import ActionRefused
from reviews import actions, notices, queries
from reviews.models import ChangeAssessment, Review, ReviewSchedule
from tests.cast import EPOCH, Company, Level, company, signed_in
from tests.checklists import steps
from tests.factories import make_topic

pytestmark = pytest.mark.django_db
HALF_A_YEAR = EPOCH + dt.timedelta(days=182)


@pytest.fixture
def acme(db: None) -> Company:
    """Acme, where one route is allowed since the epoch and reviewed every six months."""
    made = company()
    steps.decide(made, steps.route("team-plan", "TP1"))
    return made


def open_due(at: dt.datetime) -> list[Review]:
    actions.schedule_new()
    actions.open_due(at=at)
    return list(Review.objects.filter(closed_at__isnull=True))


def test_a_decision_is_reviewed_when_its_interval_has_passed_and_not_before(acme) -> None:
    assert open_due(HALF_A_YEAR - dt.timedelta(days=5)) == []

    [review] = open_due(HALF_A_YEAR)

    assert (review.period_on, review.keeper, review.missed) == (dt.date(2026, 7, 5), acme.mara, [])


def test_opening_twice_opens_once(acme) -> None:
    open_due(HALF_A_YEAR)
    open_due(HALF_A_YEAR + dt.timedelta(days=1))

    assert Review.objects.count() == 1


def test_periods_missed_while_the_machine_was_off_collapse_and_are_named(acme) -> None:
    [review] = open_due(EPOCH + dt.timedelta(days=560))

    assert review.period_on == dt.date(2027, 7, 5)
    assert review.missed == ["2026-07-05", "2027-01-05"]


def test_it_still_holds_reopens_nothing_and_schedules_the_next(acme) -> None:
    [review] = open_due(HALF_A_YEAR)

    actions.close(review=review, by=acme.mara, because="Nothing has changed.", at=HALF_A_YEAR)

    review.refresh_from_db()
    assert (review.outcome, review.closed_by, review.because.body) == ("holds", acme.mara.user, "Nothing has changed.")
    assert ReviewSchedule.objects.get().next_on == dt.date(2027, 1, 6)
    assert not Reopening.objects.exists()


def test_an_archived_checklist_is_reviewed_no_more_until_it_is_published_again_and_then_from_that_day(acme) -> None:
    privacy = steps.checklist(acme, "privacy", ["Account?"])
    actions.schedule_new()
    checklists.archive(checklist=privacy, by=acme.mara, at=steps.LATER)
    back = EPOCH + dt.timedelta(days=500)

    draft = checklists.take_up_again(checklist=privacy, by=acme.mara, at=back)
    actions.open_due(at=back)
    assert not Review.objects.filter(checklist=privacy).exists()

    actions.schedule_new()
    checklists.publish(version=draft, by=acme.mara, at=back, editorial=frozenset())
    assert not [review for review in open_due(back) if review.checklist]
    assert ReviewSchedule.objects.get(checklist=privacy).next_on == dt.date(2027, 11, 20)


@pytest.mark.parametrize("because", ["", "   "])
def test_a_review_without_a_sentence_stays_open(acme, because) -> None:
    [review] = open_due(HALF_A_YEAR)

    with pytest.raises(ActionRefused):
        actions.close(review=review, by=acme.mara, because=because, at=HALF_A_YEAR)

    assert Review.objects.get().closed_at is None


def test_a_closed_review_is_not_closed_again_also_in_raw_sql(acme) -> None:
    [review] = open_due(HALF_A_YEAR)
    actions.close(review=review, by=acme.mara, because="The terms are the same.", at=HALF_A_YEAR)

    with pytest.raises(ActionRefused):
        actions.close(review=review, by=acme.mara, because="No.", at=HALF_A_YEAR)
    with pytest.raises(ActionRefused):
        actions.find_change(review=review, by=acme.mara, outcome="material", because="No.", at=HALF_A_YEAR)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE reviews_review SET outcome = 'material'")


def test_a_decision_that_has_ended_closes_its_review(acme) -> None:
    [review] = open_due(HALF_A_YEAR)
    steps.decide(acme, review.decision.route, at=HALF_A_YEAR, is_material=False)

    actions.close_ended(at=HALF_A_YEAR)

    review.refresh_from_db()
    assert review.outcome == Review.Outcome.ENDED


def test_a_published_checklist_is_reviewed_too(acme) -> None:
    made = steps.checklist(acme, "privacy", ["Account?"])

    opened = open_due(HALF_A_YEAR)

    assert {review.checklist_id for review in opened} == {made.pk, None}


def test_the_keeper_is_reminded_once_a_day_of_the_schedule_and_no_longer_when_it_is_closed(acme) -> None:
    [review] = open_due(HALF_A_YEAR)
    notices.tell_due(acme.organization, at=HALF_A_YEAR)
    notices.tell_due(acme.organization, at=HALF_A_YEAR)
    notice = Notice.objects.get(subject_key=f"review:{review.pk}")
    assert (notice.recipient, notice.withdrawn_at) == (acme.mara, None)

    actions.close(review=review, by=acme.mara, because="Yes.", at=HALF_A_YEAR)

    notice.refresh_from_db()
    assert notice.withdrawn_at is not None


def test_a_changed_shipped_fact_is_put_to_judgement_where_somebody_rests_on_it(acme) -> None:
    other = company("globex")
    old, new = changed_fact()
    rests_on(acme, old)

    actions.open_assessments_for_changed_facts(at=HALF_A_YEAR)
    actions.open_assessments_for_changed_facts(at=HALF_A_YEAR)

    assessment = ChangeAssessment.objects.get()
    assert (assessment.organization, assessment.old_revision, assessment.new_revision) == (
        acme.organization,
        old.pk,
        new.pk,
    )
    assert not other.organization.change_assessments.exists()
    assert not Reopening.objects.exists()


@pytest.mark.parametrize(("verdict", "reopened"), [("material", 1), ("editorial", 0)])
def test_a_verdict_reopens_when_it_is_material_and_only_once(acme, verdict, reopened) -> None:
    old, _new = changed_fact()
    rests_on(acme, old)
    actions.open_assessments_for_changed_facts(at=HALF_A_YEAR)
    assessment = ChangeAssessment.objects.get()
    say = {"by": acme.mara, "verdict": verdict, "because": "It matters, or not.", "due_on": dt.date(2026, 8, 1)}

    actions.judge(assessment=assessment, at=HALF_A_YEAR, **say)

    assert Reopening.objects.count() == reopened
    with pytest.raises(ActionRefused):
        actions.judge(assessment=assessment, at=HALF_A_YEAR, **say)


def test_a_material_verdict_says_before_how_many_it_asks_again(acme) -> None:
    made = steps.checklist(acme, "privacy", ["Account?"])
    checklists.assign(checklist=made, by=acme.mara, at=EPOCH)
    steps.answer_everything(acme.dev, at=steps.LATER)
    item = made.versions.get().listed_items.get().item

    affected = queries.affected_by(acme.organization, key=f"item:{item.pk}", below_revision=10**9, at=HALF_A_YEAR)

    assert (affected.people, affected.items) == (1, ["Account?"])


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_for_one_review_and_for_three(acme, django_assert_num_queries, count) -> None:
    for number in range(count - 1):
        steps.checklist(acme, f"list-{number}", ["A question?"])
    open_due(HALF_A_YEAR)
    client = signed_in(acme.ann)

    with django_assert_num_queries(9):
        page = client.get(f"/o/{acme.organization.slug}/reviews/")

    assert len(page.context["open_reviews"]) == count


def test_the_keeper_closes_a_review_on_its_page_and_a_member_may_not_open_it(acme) -> None:
    [review] = open_due(HALF_A_YEAR)
    path = f"/o/{acme.organization.slug}/reviews/{review.pk}/"

    page = signed_in(acme.mara).post(path, {"outcome": "holds", "because": "Still the same terms."}, follow=True)

    assert "The next review is scheduled" in page.content.decode()
    assert "Still the same terms." in signed_in(acme.ann).get(path).content.decode()
    assert signed_in(acme.dev).get(path).status_code == 403


def test_a_verdict_is_given_on_its_page(acme) -> None:
    old, _new = changed_fact()
    rests_on(acme, old)
    actions.open_assessments_for_changed_facts(at=HALF_A_YEAR)
    path = f"/o/{acme.organization.slug}/reviews/changes/{ChangeAssessment.objects.get().pk}/"
    client = signed_in(acme.mara)

    refused = client.post(path, {"verdict": "material", "because": "Yes."})
    assert "Choose the day" in refused.content.decode()
    past = client.post(path, {"verdict": "material", "because": "Yes.", "due_on": "2020-01-31"})
    assert "This day has passed" in past.content.decode()
    client.post(path, {"verdict": "material", "because": "Yes.", "due_on": "2099-01-31"})

    assert Reopening.objects.get().due_on == dt.date(2099, 1, 31)


def changed_fact() -> tuple[Fact, Fact]:
    """A shipped fact, and the newer row that superseded it."""
    topic = make_topic("training")
    on = steps.route("cloud", "CLD")
    words = {"route": on, "topic": topic, "key": "cloud.training", "promise": "report", "recorded_at": EPOCH}
    old = Fact.objects.create(statement="Never.", digest="1", **words)
    old.superseded_at = HALF_A_YEAR
    old.save(update_fields=["superseded_at"])
    return old, Fact.objects.create(statement="Sometimes.", digest="2", **words)


def rests_on(acme: Company, fact: Fact) -> None:
    """Somebody at Acme has been shown this fact."""
    keep_snapshot({"shown": 1}, organization_id=acme.organization.pk, bases={f"fact:{fact.key}": fact.pk}, at=EPOCH)


def test_the_decision_says_on_which_day_it_is_reviewed_next(acme) -> None:
    decision = acme.organization.decisions.get()
    client = signed_in(acme.dev)
    assert "its review" not in client.get(decision.get_absolute_url()).content.decode()

    actions.schedule_new()

    page = client.get(decision.get_absolute_url()).content.decode()
    assert "its review was due" in page  # months before the real day on which this runs
    assert "5 Jul 2026" in page


def test_a_review_of_whoever_has_gone_goes_to_whoever_stands_in(acme) -> None:
    accounts.end_membership(membership=acme.mara, by=acme.olga, at=EPOCH + dt.timedelta(days=1))

    [review] = open_due(HALF_A_YEAR)

    assert review.keeper == acme.olga


def test_an_open_review_is_told_counted_and_closed_by_whoever_stands_in(acme) -> None:
    [review] = open_due(HALF_A_YEAR)
    accounts.change_access_level(membership=acme.mara, level=Level.MEMBER, by=acme.olga, at=HALF_A_YEAR)

    notices.tell_due(acme.organization, at=HALF_A_YEAR)

    assert {notice.recipient for notice in Notice.objects.filter(rule="review-due")} == {acme.olga}
    assert frame_of(acme.olga, at=HALF_A_YEAR).waiting.reviews == 1
    assert frame_of(acme.mara, at=HALF_A_YEAR).waiting.reviews == 0
    url = f"/o/{acme.organization.slug}/reviews/{review.pk}/"
    assert "Olga looks after it" in signed_in(acme.olga).get(url).content.decode()
    signed_in(acme.olga).post(url, {"outcome": "holds", "because": "Nothing has changed."})
    review.refresh_from_db()
    assert review.closed_by == acme.olga.user


def test_a_keeper_who_was_told_and_manages_no_longer_finds_nothing_of_it_in_the_mail(acme) -> None:
    open_due(HALF_A_YEAR)
    notices.tell_due(acme.organization, at=HALF_A_YEAR)
    accounts.change_access_level(membership=acme.mara, level=Level.MEMBER, by=acme.olga, at=HALF_A_YEAR)

    notices.tell_due(acme.organization, at=HALF_A_YEAR)
    digest.write_mail(at=HALF_A_YEAR + dt.timedelta(days=1))

    told = OutgoingMail.objects.filter(notices__rule="review-due")
    assert [mail.user for mail in told] == [acme.olga.user]
