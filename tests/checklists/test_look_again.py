"""Before publishing: how many must look again. Each number here is who the predicate then asks again."""

import datetime as dt

import pytest

from accounts import actions as accounts
from checklists import actions, queries
from checklists.actions.answers import render_shared
from checklists.models import Checklist, ItemRevision
from tests.cast import EPOCH, Company
from tests.checklists.steps import LATER, answer_everything, checklist, publish_change

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def privacy(decided: Company) -> Checklist:
    made = checklist(decided, "privacy", ["Account?"])
    actions.assign(checklist=made, team=decided.engineering, by=decided.mara, at=EPOCH)
    actions.assign(checklist=made, team=decided.sales, by=decided.mara, at=EPOCH)
    for member in (decided.dev, decided.mia, decided.sal):
        answer_everything(member, at=LATER)
    return made


def drafted(acme: Company, made: Checklist) -> list[ItemRevision]:
    draft = actions.begin_draft(checklist=made, by=acme.mara, at=LATER)
    listed = draft.listed_items.get()
    return [actions.edit_item(listed=listed, by=acme.mara, at=LATER, why="Another reason.").revision]


def counted(acme: Company, changed: list[ItemRevision], *, at: dt.datetime) -> int:
    [revision] = changed
    return queries.people_to_look_again(acme.organization, changed, at=at).get(revision.item_id, 0)


def asked_again(acme: Company, made: Checklist, *, at: dt.datetime) -> int:
    """Publish the draft as material, and count who was current and is no longer."""
    before = queries.current_items(acme.organization.pk, at=at)
    after = at + dt.timedelta(seconds=1)
    actions.publish(version=made.versions.get(status="draft"), by=acme.mara, at=after, editorial=frozenset())
    return len(before - queries.current_items(acme.organization.pk, at=after))


def test_who_has_answered_must_look_again(decided, privacy) -> None:
    changed = drafted(decided, privacy)

    assert counted(decided, changed, at=LATER) == 3
    assert asked_again(decided, privacy, at=LATER) == 3


def test_who_has_left_is_not_counted(decided, privacy) -> None:
    changed = drafted(decided, privacy)
    accounts.end_membership(membership=decided.dev, by=decided.olga, at=LATER + DAY)

    assert counted(decided, changed, at=LATER + DAY) == 2
    assert asked_again(decided, privacy, at=LATER + DAY) == 2


def test_who_is_asked_no_longer_is_not_counted(decided, privacy) -> None:
    changed = drafted(decided, privacy)
    actions.end_rule(rule=privacy.rules.get(team=decided.sales), by=decided.mara, at=LATER + DAY)
    actions.settle_due(at=LATER + DAY)

    assert counted(decided, changed, at=LATER + DAY) == 2
    assert asked_again(decided, privacy, at=LATER + DAY) == 2


def test_who_was_asked_again_before_is_not_counted_twice(decided, privacy) -> None:
    item = privacy.versions.get().listed_items.get().item_id
    publish_change(privacy, decided, item, editorial=False, at=LATER + DAY)
    answer_everything(decided.dev, at=LATER + DAY)
    changed = drafted(decided, privacy)

    assert counted(decided, changed, at=LATER + DAY) == 1
    assert asked_again(decided, privacy, at=LATER + DAY) == 1


def test_whose_answer_has_run_out_is_not_counted(decided, privacy) -> None:
    changed = drafted(decided, privacy)
    long_after = LATER + dt.timedelta(days=400)

    assert counted(decided, changed, at=long_after) == 0
    assert asked_again(decided, privacy, at=long_after) == 0


def test_of_a_shared_list_each_answerer_who_is_still_asked_counts_once(decided) -> None:
    made = checklist(decided, "leaders", ["Who decides?"], kind="shared")
    item = made.versions.get().listed_items.get().item_id
    for team in (None, decided.sales, decided.engineering):
        actions.assign(checklist=made, team=team, by=decided.mara, at=EPOCH)
        shown = render_shared(decided.mara, team=team, item_id=item, at=LATER)
        said = actions.Given(value="yes")
        page = {"shown_sha256": shown.sha256, "answered": None}
        actions.answer_shared(by=decided.mara, team=team, item_id=item, given=said, at=LATER, **page)
    changed = drafted(decided, made)
    assert counted(decided, changed, at=LATER) == 3

    actions.end_rule(rule=made.rules.get(team=decided.sales), by=decided.mara, at=LATER)

    assert counted(decided, changed, at=LATER) == 2
