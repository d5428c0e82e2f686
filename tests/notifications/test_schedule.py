"""The days on which something due is said, in Python and in SQL."""

import datetime as dt

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from notifications.schedule import DUE, Schedule, newest_slot, next_slot

DUE_ON = dt.date(2026, 3, 10)
DATES = st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1))
SCHEDULES = st.builds(
    Schedule,
    days=st.lists(st.integers(-40, 40), min_size=1, max_size=6, unique=True).map(lambda days: tuple(sorted(days))),
    then_every=st.integers(0, 30),
)


@pytest.mark.parametrize(
    ("day", "slot"),
    [(6, None), (7, 7), (9, 7), (10, 10), (12, 10), (13, 13), (15, 13), (16, 16), (31, 31)],
)
def test_newest_slot_before_on_and_after_the_due_date(day, slot):
    expected = slot and dt.date(2026, 3, slot)

    assert newest_slot(DUE_ON, dt.date(2026, 3, day), DUE) == expected


def test_schedule_that_ends_stays_at_its_last_day():
    assert newest_slot(DUE_ON, dt.date(2027, 1, 1), Schedule(days=(-3, 0))) == DUE_ON


@pytest.mark.parametrize(("days", "every"), [((), 0), ((3, 1), 0), ((1, 1), 0), ((0,), -1)])
def test_schedule_out_of_order_is_refused(days, every):
    with pytest.raises(ValueError, match="rising"):
        Schedule(days=days, then_every=every)


@given(due_on=DATES, late=st.integers(-60, 400), schedule=SCHEDULES)
def test_newest_slot_is_the_last_of_all_slots_counted_one_by_one(due_on, late, schedule):
    on = due_on + dt.timedelta(days=late)
    last = schedule.days[-1]
    repeats = range(last, last + 1000, schedule.then_every) if schedule.then_every else ()
    slots = {due_on + dt.timedelta(days=offset) for offset in (*schedule.days, *repeats)}

    assert newest_slot(due_on, on, schedule) == max((slot for slot in slots if slot <= on), default=None)


@given(due_on=DATES, late=st.integers(-60, 400), schedule=SCHEDULES)
def test_next_slot_is_the_first_day_with_something_new_to_say(due_on, late, schedule):
    on = due_on + dt.timedelta(days=late)
    ahead = next_slot(due_on, on, schedule)

    day_before = (ahead or on + dt.timedelta(days=500)) - dt.timedelta(days=1)
    assert newest_slot(due_on, day_before, schedule) == newest_slot(due_on, on, schedule)
    assert ahead is None or newest_slot(due_on, ahead, schedule) == ahead > on


@pytest.mark.django_db
def test_sql_twin_says_the_same():
    @given(due_on=DATES, late=st.integers(-60, 400), schedule=SCHEDULES)
    def same(due_on, late, schedule):
        on = due_on + dt.timedelta(days=late)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT notifications_newest_slot(%s, %s, %s::int[], %s)", [due_on, on, *schedule.sql_params]
            )
            assert cursor.fetchone()[0] == newest_slot(due_on, on, schedule)
            cursor.execute("SELECT notifications_next_slot(%s, %s, %s::int[], %s)", [due_on, on, *schedule.sql_params])
            assert cursor.fetchone()[0] == next_slot(due_on, on, schedule)

    same()
