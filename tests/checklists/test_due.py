"""Until when something is to be answered: counted from when it was first asked of this person, and never overdue at once."""

import datetime as dt

import pytest

from accounts import actions as accounts
from accounts.models import Membership
from audit import actions as audit
from checklists import actions, notices, queries
from checklists.actions import Given
from checklists.actions.answers import render_shared
from checklists.models import Answer, Checklist
from checklists.queries.state import shared_state, state_of_one
from governance import actions as governance
from notifications.models import Notice
from notifications.schedule import workday
from tests.cast import EPOCH, Company, person
from tests.checklists import steps
from tests.checklists.steps import LATER, answer_everything, checklist, decide, reasons, route

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
MONTHS_LATER = EPOCH + 90 * DAY
TWO_WEEKS = dt.timedelta(days=14)


@pytest.fixture
def privacy(decided: Company) -> Checklist:
    """Two questions asked of everybody; the answers rest on the decisions that cover people."""
    made = checklist(decided, "privacy", ["Account?", "Rules?"], rests_on_decisions=True)
    actions.assign(checklist=made, by=decided.mara, at=EPOCH)
    return made


def due(member: Membership, *, at: dt.datetime) -> dict[str, dt.date | None]:
    tasks = queries.task_list(member, steps.standing(member), at=at)
    return {task.revision.question: task.due_on for task in tasks.open}


def told(member: Membership) -> list[tuple[dt.date, str]]:
    """The days on which somebody was told of a list, and why they are asked again."""
    notices_ = Notice.objects.filter(recipient=member, rule=notices.RULE).order_by("slot_date")
    return list(notices_.values_list("slot_date", "because"))


def sweep(acme: Company, *, at: dt.datetime) -> None:
    actions.take_lapsed(at=at)
    actions.settle_due(at=at)
    notices.tell_due(acme.organization, at=at)


def test_a_question_that_joins_a_list_later_is_counted_from_its_own_day(decided, privacy) -> None:
    draft = actions.begin_draft(checklist=privacy, by=decided.mara, at=MONTHS_LATER)
    actions.add_item(
        version=draft, by=decided.mara, at=MONTHS_LATER, section_title="General", question="New?", why="It is new."
    )
    actions.publish(version=draft, by=decided.mara, at=MONTHS_LATER, editorial=frozenset())

    assert due(decided.dev, at=MONTHS_LATER) == {
        "Account?": (EPOCH + TWO_WEEKS).date(),
        "Rules?": (EPOCH + TWO_WEEKS).date(),
        "New?": (MONTHS_LATER + TWO_WEEKS).date(),
    }


def test_a_list_of_a_route_is_counted_from_the_day_the_route_came_into_force(acme) -> None:
    cloud = route("cloud", "CLD")
    actions.assign(checklist=checklist(acme, "cloud", ["Cloud?"]), route=cloud, by=acme.mara, at=EPOCH)

    decide(acme, cloud, at=MONTHS_LATER)

    assert due(acme.dev, at=MONTHS_LATER) == {"Cloud?": (MONTHS_LATER + TWO_WEEKS).date()}


def test_a_list_assigned_before_it_was_published_is_counted_from_publishing(acme) -> None:
    made = Checklist.objects.create(organization=acme.organization, key="x", name="X", created_at=EPOCH)
    draft = actions.begin_draft(checklist=made, by=acme.mara, at=EPOCH)
    actions.add_item(version=draft, by=acme.mara, at=EPOCH, section_title="General", question="Q?", why="Because.")
    actions.assign(checklist=made, by=acme.mara, at=EPOCH)

    actions.publish(version=draft, by=acme.mara, at=MONTHS_LATER, editorial=frozenset())

    assert due(acme.dev, at=MONTHS_LATER) == {"Q?": (MONTHS_LATER + TWO_WEEKS).date()}


def test_moving_to_another_team_leaves_the_days_of_what_everybody_is_asked(decided, privacy) -> None:
    before = due(decided.dev, at=LATER)

    accounts.place(
        membership=decided.dev, team=decided.sales, job_role=decided.engineer, by=decided.olga, at=MONTHS_LATER
    )

    assert due(decided.dev, at=MONTHS_LATER) == before


def test_moving_to_where_something_is_asked_is_counted_from_the_move(decided) -> None:
    made = checklist(decided, "sales", ["Customers?"])
    actions.assign(checklist=made, team=decided.sales, by=decided.mara, at=EPOCH)

    accounts.place(
        membership=decided.dev, team=decided.sales, job_role=decided.engineer, by=decided.olga, at=MONTHS_LATER
    )

    assert due(decided.dev, at=MONTHS_LATER) == {"Customers?": (MONTHS_LATER + TWO_WEEKS).date()}


def test_a_fixed_day_that_has_passed_counts_for_those_who_were_asked_before_it_only(acme) -> None:
    made = checklist(acme, "privacy", ["Account?"])
    fixed = (EPOCH + 30 * DAY).date()
    actions.assign(checklist=made, by=acme.mara, at=EPOCH, due_on=fixed)
    late = person(acme.organization, "Quentin", at=MONTHS_LATER)

    assert due(acme.dev, at=MONTHS_LATER) == {"Account?": fixed}
    assert due(late, at=MONTHS_LATER) == {"Account?": (MONTHS_LATER + TWO_WEEKS).date()}


def test_an_answer_that_runs_out_is_told_before_on_the_day_and_after_with_the_reason(decided, privacy) -> None:
    answer_everything(decided.dev, at=LATER)
    last = decided.dev.answers.earliest("pk").valid_until
    for number in range(-20, 3):
        sweep(decided, at=dt.datetime.combine(last + number * DAY, dt.time(12), dt.UTC))

    assert told(decided.dev) == [
        (last - 14 * DAY, ""),
        (workday(last - 3 * DAY, last), ""),
        (last, ""),
        (last + DAY, "Your answer has run out."),
    ]


@pytest.mark.parametrize("days", [40, 200])
@pytest.mark.parametrize("kind", ["personal", "shared"])
def test_what_ran_out_while_its_list_was_archived_is_counted_from_being_asked_again(acme, kind, days) -> None:
    again = LATER + days * DAY
    made = checklist(acme, "privacy", ["Account?"], valid_months=1, kind=kind)
    actions.assign(checklist=made, by=acme.mara, at=EPOCH)
    give(acme, made)
    archived_until(acme, made, at=again)

    assert still_due(acme, kind, at=again) == ("lapsed", (again + TWO_WEEKS).date())


@pytest.mark.parametrize("kind", ["personal", "shared"])
def test_what_runs_out_on_a_list_asked_without_a_break_is_due_on_the_day_it_ran_out(acme, kind) -> None:
    made = checklist(acme, "privacy", ["Account?"], valid_months=1, kind=kind)
    actions.assign(checklist=made, by=acme.mara, at=EPOCH, due_on=(EPOCH + 300 * DAY).date())
    last = give(acme, made).valid_until

    assert still_due(acme, kind, at=LATER + 40 * DAY) == ("lapsed", last)


def test_what_ran_out_before_somebody_moved_to_where_it_is_asked_is_counted_from_the_move(acme) -> None:
    made = checklist(acme, "privacy", ["Account?"], valid_months=1)
    actions.assign(checklist=made, team=acme.engineering, by=acme.mara, at=EPOCH)
    give(acme, made)
    for team, at in ((acme.sales, LATER + DAY), (acme.engineering, MONTHS_LATER)):
        accounts.place(membership=acme.dev, team=team, job_role=acme.engineer, by=acme.olga, at=at)

    assert still_due(acme, "personal", at=MONTHS_LATER) == ("lapsed", (MONTHS_LATER + TWO_WEEKS).date())


@pytest.mark.parametrize("kind", ["personal", "shared"])
def test_what_was_reopened_while_its_list_was_archived_is_counted_from_being_asked_again(acme, kind) -> None:
    made = checklist(acme, "privacy", ["Account?"], kind=kind)
    actions.assign(checklist=made, by=acme.mara, at=EPOCH)
    given = give(acme, made)
    actions.archive(checklist=made, by=acme.mara, at=LATER + DAY)
    audit.reopen(
        organization_id=acme.organization.pk,
        key=f"item:{given.item_id}",
        below_revision=given.revision_id + 1,
        by=None,
        at=LATER + 2 * DAY,
        due_on=(LATER + 16 * DAY).date(),
        because="It has changed.",
    )
    archived_until(acme, made, at=MONTHS_LATER)

    assert still_due(acme, kind, at=MONTHS_LATER) == ("reopened", (MONTHS_LATER + TWO_WEEKS).date())


def test_what_is_reopened_on_a_list_asked_without_a_break_is_due_on_the_day_of_the_reopening(acme) -> None:
    made = checklist(acme, "privacy", ["Account?"])
    actions.assign(checklist=made, by=acme.mara, at=EPOCH, due_on=(EPOCH + 300 * DAY).date())
    given = give(acme, made)
    steps.publish_change(made, acme, given.item_id, editorial=False, at=MONTHS_LATER)

    assert still_due(acme, "personal", at=MONTHS_LATER) == ("reopened", (MONTHS_LATER + TWO_WEEKS).date())


def give(acme: Company, made: Checklist) -> Answer:
    """The answer to the only question of a list: Dev's own, or Mara's for the organization."""
    item = made.versions.get().listed_items.get().item_id
    if made.kind == Checklist.Kind.PERSONAL:
        return steps.answer(acme.dev, item, at=LATER)
    about = {"team": None, "item_id": item, "at": LATER}
    shown = render_shared(acme.mara, **about)
    return actions.answer_shared(
        by=acme.mara, shown_sha256=shown.sha256, answered=None, given=Given(value="yes"), **about
    )


def archived_until(acme: Company, made: Checklist, *, at: dt.datetime) -> None:
    if not Checklist.objects.filter(pk=made.pk, archived_at__isnull=False).exists():
        actions.archive(checklist=made, by=acme.mara, at=LATER + DAY)
    draft = actions.take_up_again(checklist=made, by=acme.mara, at=at)
    actions.publish(version=draft, by=acme.mara, at=at, editorial=frozenset())


def still_due(acme: Company, kind: str, *, at: dt.datetime) -> tuple[str, dt.date | None]:
    """Why the only question is open, and until when."""
    rows = state_of_one(acme.dev, at=at) if kind == "personal" else shared_state(acme.organization.pk, at=at)
    (row,) = rows
    return row.reason, row.due_on


def test_what_soon_runs_out_is_still_current(decided, privacy) -> None:
    answer_everything(decided.dev, at=LATER)
    last = decided.dev.answers.earliest("pk").valid_until

    assert set(reasons(decided.dev, at=dt.datetime.combine(last, dt.time(12), dt.UTC)).values()) == {""}


def test_a_new_decision_is_told_at_once_with_the_reason(decided, privacy) -> None:
    answer_everything(decided.dev, at=LATER)
    sweep(decided, at=LATER)

    decide(decided, route("cloud", "CLD"), at=MONTHS_LATER)
    sweep(decided, at=MONTHS_LATER)

    assert told(decided.dev) == [(MONTHS_LATER.date(), "A decision covers you that did not when you answered.")]


@pytest.mark.parametrize("ended", ["expired", "retired"])
def test_new_words_after_a_decision_has_ended_ask_whoever_answered_under_the_old_ones(acme, ended) -> None:
    plan = route("team-plan", "TP1")
    until = (EPOCH + 30 * DAY).date()
    words = {"outcome": "allowed_until", "until": until} if ended == "expired" else {}
    old = decide(acme, plan, conditions="Old words.", **words)
    made = checklist(acme, "privacy", ["Account?"], rests_on_decisions=True)
    actions.assign(checklist=made, by=acme.mara, at=EPOCH)
    answer_everything(acme.dev, at=LATER)
    if ended == "expired":
        assert governance.expire(at=MONTHS_LATER) == 1
    else:
        governance.retire(decision=old, by=acme.mara, reason="Gone.", at=MONTHS_LATER, is_material=False)

    decide(acme, plan, at=MONTHS_LATER + DAY, outcome="allowed", until=None, conditions="No data of customers.")

    assert reasons(acme.dev, at=MONTHS_LATER + 2 * DAY) == {"Account?": "reopened"}
