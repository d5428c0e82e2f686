"""On which day a sweep looks at an assignment next: kept by the database, told and taken off in one statement."""

import datetime as dt

import pytest
from django.db import connection

from audit.actions import reopen, undo_reopening
from checklists import actions, notices
from checklists.models import Assignment, Checklist, Reminder
from notifications.models import Notice
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
    assert days() == {due_on() + 12 * DAY}


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
        monkeypatch.setattr(notices, "MANY", many)
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
