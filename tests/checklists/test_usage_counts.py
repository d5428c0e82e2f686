"""No number that is shown, and no difference of two of them, gives away fewer than five people: any answers, counted at
any moments, against a plain reading of the rule."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.models import Tool
from checklists.actions.usage import count_one
from checklists.models import UsageCell, UsageGroup, UsageInquiry, UsageReport, UsedTool
from operations import clock
from tests.cast import Company, person
from tests.checklists.test_usage import ask

pytestmark = pytest.mark.django_db

FEW = 5
Key = tuple[str, int, str, str]  # about, tool, account, purpose
Shown = dict[tuple[int | None, Key], int]


@dataclass
class Town:
    """An organization of two teams that are counted by themselves, one that is too small, and who belongs to none."""

    inquiry: UsageInquiry
    tools: list[Tool]
    people: list[tuple[int, UsageGroup]]
    said: dict[int, list[tuple[int, set[Key]]]] = field(default_factory=dict)

    def say(self, number: int, used: list[tuple[int, str, str]]) -> None:
        """One person's answer: tools (by number) with account and purpose."""
        member, group = self.people[number % len(self.people)]
        row = {"organization": self.inquiry.organization, "inquiry": self.inquiry, "group": group}
        report = UsageReport.objects.create(membership_id=member, at=clock.now(), **row)
        keys: set[Key] = set()
        for number_of_tool, account, purpose in used:
            tool = self.tools[number_of_tool]
            UsedTool.objects.create(
                organization=row["organization"], report=report, tool=tool, account=account, purposes=[purpose]
            )
            keys |= {("used", tool.pk, account, ""), ("used", tool.pk, account, purpose)}
        self.said.setdefault(member, []).append((report.pk, keys or {("nothing", 0, "", "")}))

    def count(self) -> Shown:
        count_one(self.inquiry.pk)
        cells = UsageCell.objects.filter(inquiry=self.inquiry)
        return {
            (cell.group_id, (cell.about, cell.tool_id or 0, cell.account, cell.purpose)): cell.people for cell in cells
        }

    def newest(self) -> dict[int, list[set[Key]]]:
        """By group: what each person whose answer counts by now said last."""
        to = dict(self.inquiry.groups.values_list("pk", "counted_to"))
        by_group: dict[int, list[set[Key]]] = {group: [] for group in to}
        for member, group in self.people:
            if counted := [keys for pk, keys in self.said.get(member, []) if pk <= to[group.pk]]:
                by_group[group.pk].append(counted[-1])
        return by_group


def fives(number: int) -> int:
    return number // FEW * FEW


def may_show(number: int, among: int) -> bool:
    return number >= FEW and among - number >= FEW


def check(shown: Shown, newest: dict[int, list[set[Key]]]) -> None:
    """Every number is one that may be shown; the organization's is made of nothing that could not be shown by itself."""
    assert all(people >= FEW and people % FEW == 0 for people in shown.values())
    counts = {group: Counter(key for keys in said for key in keys) for group, said in newest.items()}
    among = {group: len(said) for group, said in newest.items()}

    for (group, key), people in shown.items():
        about, tool, account, purpose = key
        if about == "answered":
            assert people == fives(sum(among.values()) if group is None else among[group])
            continue
        whole = {one: counts[one][about, tool, account, ""] if purpose else among[one] for one in counts}
        if group is not None:
            assert people == fives(counts[group][key])
            assert may_show(counts[group][key], whole[group])
            continue
        by_themselves = {one for one in counts if (one, key) in shown}
        rest = [one for one in counts if one not in by_themselves]
        alone = sum(counts[one][key] for one in by_themselves)
        together = sum(counts[one][key] for one in rest)
        if people != fives(alone):
            assert any(
                fives(alone + part) == people for part in parts_that_may_show(rest, counts, whole, key, together)
            )
    for group, of_group in counts.items():
        for key, number in of_group.items():
            if not key[3] and may_show(number, among[group]):
                assert (group, key) in shown


def parts_that_may_show(
    rest: list[int], counts: dict[int, Counter[Key]], whole: dict[int, int], key: Key, together: int
) -> Iterator[int]:
    """How many the groups that show nothing may add together: all of them; of a purpose, those whose tool is counted."""
    if not key[3]:
        if may_show(together, sum(whole[one] for one in rest)):
            yield together
        return
    for mask in range(1, 2 ** len(rest)):
        some = [one for place, one in enumerate(rest) if mask >> place & 1]
        number = sum(counts[one][key] for one in some)
        if may_show(number, sum(whole[one] for one in some)):
            yield number


@pytest.fixture
def town(acme: Company) -> Town:
    small = acme.sales
    for number in range(11):
        person(acme.organization, f"Engineer{number}", team=acme.engineering)
        person(acme.organization, f"Nobody{number}", team=small if number < 4 else None)
    team = acme.organization.teams.create(name="Care")
    for number in range(13):
        person(acme.organization, f"Care{number}", team=team)
    inquiry = ask(acme)
    groups = {group.team_id: group for group in inquiry.groups.all()}
    assert set(groups) == {acme.engineering.pk, team.pk, None}
    placed = acme.organization.memberships.filter(access_periods__ended_at=None, placements__ended_at=None)
    rows = placed.values_list("pk", "placements__team")
    tools = [Tool.objects.create(key=f"t{number}", vendor="V", name=f"T{number}") for number in range(2)]
    return Town(inquiry, tools, [(pk, groups.get(of, groups[None])) for pk, of in rows])


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(seed=st.integers(0, 10**6), lean=st.sampled_from([0.1, 0.4, 0.9]), rounds=st.integers(1, 4))
def test_no_number_and_no_difference_gives_fewer_than_five_people_away(
    town: Town, seed: int, lean: float, rounds: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 -- any answers will do
    town.said.clear()
    with transaction.atomic():
        before: Shown = {}
        told_since: dict[int, set[int]] = {group.pk: set() for group in town.inquiry.groups.all()}
        for _round in range(rounds):
            for _one in range(chance.randrange(1, 60)):
                number = chance.randrange(len(town.people))
                used = [
                    (tool, account, chance.choice(["code", "texts"]))
                    for tool in (0, 1)
                    for account in ("work", "private")
                    if chance.random() < lean
                ]
                town.say(number, used)
                member, group = town.people[number]
                told_since[group.pk].add(member)
            shown = town.count()
            check(shown, town.newest())
            moved = {group for group, told in told_since.items() if len(told) >= FEW}
            for place in {*shown, *before}:
                if shown.get(place) != before.get(place):
                    assert moved if place[0] is None else place[0] in moved
                    assert abs(shown.get(place, 0) - before.get(place, 0)) >= FEW
            for group in moved:
                told_since[group] = set()
            before = shown
        transaction.set_rollback(True)
