"""The staleness table, read in plain Python: it keeps what happened in lists and answers "is it current?" by looping.

Knows nothing of SQL.
"""

import datetime as dt
from dataclasses import dataclass, field

TWO_WEEKS = dt.timedelta(days=14)


def day_of(at: dt.datetime) -> dt.date:
    """The day in Berlin; no history comes near the hours in which its clocks are changed."""
    return at.astimezone(dt.timezone(dt.timedelta(hours=1 if at.month in (1, 2, 3, 11, 12) else 2))).date()


@dataclass
class Said:
    """One answer as the reading keeps it."""

    person: int
    item: int
    at: dt.datetime
    rests_on: dict[str, int]
    completes: bool
    valid_until: dt.date | None


@dataclass
class Reading:
    """What happened, as lists."""

    placed: list[tuple[int, dt.datetime, int | None, int | None]] = field(default_factory=list)
    rules: list[dict] = field(default_factory=list)
    listed: list[tuple[int, dt.datetime, frozenset[int]]] = field(default_factory=list)
    decisions: list[dict] = field(default_factory=list)
    judged: list[dict] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    taken_up: list[tuple[int, dt.datetime]] = field(default_factory=list)
    presupposes: set[int] = field(default_factory=set)

    def place(self, person: int, at: dt.datetime) -> tuple[int | None, int | None]:
        return [(team, role) for who, since, team, role in self.placed if who == person and since <= at][-1]

    def covering(self, person: int, at: dt.datetime) -> set[str]:
        team, _role = self.place(person, at)
        return {
            f"decision:{one['route']}"
            for one in self.decisions
            if one["from"] <= at < one["to"] and (not one["teams"] or team in one["teams"])
        }

    def asked(self, person: int, at: dt.datetime) -> set[int]:
        team, role = self.place(person, at)
        lists = {
            rule["checklist"]
            for rule in self.rules
            if rule["from"] <= at < rule["to"]
            and rule["person"] in (None, person)
            and rule["team"] in (None, team)
            and rule["role"] in (None, role)
        }
        items: set[int] = set()
        for checklist in lists:
            versions = [listed for which, since, listed in self.listed if which == checklist and since <= at]
            items |= versions[-1] if versions else set()
        return items if self.covering(person, at) else items - self.presupposes

    def is_current(self, person: int, item: int, at: dt.datetime, today: dt.date) -> bool:
        answers = [one for one in self.said if (one.person, one.item) == (person, item) and one.at <= at]
        if not answers or not answers[-1].completes:
            return False
        newest = answers[-1]
        reopened = any(
            judged["at"] <= at < judged["undone"]
            and newest.rests_on.get(judged["key"], judged["below"]) < judged["below"]
            for judged in self.judged
        )
        lapsed = newest.valid_until is not None and newest.valid_until < today
        names_all = item not in self.presupposes or self.covering(person, at) <= set(newest.rests_on)
        return not reopened and not lapsed and names_all

    def asked_on(self, person: int, checklist: int, at: dt.datetime) -> dt.date:
        """The day since which a list asks a person without a break; where their placement counts, where a rule names it."""
        team, role = self.place(person, at)
        placed_at = [since for who, since, _team, _role in self.placed if who == person and since <= at][-1]
        ruled = [
            max(rule["from"], placed_at) if rule["team"] or rule["role"] else rule["from"]
            for rule in self.rules
            if rule["checklist"] == checklist
            and rule["from"] <= at < rule["to"]
            and rule["person"] in (None, person)
            and rule["team"] in (None, team)
            and rule["role"] in (None, role)
        ]
        return day_of(
            max([min(ruled), *(since for which, since in self.taken_up if which == checklist and since <= at)])
        )

    def allowed_since(self, person: int, at: dt.datetime) -> dt.datetime:
        """Since when a decision in force has allowed this person something, where they are placed."""
        team, _role = self.place(person, at)
        placed_at = [since for who, since, _team, _role in self.placed if who == person and since <= at][-1]
        covering = [
            one
            for one in self.decisions
            if one["from"] <= at < one["to"] and (not one["teams"] or team in one["teams"])
        ]
        since = min(one["from"] for one in covering)
        return max(since, placed_at) if all(one["teams"] for one in covering) else since

    def lapsed_due_on(self, person: int, checklist: int, item: int, at: dt.datetime) -> dt.date:
        """Until when to answer anew: its last day, but two weeks where it had run out before they were asked."""
        newest = [one for one in self.said if (one.person, one.item) == (person, item) and one.at <= at][-1]
        asked_on = self.asked_on(person, checklist, at)
        if item in self.presupposes:
            asked_on = max(asked_on, day_of(self.allowed_since(person, at)))
        return newest.valid_until if newest.valid_until >= asked_on else asked_on + TWO_WEEKS

    def current(self, people: list[int], at: dt.datetime, today: dt.date) -> set[tuple[int, int]]:
        return {
            (person, item)
            for person in people
            for item in self.asked(person, at)
            if self.is_current(person, item, at, today)
        }
