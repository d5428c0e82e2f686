"""Random histories against a plain-Python reading of the staleness table: the same set, at any moment.

``Reading`` knows nothing of SQL: it keeps what happened in lists and answers "is it current?" by looping.
"""

import datetime as dt
from dataclasses import dataclass, field

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from accounts.models import Membership, Placement
from audit.actions import reopen, undo_reopening
from audit.models import Reopening
from checklists import actions
from checklists.actions import Given
from checklists.models import Answer, Assignment, AssignmentRule, Checklist, Clearance
from checklists.queries import current_items, readiness
from checklists.queries.state import state_of
from governance import actions as governance
from governance.models import RouteDecision
from operations.errors import ActionRefused
from tests.cast import EPOCH, company
from tests.checklists import steps

pytestmark = pytest.mark.django_db
FOREVER = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)
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
            if rule["from"] <= at < rule["to"] and rule["team"] in (None, team) and rule["role"] in (None, role)
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


class World:
    """A company, its history as rows, and the same history as a reading."""

    def __init__(self) -> None:
        self.acme = company()
        self.now = EPOCH
        self.reading = Reading()
        self.people: list[Membership] = [self.acme.dev, self.acme.mia, self.acme.sal]
        for person in self.people:
            placement = person.placements.get()
            self.reading.placed.append((person.pk, EPOCH, placement.team_id, placement.job_role_id))
        self.routes = [steps.route("first", "ONE"), steps.route("second", "TWO")]
        self.lists = [
            steps.checklist(self.acme, "privacy", ["Account?", "Rules?"], rests_on_decisions=True),
            steps.checklist(self.acme, "coding", ["Reviews?", "Repositories?"], valid_months=1),
        ]
        for made in self.lists:
            self.note_version(made)
        self.reading.presupposes = set(self.reading.listed[0][2])

    def note_version(self, made: Checklist) -> None:
        listed = made.versions.get(status="published").listed_items.values_list("item_id", flat=True)
        self.reading.listed.append((made.pk, self.now, frozenset(listed)))

    # What can happen. ``a`` and ``b`` are numbers that choose.

    def wait(self, a: int, b: int) -> None:
        self.now += dt.timedelta(days=(0, 1, 9, 40)[a % 4], hours=1 + b)

    def answer(self, a: int, b: int) -> None:
        person = self.people[a % 3]
        asked = sorted(self.reading.asked(person.pk, self.now))
        if not asked:
            return
        item = asked[b % len(asked)]
        given = Given(kind=Answer.Kind.UNSURE, text="How?") if (a + b) % 5 == 0 else Given(value="yes")
        saved = steps.answer(person, item, at=self.now, given=given)
        rests_on = dict(saved.snapshot.bases.values_list("key", "revision"))
        # What the answer rests on is checked against the reading, not believed.
        named = self.reading.covering(person.pk, self.now) if item in self.reading.presupposes else set()
        assert {key for key in rests_on if key.startswith("decision:")} == named
        self.reading.said.append(Said(person.pk, item, self.now, rests_on, saved.completes, saved.valid_until))

    def move(self, a: int, b: int) -> None:
        person, (team, role) = (
            self.people[a % 3],
            [
                (self.acme.engineering, self.acme.engineer),
                (self.acme.sales, self.acme.seller),
                (self.acme.sales, self.acme.engineer),
            ][b % 3],
        )
        old = person.placements.open().get()
        if old.started_at == self.now:
            return
        old.ended_at = self.now
        old.save(update_fields=["ended_at"])
        Placement.objects.create(
            organization=self.acme.organization, membership=person, team=team, job_role=role, started_at=self.now
        )
        self.reading.placed.append((person.pk, self.now, team.pk, role.pk))

    def assign(self, a: int, b: int) -> None:
        made = self.lists[a % 2]
        team, role = [(None, None), (self.acme.engineering, None), (None, self.acme.seller)][b % 3]
        try:
            actions.assign(checklist=made, team=team, job_role=role, by=self.acme.mara, at=self.now)
        except ActionRefused:
            return
        self.reading.rules.append(
            {
                "checklist": made.pk,
                "team": team.pk if team else None,
                "role": role.pk if role else None,
                "from": self.now,
                "to": FOREVER,
            }
        )

    def unassign(self, a: int, b: int) -> None:
        rule = AssignmentRule.objects.open().order_by("pk").first()
        if rule is None or rule.started_at == self.now:
            return
        actions.end_rule(rule=rule, by=self.acme.mara, at=self.now)
        noted = next(one for one in self.reading.rules if one["to"] == FOREVER)
        noted["to"] = self.now

    def decide(self, a: int, b: int) -> None:
        on, is_material = self.routes[a % 2], bool(b % 2)
        teams = [frozenset(), frozenset({self.acme.engineering.pk})][(b // 2) % 2]
        before = [one for one in self.reading.decisions if one["route"] == on.pk and one["to"] == FOREVER]
        if before and before[-1]["from"] == self.now:
            return
        made = steps.decide(
            self.acme,
            on,
            at=self.now,
            conditions=f"As of {self.now}",
            is_material=is_material,
            lines=[governance.LineOfScope(team_ids=teams)],
        )
        earlier = [one for one in self.reading.decisions if one["route"] == on.pk]
        for one in before:
            one["to"] = self.now
        self.reading.decisions.append({"route": on.pk, "pk": made.pk, "from": self.now, "to": FOREVER, "teams": teams})
        if earlier and is_material:  # also of one that has ended since
            self.note_judgement(f"decision:{on.pk}", made.pk)

    def retire(self, a: int, b: int) -> None:
        on, is_material = self.routes[a % 2], bool(b % 2)
        standing = [one for one in self.reading.decisions if one["route"] == on.pk and one["to"] == FOREVER]
        if not standing or standing[0]["from"] == self.now:
            return
        governance.retire(
            decision=RouteDecision.objects.get(pk=standing[0]["pk"]),
            by=self.acme.mara,
            reason="Gone.",
            at=self.now,
            is_material=is_material,
        )
        standing[0]["to"] = self.now
        if is_material:
            self.note_judgement(f"decision:{on.pk}", standing[0]["pk"] + 1)

    def publish(self, a: int, b: int) -> None:
        made, editorial = self.lists[a % 2], bool(b % 2)
        draft = actions.begin_draft(checklist=made, by=self.acme.mara, at=self.now)
        listed = list(draft.listed_items.order_by("position"))[(b // 2) % 2]
        listed = actions.edit_item(listed=listed, by=self.acme.mara, at=self.now, why=f"Because of {self.now} {a} {b}.")
        actions.publish(
            version=draft, by=self.acme.mara, at=self.now, editorial={listed.item_id} if editorial else set()
        )
        self.note_version(made)
        if not editorial:
            self.note_judgement(f"item:{listed.item_id}", listed.revision_id)

    def take_up(self, a: int, b: int) -> None:
        made = Checklist.objects.get(pk=self.lists[a % 2].pk)
        actions.archive(checklist=made, by=self.acme.mara, at=self.now)
        draft = actions.take_up_again(checklist=made, by=self.acme.mara, at=self.now)
        actions.publish(version=draft, by=self.acme.mara, at=self.now, editorial=frozenset())
        self.note_version(made)
        self.reading.taken_up.append((made.pk, self.now))

    def undo(self, a: int, b: int) -> None:
        standing = [one for one in self.reading.judged if one["undone"] == FOREVER]
        if standing:
            one = standing[a % len(standing)]
            undo_reopening(reopening=Reopening.objects.get(pk=one["pk"]), by=None, at=self.now)
            one["undone"] = self.now

    def judge(self, a: int, b: int) -> None:
        said = [key for one in self.reading.said for key in one.rests_on.items()]
        if said:
            key, revision = said[a % len(said)]
            reopen(
                organization_id=self.acme.organization.pk,
                key=key,
                below_revision=revision + 1,
                by=None,
                at=self.now,
                due_on=None,
                because="judged",
            )
            self.note_judgement(key, revision + 1)
            # Whoever looks at the same words again binds to the same revision, and that is below: bring new words.
            if key.startswith("item:"):
                self.publish_item(int(key.split(":")[1]))

    def publish_item(self, item: int) -> None:
        made = next(one for one in self.lists if one.versions.filter(listed_items__item=item).exists())
        steps.publish_change(made, self.acme, item, editorial=True, at=self.now)
        self.note_version(made)

    def note_judgement(self, key: str, below: int) -> None:
        newest = Reopening.objects.filter(key=key, undoes=None).latest("pk")
        self.reading.judged.append({"pk": newest.pk, "key": key, "below": below, "at": self.now, "undone": FOREVER})

    # What must be true.

    def check(self, at: dt.datetime) -> None:
        everybody = [person.pk for person in self.people]
        rows = state_of(self.acme.organization.pk, everybody, at=at)
        found = {(row.membership_id, row.item_id) for row in rows if row.is_current}
        assert found == self.reading.current(everybody, at, day_of(at))
        for row in rows:
            if row.reason == "lapsed":
                of = (row.membership_id, row.checklist_id, row.item_id)
                assert row.due_on == self.reading.lapsed_due_on(*of, at)

    def check_settled(self) -> None:
        organization = self.acme.organization
        connection.check_constraints()
        actions.settle_due(at=self.now)
        everybody = [person.pk for person in self.people]
        current = current_items(organization.pk, at=self.now)
        for row in Assignment.objects.filter(membership__in=everybody).exclude(status="ended"):
            versions = [items for made, _since, items in self.reading.listed if made == row.checklist_id]
            asked = versions[-1] & self.reading.asked(row.membership_id, self.now)
            open_items = [item for item in asked if (row.membership_id, item) not in current]
            assert (row.open_count, row.status) == (len(open_items), "open" if open_items else "complete")
        counted = readiness(organization, on=self.now.date())
        actions.fold_counts()
        assert readiness(organization, on=self.now.date()) == counted
        for made in self.lists:
            rows = Assignment.objects.filter(checklist=made)
            cell = counted.get((f"checklist:{made.pk}", 0))
            assert (cell.done if cell else 0) == rows.filter(status="complete").count()
            assert (cell.open if cell else 0) == rows.filter(status="open").count()
        for on in self.routes:
            cell = counted.get((f"route:{on.pk}", 0))
            assert (cell.done if cell else 0) == Clearance.objects.filter(route=on, is_cleared=True).count()


EVENTS = (
    "wait",
    "wait",
    "answer",
    "answer",
    "answer",
    "answer",
    "move",
    "assign",
    "unassign",
    "decide",
    "retire",
    "publish",
    "take_up",
    "undo",
    "judge",
)
history = st.lists(st.tuples(st.sampled_from(EVENTS), st.integers(0, 11), st.integers(0, 11)), min_size=4, max_size=22)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(history)
@example([("assign", 1, 0), ("answer", 0, 2), ("answer", 0, 3), ("wait", 3, 0), ("take_up", 1, 0), ("wait", 1, 0)])
@example([("assign", 1, 0), ("answer", 0, 2), ("answer", 0, 3), ("take_up", 1, 0), ("wait", 3, 0), ("wait", 1, 0)])
@example([("wait", 0, 0), ("decide", 0, 0), ("answer", 0, 0), ("retire", 0, 0)])
def test_any_history_gives_the_set_that_the_staleness_table_says(events) -> None:
    with transaction.atomic():
        world = World()
        world.assign(0, 0)
        moments = [world.now]
        for event, a, b in events:
            if event != "wait":
                world.now += dt.timedelta(minutes=1)
            getattr(world, event)(a, b)
            world.check(world.now)
            moments.append(world.now)
        for moment in moments[:: max(1, len(moments) // 5)]:
            world.check(moment)
        world.check_settled()
        transaction.set_rollback(True)
