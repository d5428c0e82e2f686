"""On which days something due is said: before, on and after its date. The same rule in Python and, set-wise, in SQL."""

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


# What a person is told about something of their own: three days before, on the day, then every third day.
DUE = Schedule(days=(-3, 0), then_every=3)


def newest_slot(due_on: dt.date, on: dt.date, schedule: Schedule) -> dt.date | None:
    """The newest day of the schedule that is not after ``on``; None while the first is still to come.

    A sweep that comes late writes this one slot only: nobody gets a week of reminders at once.
    """
    passed = (on - due_on).days
    reached = [offset for offset in schedule.days if offset <= passed]
    if not reached:
        return None
    last = reached[-1]
    if schedule.then_every and last == schedule.days[-1]:
        last += (passed - last) // schedule.then_every * schedule.then_every
    return due_on + dt.timedelta(days=last)


def next_slot(due_on: dt.date, after: dt.date, schedule: Schedule) -> dt.date | None:
    """The first day of the schedule after ``after``; None when it has said everything."""
    passed = (after - due_on).days
    ahead = [offset for offset in schedule.days if offset > passed]
    if ahead:
        return due_on + dt.timedelta(days=ahead[0])
    if not schedule.then_every:
        return None
    last = schedule.days[-1]
    last += ((passed - last) // schedule.then_every + 1) * schedule.then_every
    return due_on + dt.timedelta(days=last)
