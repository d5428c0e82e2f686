"""On which day a sweep looks at an assignment next: kept by the database, told and taken off in one statement."""

import datetime as dt

import pytest
from django.db import connection

from audit.actions import reopen, undo_reopening
from checklists import actions, notices
from checklists.models import Assignment, Checklist, Reminder
from checklists.notices import assignments
from notifications.models import Notice
from notifications.schedule import workday
from tests.cast import EPOCH, Company
from tests.checklists.steps import answer_everything, checklist

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def privacy(decided: Company) -> Checklist:
    """One question asked of everybody, due two weeks after EPOCH."""
    made = checklist(decided, "privacy", ["Account?"])
    actions.assign(checklist=made, by=decided.mara, at=EPOCH)
    actions.settle_due(at=EPOCH)
    return made


def days() -> set[dt.date]:
    return set(Reminder.objects.values_list("next_on", flat=True))


def due_on() -> dt.date:
    return Assignment.objects.values_list("due_on", flat=True).distinct().get()


def test_each_open_assignment_is_told_on_the_day_it_is_asked_and_then_before_it_is_due(
    decided: Company, privacy
) -> None:
    asked = Assignment.objects.filter(status="open").count()
    assert Reminder.objects.count() == asked > 0

    assert notices.tell_due(decided.organization, at=EPOCH) == asked
    assert notices.tell_due(decided.organization, at=EPOCH + DAY) == 0

    assert set(Notice.objects.values_list("slot_date", flat=True)) == {EPOCH.date()}
    assert days() == {due_on() - 3 * DAY}


def test_what_is_told_is_looked_at_again_on_the_next_day_of_its_timetable(decided: Company, privacy) -> None:
    at = EPOCH + 12 * DAY

    assert notices.tell_due(decided.organization, at=at) == Assignment.objects.count()
    assert days() == {due_on()}
    assert notices.tell_due(decided.organization, at=at) == 0


def test_a_week_late_tells_the_newest_and_goes_on_from_there(decided: Company, privacy) -> None:
    notices.tell_due(decided.organization, at=EPOCH + 24 * DAY)

    told = Notice.objects.filter(rule=notices.RULE)
    assert set(told.values_list("slot_date", flat=True)) == {due_on() + 9 * DAY}
    assert days() == {workday(due_on() + 12 * DAY)}


def test_a_due_day_that_moves_is_looked_at_anew_and_what_is_done_never(decided: Company, privacy) -> None:
    notices.tell_due(decided.organization, at=EPOCH)
    moved, done = Assignment.objects.order_by("pk")[:2]

    Assignment.objects.filter(pk=moved.pk).update(due_on=due_on() - 10 * DAY)
    Assignment.objects.filter(pk=done.pk).update(status="complete", due_on=None)

    assert notices.tell_due(decided.organization, at=EPOCH + 2 * DAY) == 1
    assert not Reminder.objects.filter(assignment=done).exists()


def test_answering_one_of_several_questions_leaves_the_day_as_it_is(decided: Company, privacy) -> None:
    notices.tell_due(decided.organization, at=EPOCH)
    before = days()

    Assignment.objects.update(open_count=0)

    assert days() == before


def unsent() -> int:
    return Notice.objects.filter(rule="assignment-due", mail=None, withdrawn_at=None).count()


def test_nobody_is_mailed_about_what_is_no_longer_asked(decided: Company, privacy) -> None:
    early = EPOCH.replace(hour=3) + 14 * DAY
    notices.tell_due(decided.organization, at=early)
    assert unsent() == Assignment.objects.count()

    actions.end_rule(rule=privacy.rules.get(), by=decided.mara, at=early)
    actions.settle_due(at=early)

    assert unsent() == 0


def test_nobody_is_mailed_about_a_reopening_that_was_undone(decided: Company, privacy) -> None:
    answer_everything(decided.dev, at=EPOCH)
    early = EPOCH.replace(hour=3) + 7 * DAY
    key = f"item:{privacy.versions.get().listed_items.get().item_id}"
    words = {"organization_id": decided.organization.pk, "by": None, "at": early}
    reopening = reopen(key=key, below_revision=10**9, due_on=early.date(), because="It has changed.", **words)
    actions.settle_due(at=early)
    notices.tell_due(decided.organization, at=early)
    mine = Notice.objects.filter(recipient=decided.dev, rule="assignment-due", withdrawn_at=None)
    assert mine.exists()

    undo_reopening(reopening=reopening, by=None, at=early)
    actions.settle_due(at=early)

    assert not mine.exists()


def test_very_many_are_planned_for_as_many_whatever_the_statistics_expect(
    decided: Company, privacy, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = Assignment.objects.filter(status="open").count()
    for many, planned in ((asked + 1, "on"), (asked, "off")):
        monkeypatch.setattr(assignments, "MANY", many)
        loops: list[str] = []

        def looked_at(execute, sql, params, is_many, context, seen=loops):
            if "INSERT INTO notifications_notice" in sql:
                with connection.connection.cursor() as cursor:
                    seen.append(cursor.execute("SHOW enable_nestloop").fetchone()[0])
            return execute(sql, params, is_many, context)

        with connection.execute_wrapper(looked_at):
            notices.tell_due(decided.organization, at=EPOCH)

        assert loops == [planned]
        with connection.cursor() as cursor:
            cursor.execute("SHOW enable_nestloop")
            assert cursor.fetchone() == ("on",)
        Reminder.objects.update(next_on=EPOCH.date())


def told_of(asked_on: dt.date, due_on: dt.date, until: dt.date) -> list[dt.date]:
    """The days on which the person of one assignment is told, by a sweep each morning."""
    mine = Assignment.objects.order_by("pk")[0]
    Assignment.objects.exclude(pk=mine.pk).update(status="ended")
    Assignment.objects.filter(pk=mine.pk).update(asked_on=asked_on, due_on=due_on)
    for number in range((until - asked_on).days + 1):
        notices.tell_due(mine.organization, at=dt.datetime.combine(asked_on + number * DAY, dt.time(6), dt.UTC))
    told = Notice.objects.filter(subject_key=f"assignment:{mine.pk}").order_by("slot_date")
    return list(told.values_list("slot_date", flat=True))


def test_a_month_to_answer_is_reminded_two_weeks_and_three_days_before_and_on_the_day(
    decided: Company, privacy
) -> None:
    asked, due = dt.date(2026, 1, 5), dt.date(2026, 2, 4)  # a Monday, a Wednesday

    assert told_of(asked, due, due + 9 * DAY) == [
        asked,
        dt.date(2026, 1, 21),
        dt.date(2026, 2, 2),  # Sunday's, on Monday
        due,
        dt.date(2026, 2, 9),  # Saturday's, on Monday
        dt.date(2026, 2, 10),
        dt.date(2026, 2, 13),
    ]


def test_what_is_asked_two_days_before_it_is_due_sends_no_reminder_of_a_day_that_has_passed(
    decided: Company, privacy
) -> None:
    asked, due = dt.date(2026, 1, 6), dt.date(2026, 1, 8)

    assert told_of(asked, due, due) == [asked, due]


def test_what_is_due_at_a_weekend_is_told_on_friday(decided: Company, privacy) -> None:
    asked, due = dt.date(2026, 1, 7), dt.date(2026, 1, 10)  # a Saturday

    assert told_of(asked, due, due + 4 * DAY) == [asked, dt.date(2026, 1, 9), dt.date(2026, 1, 13)]


def test_mail_says_how_long_it_takes_from_what_is_open(decided: Company, privacy) -> None:
    Checklist.objects.update(minutes=7)
    first, second = Assignment.objects.order_by("pk")[:2]
    Assignment.objects.filter(pk=first.pk).update(item_count=3, open_count=1)
    Assignment.objects.filter(pk=second.pk).update(item_count=20, open_count=1)

    notices.tell_due(decided.organization, at=EPOCH)

    said = dict(Notice.objects.filter(rule=notices.RULE).values_list("subject_key", "body"))
    assert said.pop(f"assignment:{first.pk}") == "Some questions wait for you. It takes about 3 minutes."
    assert said.pop(f"assignment:{second.pk}") == "Some questions wait for you. It takes about a minute."
    assert set(said.values()) == {"Some questions wait for you. It takes about 7 minutes."}
