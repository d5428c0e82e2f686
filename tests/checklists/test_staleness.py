"""The staleness table of the architecture, event by event."""

import datetime as dt

import pytest

from accounts.models import Membership, Placement
from audit.actions import reopen, undo_reopening
from checklists import actions, queries
from checklists.actions import ContentChanged, Given
from checklists.models import Answer, Assignment, Checklist, Clearance
from governance import actions as governance
from governance.actions.questions import answer_question
from governance.models import Question
from operations.errors import ActionRefused
from tests.cast import EPOCH, Company, signed_in
from tests.checklists import steps
from tests.checklists.steps import LATER, answer, answer_everything, checklist, decide, item, reasons, route

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def privacy(decided: Company) -> Checklist:
    """Two questions asked of everybody; the answers rest on the decisions that cover people."""
    made = checklist(decided, "privacy", ["Account?", "Rules?"], rests_on_decisions=True)
    actions.assign(checklist=made, by=decided.mara, at=EPOCH)
    return made


def test_what_is_assigned_is_asked_and_answering_completes_it(decided, privacy) -> None:
    assert reasons(decided.dev, at=LATER) == {"Account?": "unanswered", "Rules?": "unanswered"}

    answer_everything(decided.dev, at=LATER)

    assert reasons(decided.dev, at=LATER) == {"Account?": "", "Rules?": ""}
    assert Assignment.objects.get(membership=decided.dev).status == "complete"
    assert Clearance.objects.get(membership=decided.dev).is_cleared


def test_nobody_is_cleared_by_being_asked_nothing(decided) -> None:
    actions.settle_people(organization=decided.organization, members=[decided.dev.pk], at=LATER)

    assert not Clearance.objects.get(membership=decided.dev).is_cleared


def test_without_a_decision_nobody_is_cleared(acme) -> None:
    made = checklist(acme, "privacy", ["Account?"])
    actions.assign(checklist=made, by=acme.mara, at=EPOCH)

    answer_everything(acme.dev, at=LATER)

    assert not Clearance.objects.exists()


def test_a_material_change_of_an_item_asks_again_only_who_answered_that_item(decided, privacy) -> None:
    answer_everything(decided.dev, at=LATER)

    steps.publish_change(privacy, decided, item("account").pk, editorial=False, at=LATER + DAY)

    assert reasons(decided.dev, at=LATER + DAY) == {"Account?": "reopened", "Rules?": ""}


def test_an_editorial_change_asks_nobody(decided, privacy) -> None:
    answer_everything(decided.dev, at=LATER)

    steps.publish_change(privacy, decided, item("account").pk, editorial=True, at=LATER + DAY)

    assert set(reasons(decided.dev, at=LATER + DAY).values()) == {""}


def test_an_answer_runs_out_by_itself(decided, privacy) -> None:
    answer_everything(decided.dev, at=LATER)
    year = LATER + dt.timedelta(days=366)

    assert set(reasons(decided.dev, at=year - 2 * DAY).values()) == {""}
    assert set(reasons(decided.dev, at=year + DAY).values()) == {"lapsed"}


def due_days(membership: Membership, *, at: dt.datetime) -> set[dt.date | None]:
    tasks = queries.task_list(membership, steps.standing(membership), at=at)
    return {task.due_on for task in tasks.open}


def test_a_new_decision_that_covers_the_person_asks_again(decided, privacy) -> None:
    answer_everything(decided.dev, at=LATER)
    answer_everything(decided.sal, at=LATER)

    for_engineers = governance.LineOfScope(team_ids=frozenset({decided.engineering.pk}))
    decide(decided, route("cloud", "CLD"), at=LATER + DAY, lines=[for_engineers])

    assert set(reasons(decided.dev, at=LATER + DAY).values()) == {"newly_covered"}
    assert set(reasons(decided.sal, at=LATER + DAY).values()) == {""}


def test_whoever_a_new_decision_covers_has_two_weeks_from_its_day_and_is_not_overdue_at_once(decided, privacy) -> None:
    answer_everything(decided.dev, at=LATER)
    months_later = LATER + 200 * DAY

    decide(decided, route("cloud", "CLD"), at=months_later)

    assert due_days(decided.dev, at=months_later) == {(months_later + 14 * DAY).date()}


def test_a_decision_replaced_materially_asks_those_whose_text_showed_it(decided, privacy) -> None:
    answer_everything(decided.dev, at=LATER)
    on = decided.organization.decisions.get().route

    decide(decided, on, at=LATER + DAY, conditions="Never on Fridays.", is_material=True)

    assert set(reasons(decided.dev, at=LATER + DAY).values()) == {"reopened"}


def test_a_decision_replaced_editorially_asks_nobody(decided, privacy) -> None:
    answer_everything(decided.dev, at=LATER)
    on = decided.organization.decisions.get().route

    decide(decided, on, at=LATER + DAY, conditions="Never on Fridays!", is_material=False)

    assert set(reasons(decided.dev, at=LATER + DAY).values()) == {""}


def test_a_move_asks_what_is_newly_required(decided, privacy) -> None:
    selling = checklist(decided, "selling", ["Sources?"])
    actions.assign(checklist=selling, job_role=decided.seller, by=decided.mara, at=EPOCH)
    answer_everything(decided.dev, at=LATER)

    move(decided.dev, decided, at=LATER + DAY)

    assert reasons(decided.dev, at=LATER + DAY) == {"Account?": "", "Rules?": "", "Sources?": "unanswered"}


def move(membership, acme: Company, *, at: dt.datetime) -> None:
    old = membership.placements.open().get()
    old.ended_at = at
    old.save(update_fields=["ended_at"])
    Placement.objects.create(
        organization=acme.organization, membership=membership, team=acme.sales, job_role=acme.seller, started_at=at
    )


def test_a_judgement_undone_asks_no_longer(decided, privacy) -> None:
    answer_everything(decided.dev, at=LATER)
    key = f"item:{item('account').pk}"
    reopening = reopen(
        organization_id=decided.organization.pk,
        key=key,
        below_revision=10**9,
        by=None,
        at=LATER + DAY,
        due_on=None,
        because="changed",
    )
    assert reasons(decided.dev, at=LATER + DAY)["Account?"] == "reopened"

    undo_reopening(reopening=reopening, by=None, at=LATER + 2 * DAY)

    assert reasons(decided.dev, at=LATER + 2 * DAY)["Account?"] == ""
    assert reasons(decided.dev, at=LATER + DAY)["Account?"] == "reopened"


def test_not_sure_asks_the_contact_and_is_not_overdue_while_it_waits(decided, privacy) -> None:
    answer(decided.dev, item("account").pk, at=LATER, given=Given(kind=Answer.Kind.UNSURE, text="Which account?"))

    question = Question.objects.get()
    task = next(
        one
        for one in queries.task_list(decided.dev, steps.standing(decided.dev), at=LATER).tasks
        if one.item_id == item("account").pk
    )
    assert (question.contact, task.reason, task.due_on) == (decided.mara, "waiting", None)

    answer_question(question=question, by=decided.mara, text="The company's.", at=LATER + DAY)

    assert reasons(decided.dev, at=LATER + DAY)["Account?"] == "unsure"


def test_whoever_was_not_sure_has_two_weeks_from_the_reply(decided, privacy) -> None:
    answer_everything(decided.dev, at=LATER)
    answer(decided.dev, item("account").pk, at=LATER, given=Given(kind=Answer.Kind.UNSURE, text="Which account?"))
    months_later = LATER + 100 * DAY

    answer_question(question=Question.objects.get(), by=decided.mara, text="The company's.", at=months_later)

    assert due_days(decided.dev, at=months_later) == {(months_later + 14 * DAY).date()}


def test_not_applicable_needs_a_reason_and_permission(decided, privacy) -> None:
    na = Given(kind=Answer.Kind.NOT_APPLICABLE, text="I have no account.")

    with pytest.raises(ActionRefused):
        answer(decided.dev, item("account").pk, at=LATER, given=na)

    assert not Answer.objects.exists()


def test_an_honest_no_is_kept_and_does_not_complete(decided) -> None:
    made = checklist(decided, "opt-out", ["Is it off?"], answer_kind="yes_no", expects="yes")
    actions.assign(checklist=made, by=decided.mara, at=EPOCH)

    answer(decided.dev, item("is-it-off").pk, at=LATER, given=Given(value="no"))

    assert reasons(decided.dev, at=LATER) == {"Is it off?": "mend"}


def test_a_page_that_was_open_during_a_change_saves_nothing_and_shows_the_difference(decided, privacy) -> None:
    holds = steps.standing(decided.dev)
    tasks = queries.task_list(decided.dev, holds, at=LATER)
    seen = queries.render_task(decided.dev, tasks, item("account").pk)
    steps.publish_change(privacy, decided, item("account").pk, editorial=True, at=LATER)

    with pytest.raises(ContentChanged) as changed:
        actions.answer(
            membership=decided.dev,
            standing=holds,
            item_id=item("account").pk,
            shown_sha256=seen.sha256,
            answered=None,
            given=Given(value="yes"),
            at=LATER,
        )

    assert changed.value.shown.content["why"] != seen.content["why"]
    assert not Answer.objects.exists()


def test_one_question_in_two_lists_is_asked_once(decided, privacy) -> None:
    other = Checklist.objects.create(
        organization=decided.organization, key="more", name="More", keeper=decided.mara, created_at=EPOCH
    )
    version = actions.begin_draft(checklist=other, by=decided.mara, at=EPOCH)
    listed = privacy.versions.get().listed_items.first()
    version.listed_items.create(
        organization=decided.organization, item=listed.item, revision=listed.revision, position=1, section_title="More"
    )
    actions.publish(version=version, by=decided.mara, at=EPOCH, editorial=frozenset())
    actions.assign(checklist=other, by=decided.mara, at=EPOCH)

    answer_everything(decided.dev, at=LATER)

    assert Answer.objects.filter(membership=decided.dev).count() == 2
    assert set(Assignment.objects.filter(membership=decided.dev).values_list("status", flat=True)) == {"complete"}


def test_people_in_the_same_place_share_the_snapshot(decided, privacy) -> None:
    for membership in (decided.dev, decided.mia, decided.sal):
        answer_everything(membership, at=LATER)

    assert Answer.objects.values("snapshot").distinct().count() == 2


def test_shared_items_are_answered_once_for_the_organization(decided) -> None:
    made = checklist(decided, "leaders", ["Who decides?"], kind="shared", answer_kind="text")
    actions.assign(checklist=made, by=decided.mara, at=EPOCH)
    [before] = queries.shared_state(decided.organization.pk, at=LATER)

    shown = actions.answers.render_shared(decided.mara, team=None, item_id=before.item_id, at=LATER)
    actions.answer_shared(
        by=decided.mara,
        team=None,
        item_id=before.item_id,
        shown_sha256=shown.sha256,
        answered=None,
        given=Given(text="The board."),
        at=LATER,
    )

    [after] = queries.shared_state(decided.organization.pk, at=LATER)
    assert (before.reason, after.reason) == ("unanswered", "")
    assert queries.state_of(decided.organization.pk, None, at=LATER) == []


def test_whoever_opened_the_page_before_a_question_was_removed_can_still_answer_the_others(decided, privacy) -> None:
    removed, kept = privacy.versions.get().listed_items.order_by("position")
    standing = steps.standing(decided.dev)
    shown = queries.render_task(decided.dev, queries.task_list(decided.dev, standing, at=LATER), kept.item_id)
    draft = actions.begin_draft(checklist=privacy, by=decided.mara, at=LATER)
    actions.remove_item(listed=draft.listed_items.get(item=removed.item), by=decided.mara, at=LATER)
    actions.publish(version=draft, by=decided.mara, at=LATER + DAY, editorial=frozenset())

    actions.answer(
        membership=decided.dev,
        standing=standing,
        item_id=kept.item_id,
        shown_sha256=shown.sha256,
        answered=None,
        given=Given(value="yes"),
        at=LATER,  # the clock was read before it waited for whoever published
    )

    assert reasons(decided.dev, at=LATER + DAY) == {"Rules?": ""}


def test_one_wording_is_one_snapshot_whatever_language_a_browser_asks_for(decided, privacy) -> None:
    url = f"/o/acme/my-list/{item('account').pk}/"
    client = signed_in(decided.dev)

    pages = [client.get(url, headers={"accept-language": language}) for language in ("de", "fr", "en", "pt-br")]

    assert len({page.context["shown"].sha256 for page in pages}) == 1
    assert {page.headers["Content-Language"] for page in pages} == {"en"}
