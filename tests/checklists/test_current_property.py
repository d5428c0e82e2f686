"""Random histories against a plain-Python reading of the staleness table: the same set, at any moment.

``Reading`` is that plain Python; this file makes the histories and compares.
"""

import datetime as dt

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
from tests.checklists.reading import Reading, Said, day_of

pytestmark = pytest.mark.django_db
FOREVER = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)


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
        self.note_rule(made, team=team.pk if team else None, role=role.pk if role else None)

    def ask_one(self, a: int, b: int) -> None:
        made, person = self.lists[a % 2], self.people[b % 3]
        try:
            actions.ask_people(checklist=made, people=[person], reason="You do.", by=self.acme.mara, at=self.now)
        except ActionRefused:
            return
        self.note_rule(made, person=person.pk)

    def note_rule(self, made: Checklist, **whom: int | None) -> None:
        everybody = {"person": None, "team": None, "role": None}
        self.reading.rules.append({"checklist": made.pk, **everybody, **whom, "from": self.now, "to": FOREVER})

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
    "ask_one",
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
@example(
    [("ask_one", 1, 0), ("answer", 0, 2), ("unassign", 0, 0), ("unassign", 0, 0), ("ask_one", 1, 0), ("move", 0, 1)]
)
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
