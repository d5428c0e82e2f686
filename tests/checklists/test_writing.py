"""A checklist of one's own, questions that exist already, another order; what one version asks otherwise than another."""

import pytest
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from checklists import actions
from checklists.models import Checklist, ChecklistVersion, ListedItem
from checklists.queries.choosing import known_questions
from checklists.queries.revisions import digest_of
from operations.errors import ActionRefused
from tests.cast import EPOCH, Company, company, signed_in
from tests.checklists.steps import checklist, url

pytestmark = pytest.mark.django_db
WORDS = {"name": "Fair days", "purpose": "", "kind": "personal", "minutes": 2, "review_months": 6}


def begun(acme: Company, **words) -> Checklist:
    said = {**WORDS, "keeper": acme.mara, **words}
    return actions.begin_checklist(by=acme.mara, at=EPOCH, **said)


def draft_of(made: Checklist) -> ChecklistVersion:
    return made.versions.get(status=ChecklistVersion.Status.DRAFT)


def questions(version: ChecklistVersion) -> list[str]:
    return [line.revision.question for line in version.listed_items.select_related("revision")]


def test_a_checklist_of_ones_own_is_begun_and_leads_to_its_draft(acme: Company) -> None:
    client = signed_in(acme.mara)
    posted = {**WORDS, "keeper": acme.mara.pk}

    page = client.post(url(acme, "checklists/add/"), posted, follow=True)

    made = Checklist.objects.get()
    assertRedirects(page, url(acme, f"checklists/{made.pk}/draft/"))
    assertContains(page, "No question yet")
    again = client.post(url(acme, "checklists/add/"), posted)
    assertContains(again, "There is a checklist of this name already.")
    assert Checklist.objects.count() == 1


def test_it_may_begin_with_the_questions_of_another_one(acme: Company) -> None:
    privacy = checklist(acme, "privacy", ["Account?", "Rules?"])

    made = begun(acme, like=privacy)

    assert questions(draft_of(made)) == ["Account?", "Rules?"]
    items = set(ListedItem.objects.values_list("item_id", flat=True))
    assert len(items) == 2  # the same questions, answered once


def test_a_name_never_takes_the_key_of_what_ships(acme: Company) -> None:
    made = begun(acme, name="Employee privacy")

    copied = actions.copy_starter(key="employee-privacy", by=acme.mara, at=EPOCH)

    assert made.key != copied.key == "employee-privacy"


def test_who_keeps_it_has_to_manage_and_the_other_one_has_to_be_of_its_kind(acme: Company) -> None:
    shared = checklist(acme, "once", ["Contract?"], kind="shared")

    with pytest.raises(ActionRefused, match="manage or own"):
        begun(acme, keeper=acme.dev)
    with pytest.raises(ActionRefused, match="same kind"):
        begun(acme, like=shared)


def test_questions_of_other_lists_and_those_that_ship_are_put_on_the_draft(acme: Company) -> None:
    checklist(acme, "privacy", ["Account?", "Rules?"])
    made = begun(acme)
    client = signed_in(acme.mara)
    page = client.get(url(acme, f"checklists/{made.pk}/draft/choose/"), {"search": "account?"})
    [ours] = [one for one in page.context["questions"] if not one.ships]
    ships = next(one for one in known_questions(draft_of(made)) if one.ships)

    for one in (ours, ships):
        done = client.post(url(acme, f"checklists/{made.pk}/draft/choose/"), {"key": one.key}, follow=True)
        assertContains(done, "On the list:")

    assert questions(draft_of(made)) == ["Account?", ships.question]
    left = {one.key for one in known_questions(draft_of(made))}
    assert not {ours.key, ships.key} & left
    twice = client.post(url(acme, f"checklists/{made.pk}/draft/choose/"), {"key": ours.key}, follow=True)
    assertContains(twice, "on the list already")
    nothing = client.post(url(acme, f"checklists/{made.pk}/draft/choose/"), {"key": "no\0key"}, follow=True)
    assertContains(nothing, "There is no such question")


def test_questions_of_another_kind_or_organization_are_not_offered(acme: Company) -> None:
    globex = company("globex")
    checklist(globex, "theirs", ["Globex only?"])
    checklist(acme, "once", ["Contract?"], kind="shared")
    made = begun(acme)

    offered = {one.question for one in known_questions(draft_of(made))}

    assert not {"Globex only?", "Contract?"} & offered
    with pytest.raises(ActionRefused, match="no such question"):
        actions.list_known_question(version=draft_of(made), key="globex-only", by=acme.mara, at=EPOCH)


def test_lines_are_put_in_the_order_into_which_they_were_dragged(acme: Company) -> None:
    made = begun(acme, like=checklist(acme, "privacy", ["A?", "B?", "C?"]))
    lines = list(draft_of(made).listed_items.all())
    client = signed_in(acme.mara)
    seen = client.get(url(acme, f"checklists/{made.pk}/draft/")).context["seen"]
    order = {"line": [lines[2].pk, lines[0].pk, lines[1].pk], "seen": seen}

    client.post(url(acme, f"checklists/{made.pk}/draft/order/"), order)
    assert questions(draft_of(made)) == ["C?", "A?", "B?"]
    late = client.post(url(acme, f"checklists/{made.pk}/draft/order/"), order, follow=True)

    assertContains(late, "The draft has changed since you opened this page")
    assert questions(draft_of(made)) == ["C?", "A?", "B?"]


@pytest.mark.parametrize("order", [[], ["x"], ["1", "2"], ["99999999999999999999999"]])
def test_an_order_that_is_none_changes_nothing(acme: Company, order: list[str]) -> None:
    made = begun(acme, like=checklist(acme, "privacy", ["A?", "B?", "C?"]))
    seen = digest_of(draft_of(made).listed_items.select_related("revision"))

    signed_in(acme.mara).post(url(acme, f"checklists/{made.pk}/draft/order/"), {"line": order, "seen": seen})

    assert questions(draft_of(made)) == ["A?", "B?", "C?"]


def test_two_versions_are_compared_word_by_word(acme: Company) -> None:
    privacy = checklist(acme, "privacy", ["Account?", "Rules?", "Old?"])
    draft = actions.begin_draft(checklist=privacy, by=acme.mara, at=EPOCH)
    account, rules, old = draft.listed_items.all()
    actions.edit_item(listed=rules, by=acme.mara, at=EPOCH, question="Rules of today?")
    actions.remove_item(listed=old, by=acme.mara, at=EPOCH)
    actions.move_item(listed=account, up=False, by=acme.mara, at=EPOCH)
    new = next(one for one in known_questions(draft) if one.ships)
    actions.list_known_question(version=draft, key=new.key, by=acme.mara, at=EPOCH)

    page = signed_in(acme.ann).get(url(acme, f"checklists/{privacy.pk}/compare/"))

    assert [line.revision.question for line in page.context["added"]] == [new.question]
    assert [line.revision.question for line in page.context["removed"]] == ["Old?"]
    assert [one["line"].revision.question for one in page.context["reworded"]] == ["Rules of today?"]
    assert page.context["is_reordered"]
    same = signed_in(acme.ann).get(url(acme, f"checklists/{privacy.pk}/compare/"), {"before": 1, "after": 1})
    assertContains(same, "Choose two versions")
    unknown = signed_in(acme.ann).get(url(acme, f"checklists/{privacy.pk}/compare/"), {"before": 1, "after": 9})
    assert unknown.status_code == 200


def test_the_draft_is_previewed_as_somebody_of_a_team_sees_it(decided: Company, privacy: Checklist) -> None:
    draft = actions.begin_draft(checklist=privacy, by=decided.mara, at=EPOCH)
    line = draft.listed_items.first()
    actions.edit_item(listed=line, by=decided.mara, at=EPOCH, question="Which account do you use?")
    client = signed_in(decided.mara)
    base = url(decided, f"checklists/{privacy.pk}/preview/")

    page = client.get(base, {"team": decided.sales.pk})
    assertContains(page, "Which account do you use?")
    assertContains(page, "The draft, as somebody will see it")
    question = client.get(base, {"team": decided.sales.pk, "item": line.item_id})

    assertContains(question, "Decided here")
    assertContains(question, "<fieldset disabled>")
    assertContains(question, f"?team={decided.sales.pk}")
    assert client.get(base, {"item": 0}).status_code == 404
    assert client.post(base, {"reply": "yes"}).status_code == 405


@pytest.mark.parametrize("page", ["checklists/add/", "checklists/{pk}/draft/choose/"])
def test_an_auditor_writes_nothing(acme: Company, page: str) -> None:
    made = begun(acme)
    client = signed_in(acme.ann)

    assert client.get(url(acme, page.format(pk=made.pk))).status_code == 403
    assertNotContains(client.get(url(acme, "checklists/")), "Write our own")
