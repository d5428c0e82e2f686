"""The days on which something due is said, in Python and in SQL."""

import datetime as dt

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from notifications.schedule import DUE, Schedule, newest_slot, next_slot, workday

DUE_ON = dt.date(2026, 3, 10)
DAY = dt.timedelta(days=1)
DATES = st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1))
SCHEDULES = st.builds(
    Schedule,
    days=st.lists(st.integers(-40, 40), min_size=1, max_size=6, unique=True).map(lambda days: tuple(sorted(days))),
    then_every=st.integers(0, 30),
)


@pytest.mark.parametrize(
    ("day", "slot"),
    [(6, 24 - 28), (8, 24 - 28), (9, 9), (10, 10), (12, 10), (13, 13), (15, 13), (16, 16), (24, 23), (31, 31)],
)
def test_newest_slot_before_on_and_after_the_due_date(day, slot):
    """Due on a Tuesday: what falls on Saturday 7 is said on Monday 9, what falls on Sunday 22 on Monday 23."""
    first = dt.date(2026, 3, 1)

    assert newest_slot(DUE_ON, dt.date(2026, 3, day), DUE) == first + (slot - 1) * DAY


def test_nothing_is_said_before_the_first_day():
    assert newest_slot(DUE_ON, DUE_ON - 15 * DAY, DUE) is None


@pytest.mark.parametrize(
    ("due_on", "said_on"),
    [
        (dt.date(2026, 3, 13), dt.date(2026, 3, 13)),  # a Friday
        (dt.date(2026, 3, 14), dt.date(2026, 3, 13)),
        (dt.date(2026, 3, 15), dt.date(2026, 3, 13)),
        (dt.date(2026, 3, 16), dt.date(2026, 3, 16)),
    ],
)
def test_due_day_at_a_weekend_is_said_on_the_friday_before(due_on, said_on):
    on_the_day = Schedule(days=(0,))

    assert newest_slot(due_on, said_on - DAY, on_the_day) is None
    assert newest_slot(due_on, said_on, on_the_day) == said_on
    assert newest_slot(due_on, due_on + 9 * DAY, on_the_day) == said_on


@given(day=st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1)), ahead=st.integers(-60, 60))
def test_no_slot_stays_at_a_weekend_or_passes_the_due_date(day, ahead):
    due_on = day + ahead * DAY
    said = workday(day, due_on)

    assert said.weekday() < 5
    assert abs(said - day) <= 2 * DAY
    assert said == day or day.weekday() >= 5
    assert said <= due_on or day > due_on


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
    slots = {workday(due_on + dt.timedelta(days=offset), due_on) for offset in (*schedule.days, *repeats)}

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
            cursor.execute("SELECT notifications_workday(%s), notifications_workday(%s, %s)", [on, on, due_on])
            assert cursor.fetchone() == (workday(on), workday(on, due_on))

    same()
