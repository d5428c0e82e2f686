"""Settling while people answer, while workers die, and while two of them are at it."""

import datetime as dt

import pytest
from django.db import connection, transaction

from accounts.models import Membership
from checklists import actions
from checklists.actions import settling
from checklists.models import Assignment, Checklist, ReadinessCell, ReadinessDelta, SettleJob, SettleRequest
from checklists.queries import differing_cells, readiness
from operations import clock
from tests import processes
from tests.cast import EPOCH, Company, person
from tests.checklists.crowd import crowd, unsettled
from tests.checklists.steps import answer_everything, checklist
from tests.sessions import Beside, beside, eventually, until_gone, until_one_waits, waiting_backend

pytestmark = pytest.mark.django_db(transaction=True)

BATCH = 50
PEOPLE = 400
SETTLE = f"""
from checklists.actions import settling
from operations import clock
settling.BATCH = {BATCH}
settling.settle_due(at=clock.now())
"""
FOLD = """
from checklists.actions import fold_counts
while True:
    fold_counts()
"""


@pytest.fixture
def privacy(decided: Company) -> Checklist:
    """Two questions asked of everybody, and everybody settled."""
    made = checklist(decided, "privacy", ["Account?", "Rules?"], rests_on_decisions=True)
    actions.assign(checklist=made, by=decided.mara, at=EPOCH)
    actions.settle_due(at=clock.now())
    return made


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settling, "BATCH", BATCH)


def ask_for_everybody(acme: Company) -> None:
    SettleRequest.objects.create(organization=acme.organization, requested_at=clock.now())


def sweep() -> int:
    return actions.settle_due(at=clock.now())


def hold(membership: Membership) -> None:
    """Keep a person locked until the transaction ends."""
    Membership.objects.select_for_update(no_key=True).get(pk=membership.pk)


def status_of(membership: Membership) -> str:
    return Assignment.objects.get(membership=membership).status


def call_the_function(acme: Company, membership: Membership, at: dt.datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT checklists_settle(%s, %s, %s)", [acme.organization.pk, [membership.pk], at])


# Lock, then count.


def test_answer_committed_while_the_sweep_waits_for_its_person_is_counted(decided, privacy) -> None:
    ask_for_everybody(decided)
    waiting = Beside(sweep)

    with transaction.atomic():
        answer_everything(decided.dev, at=clock.now())
        waiting.start()
        until_one_waits()
    waiting.result()

    assert status_of(decided.dev) == "complete"
    assert unsettled(decided, at=clock.now()) == []
    assert differing_cells() == []


def test_the_function_itself_locks_before_it_counts(decided, privacy) -> None:
    at = clock.now() + dt.timedelta(minutes=1)
    waiting = Beside(lambda: call_the_function(decided, decided.dev, at))

    with transaction.atomic():
        answer_everything(decided.dev, at=clock.now())
        waiting.start()
        until_one_waits()
    waiting.result()

    assert status_of(decided.dev) == "complete"
    assert differing_cells() == []


def test_answer_given_after_the_sweep_began_is_not_counted_away_by_it(decided, privacy) -> None:
    ask_for_everybody(decided)
    waiting = Beside(sweep)

    with transaction.atomic():
        hold(decided.olga)  # the lowest number: the sweep holds nobody yet
        waiting.start()
        until_one_waits()
        with beside(lambda: answer_everything(decided.dev, at=clock.now())):
            pass
    waiting.result()

    assert status_of(decided.dev) == "complete"
    assert unsettled(decided, at=clock.now()) == []


def test_answer_that_waited_for_the_sweep_counts_what_the_sweep_had_seen(decided, privacy) -> None:
    """The answer's moment lies before the new rule, its settling after it."""
    before = clock.now()
    second = checklist(decided, "second", ["More?"])

    with transaction.atomic():
        hold(decided.dev)
        waiting = Beside(lambda: answer_everything(decided.dev, at=before))
        waiting.start()
        until_one_waits()
        actions.assign(checklist=second, by=decided.mara, at=clock.now())
        call_the_function(decided, decided.dev, clock.now())
    waiting.result()

    lists = Assignment.objects.filter(membership=decided.dev).order_by("checklist")
    assert [(row.checklist_id, row.status) for row in lists] == [(privacy.pk, "complete"), (second.pk, "open")]


# While the clock was set back.


def test_what_was_said_before_the_clock_was_set_back_still_counts(decided, privacy) -> None:
    """What has been settled is not settled away as of an earlier moment."""
    at = clock.now() + dt.timedelta(hours=1)
    answer_everything(decided.dev, at=at)
    ask_for_everybody(decided)

    sweep()

    assert status_of(decided.dev) == "complete"
    assert unsettled(decided, at=at) == []


@pytest.mark.parametrize("who", ["everybody", "one"])
def test_what_was_asked_for_before_the_clock_was_set_back_is_settled_as_of_then(decided, privacy, who: str) -> None:
    """The request is taken once: as of an earlier moment there would be nothing to settle, and nobody asks again."""
    at = clock.now() + dt.timedelta(hours=1)
    second = checklist(decided, "second", ["More?"])
    actions.assign(checklist=second, by=decided.mara, at=at)
    SettleRequest.objects.all().delete()
    membership = decided.dev if who == "one" else None
    SettleRequest.objects.create(organization=decided.organization, membership=membership, requested_at=at)

    sweep()

    assert Assignment.objects.filter(membership=decided.dev, checklist=second, status="open").exists()


def test_a_clock_that_once_ran_ahead_for_a_year_binds_nobody_once_it_is_right(decided, privacy, move_clock) -> None:
    answer_everything(decided.dev, at=clock.now())
    move_clock(days=400)
    ask_for_everybody(decided)
    sweep()
    ahead = status_of(decided.dev)
    move_clock(days=0)
    ask_for_everybody(decided)

    sweep()

    assert (ahead, status_of(decided.dev)) == ("open", "complete")
    assert unsettled(decided, at=clock.now()) == []


# What comes while a job runs.


def test_rule_that_begins_while_a_job_runs_is_settled_by_that_run(decided, privacy, small_batches) -> None:
    crowd(decided, PEOPLE)
    ask_for_everybody(decided)
    running = Beside(sweep)
    last = Membership.objects.latest("pk")

    with transaction.atomic():
        hold(last)
        running.start()
        until_one_waits()
        with beside(lambda: assign_second(decided)):
            pass
    running.result()

    assert not SettleRequest.objects.exists()
    assert unsettled(decided, at=clock.now()) == []
    assert Assignment.objects.filter(checklist__key="second").count() >= PEOPLE


def assign_second(acme: Company) -> None:
    actions.assign(checklist=checklist(acme, "second", ["More?"], at=clock.now()), by=acme.mara, at=clock.now())


def test_who_joins_while_a_job_runs_is_settled_by_that_run(decided, privacy, small_batches) -> None:
    ask_for_everybody(decided)
    running = Beside(sweep)

    with transaction.atomic():
        hold(decided.olga)
        running.start()
        until_one_waits()
        with beside(lambda: person(decided.organization, "Nora", team=decided.sales, at=clock.now())):
            pass
    running.result()

    assert status_of(Membership.objects.get(user__name="Nora")) == "open"
    assert unsettled(decided, at=clock.now()) == []


def test_request_of_a_change_that_is_rolled_back_is_no_request(decided, privacy) -> None:
    with transaction.atomic():
        person(decided.organization, "Nora", at=clock.now())
        transaction.set_rollback(True)

    assert not SettleRequest.objects.exists()
    assert sweep() == 0


# Killed, resumed, twice, late, and two at once.


def test_worker_killed_between_batches_is_resumed_where_it_was(decided, privacy, small_batches) -> None:
    members = more_people_with_a_job(decided)

    with processes.python(SETTLE) as worker:
        eventually(lambda: (cursor_of_the_job() or 0) > members[BATCH])
        worker.kill_group()
    left = [member for member in members if member > (cursor_of_the_job() or 0)]
    assert 0 < len(left) < len(members)

    assert resumed(left) == len(left)
    everything_is_settled_once(decided)


def test_worker_killed_in_the_middle_of_a_batch_leaves_no_half_of_it(decided, privacy, small_batches) -> None:
    members = more_people_with_a_job(decided)
    stuck_at = Membership.objects.get(pk=members[3 * BATCH - 5])

    with transaction.atomic():
        hold(stuck_at)
        with processes.python(SETTLE) as worker:
            until_one_waits()
            backend = waiting_backend()
            worker.kill_group()
    until_gone(backend)
    assert cursor_of_the_job() == members[2 * BATCH - 1]
    assert settled_of(members[2 * BATCH :]) == 0

    assert resumed(members[2 * BATCH :]) == len(members) - 2 * BATCH
    everything_is_settled_once(decided)


def test_two_workers_at_once_settle_everybody_once(decided, privacy, small_batches) -> None:
    more_people_with_a_job(decided)

    with processes.python(SETTLE) as one, processes.python(SETTLE) as other:
        assert (one.wait(timeout=60), other.wait(timeout=60)) == (0, 0)

    everything_is_settled_once(decided)


def test_sweep_run_twice_or_a_week_late_changes_nothing_more(decided, privacy, small_batches, move_clock) -> None:
    more_people_with_a_job(decided)
    sweep()
    rows = list(Assignment.objects.order_by("pk").values())
    ask_for_everybody(decided)

    move_clock(days=7)
    assert sweep() == len(Membership.objects.all())
    assert sweep() == 0

    assert list(Assignment.objects.order_by("pk").values()) == rows
    everything_is_settled_once(decided)


def more_people_with_a_job(acme: Company) -> list[int]:
    """So many more people, one job that has not begun yet, and everybody's numbers in its order."""
    crowd(acme, PEOPLE)
    SettleRequest.objects.all().delete()
    ask_for_everybody(acme)
    return list(Membership.objects.order_by("pk").values_list("pk", flat=True))


def cursor_of_the_job() -> int | None:
    return SettleJob.objects.filter(done_at=None).values_list("cursor", flat=True).first()


def settled_of(members: list[int]) -> int:
    return Assignment.objects.filter(membership__in=members).count()


def resumed(left: list[int]) -> int:
    """Go on; returns how many people were looked at, of those left."""
    assert settled_of(left) == 0
    return sweep()


def everything_is_settled_once(acme: Company) -> None:
    assert unsettled(acme, at=clock.now()) == []
    assert Assignment.objects.count() == PEOPLE + 9  # Finn has left
    assert differing_cells() == []
    assert not SettleRequest.objects.exists()
    assert not SettleJob.objects.filter(done_at=None).exists()


# Counts.


def test_cells_and_deltas_equal_a_recount_at_every_moment_while_two_workers_fold(decided, privacy) -> None:
    crowd(decided, PEOPLE)
    sweep()
    folded: set[frozenset[tuple[str, str, int]]] = set()

    with processes.python(FOLD), processes.python(FOLD):
        eventually(lambda: not ReadinessDelta.objects.exists())  # they have begun
        with beside(lambda: change_counts(decided)) as changing:
            while changing.is_alive():
                assert differing_cells() == []
                folded.add(frozenset(ReadinessCell.objects.values_list("subject", "status", "n")))

    assert len(folded) > 2  # only a fold writes cells: they did fold meanwhile
    actions.fold_counts()
    assert differing_cells() == []
    assert not ReadinessDelta.objects.exists()


def change_counts(acme: Company) -> None:
    """Answers one by one, and whole batches by rules that come and go."""
    second = checklist(acme, "second", ["More?"])
    for member in (acme.dev, acme.mia, acme.sal, acme.tom):
        rule = actions.assign(checklist=second, by=acme.mara, at=clock.now())
        sweep()
        answer_everything(member, at=clock.now())
        actions.end_rule(rule=rule, by=acme.mara, at=clock.now())
        sweep()


def test_fold_run_twice_counts_once(decided, privacy) -> None:
    before = readiness(decided.organization, on=EPOCH.date())

    folded = [actions.fold_counts(), actions.fold_counts()]

    assert folded[0] > 0
    assert folded[1] == 0
    assert readiness(decided.organization, on=EPOCH.date()) == before
    assert differing_cells() == []


def test_cell_that_comes_to_nothing_goes(decided, privacy) -> None:
    actions.fold_counts()
    counted = ReadinessCell.objects.filter(subject=f"checklist:{privacy.pk}")
    assert counted.filter(status="open").exists()

    actions.end_rule(rule=privacy.rules.get(), by=decided.mara, at=clock.now())
    sweep()
    actions.fold_counts()

    assert set(counted.values_list("status", flat=True)) == {"ended"}
    assert not counted.filter(n=0).exists()
    assert differing_cells() == []


def test_any_number_of_cells_comes_to_nothing_at_once(decided) -> None:
    cells = [
        {"subject": "checklist:1", "team_id": team, "job_role_id": 0, "due_on": EPOCH.date(), "status": "open"}
        for team in range(20_000)
    ]
    ReadinessDelta.objects.bulk_create(ReadinessDelta(organization=decided.organization, n=2, **one) for one in cells)
    actions.fold_counts()
    ReadinessDelta.objects.bulk_create(ReadinessDelta(organization=decided.organization, n=-2, **one) for one in cells)

    actions.fold_counts()

    assert not ReadinessCell.objects.filter(subject="checklist:1").exists()


def test_folder_killed_before_its_commit_has_folded_nothing(decided, privacy) -> None:
    waiting_deltas = ReadinessDelta.objects.count()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK checklists_readinesscell IN EXCLUSIVE MODE")
        with processes.python("from checklists.actions import fold_counts; fold_counts()") as folder:
            until_one_waits()
            backend = waiting_backend()
            folder.kill_group()
    until_gone(backend)

    assert ReadinessDelta.objects.count() == waiting_deltas > 0
    assert differing_cells() == []
    assert actions.fold_counts() == waiting_deltas
    assert differing_cells() == []
