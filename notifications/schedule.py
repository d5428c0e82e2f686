"""On which days something due is said: before, on and after its date, never at a weekend. The same rule in Python and,
set-wise, in SQL.
"""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class Schedule:
    """Days around a due date, as data.

    :ivar days: offsets in days from the due date, rising; -3 is three days before, 0 the day itself.
    :ivar then_every: after the last of ``days``, again every so many days; 0 is never again.
    """

    days: tuple[int, ...]
    then_every: int = 0

    def __post_init__(self) -> None:
        if not self.days or list(self.days) != sorted(set(self.days)) or self.then_every < 0:
            raise ValueError("A schedule has rising offsets, at least one, and then_every is 0 or more.")

    @property
    def sql_params(self) -> tuple[list[int], int]:
        """The last two parameters of the SQL function ``notifications_newest_slot(due_on, on, days, then_every)``."""
        return list(self.days), self.then_every


# What a person is told about something of their own: two weeks and three days before, on the day, then every third day.
DUE = Schedule(days=(-14, -3, 0), then_every=3)
# What is known for days only, or is somebody else's to answer: three days before, on the day, then every third day.
SOON = Schedule(days=(-3, 0), then_every=3)

_FRIDAY = 4


def workday(day: dt.date, due_on: dt.date | None = None) -> dt.date:
    """The day itself, or for a Saturday or Sunday the Monday after.

    :param due_on: where Monday would be too late, because the due date falls on the same weekend, it is Friday.
    """
    into_weekend = day.weekday() - _FRIDAY
    if into_weekend <= 0:
        return day
    monday = day + dt.timedelta(days=3 - into_weekend)
    is_last_chance = due_on is not None and day <= due_on < monday
    return day - dt.timedelta(days=into_weekend) if is_last_chance else monday


def newest_slot(due_on: dt.date, on: dt.date, schedule: Schedule) -> dt.date | None:
    """The newest day of the schedule that is not after ``on``; None while the first is still to come.

    A sweep that comes late writes this one slot only: nobody gets a week of reminders at once.
    """
    passed = (_reach(due_on, on) - due_on).days
    reached = [offset for offset in schedule.days if offset <= passed]
    if not reached:
        return None
    last = reached[-1]
    if schedule.then_every and last == schedule.days[-1]:
        last += (passed - last) // schedule.then_every * schedule.then_every
    return workday(due_on + dt.timedelta(days=last), due_on)


def next_slot(due_on: dt.date, after: dt.date, schedule: Schedule) -> dt.date | None:
    """The first day of the schedule after ``after``; None when it has said everything."""
    passed = (_reach(due_on, after) - due_on).days
    ahead = [offset for offset in schedule.days if offset > passed]
    if ahead:
        return workday(due_on + dt.timedelta(days=ahead[0]), due_on)
    if not schedule.then_every:
        return None
    last = schedule.days[-1]
    last += ((passed - last) // schedule.then_every + 1) * schedule.then_every
    return workday(due_on + dt.timedelta(days=last), due_on)


def _reach(due_on: dt.date, on: dt.date) -> dt.date:
    """The last day whose slot is said by ``on``: on a Friday and over its weekend the due date, if it falls there."""
    past_friday = on.weekday() - _FRIDAY
    if past_friday < 0:
        return on
    friday = on - dt.timedelta(days=past_friday)
    return due_on if friday < due_on <= friday + dt.timedelta(days=2) else friday
