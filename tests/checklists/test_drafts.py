"""Drafts: what is half written leaks to nobody, and of two who write about one question nobody is lost unheard."""

import pytest
from django.db import IntegrityError, transaction

from checklists import actions
from checklists.models import Checklist, ChecklistVersion, Item, ItemRevision, ListedItem
from checklists.starters import shipped
from tests.cast import EPOCH, Company, signed_in
from tests.checklists.steps import LATER, answer_everything, checklist, reasons

pytestmark = pytest.mark.django_db


@pytest.fixture
def twins(acme: Company) -> tuple[Checklist, Checklist]:
    """Two published lists, asked of everybody, that list the same question."""
    one = checklist(acme, "one", ["Which account?"])
    other = Checklist.objects.create(
        organization=acme.organization, key="other", name="Other", keeper=acme.mara, created_at=EPOCH
    )
    draft = actions.begin_draft(checklist=other, by=acme.mara, at=EPOCH)
    listed = one.versions.get().listed_items.get()
    ListedItem.objects.create(
        organization=acme.organization, version=draft, item=listed.item, revision=listed.revision, position=1
    )
    actions.publish(version=draft, by=acme.mara, at=EPOCH, editorial=frozenset())
    actions.assign(checklist=one, by=acme.mara, at=EPOCH)
    actions.assign(checklist=other, by=acme.mara, at=EPOCH)
    return one, other


def begin(acme: Company, *lists: Checklist) -> list[ChecklistVersion]:
    return [actions.begin_draft(checklist=one, by=acme.mara, at=LATER) for one in lists]


def write(acme: Company, draft: ChecklistVersion, **words: str) -> ItemRevision:
    return actions.edit_item(listed=draft.listed_items.get(), by=acme.mara, at=LATER, **words).revision


def publish(acme: Company, draft: ChecklistVersion) -> None:
    actions.publish(version=draft, by=acme.mara, at=LATER, editorial=frozenset())


def two_starters_that_share_an_item() -> tuple[str, str, str]:
    starters = shipped().checklists
    return next(
        (one, other, key)
        for one in starters
        for other in starters
        if one != other
        for key in starters[one].items
        if key in starters[other].items
    )


def test_adopting_a_starter_leaves_a_colleagues_draft_of_its_question_alone(acme) -> None:
    one, other, key = two_starters_that_share_an_item()
    [draft] = begin(acme, actions.adopt_as_shipped(key=one, by=acme.mara, at=EPOCH))
    listed = draft.listed_items.get(item__key=key)
    drafted = actions.edit_item(listed=listed, by=acme.mara, at=LATER, question="Half wri").revision

    adopted = actions.adopt_as_shipped(key=other, by=acme.olga, at=LATER)

    drafted.refresh_from_db()
    assert drafted.published_at is None
    assert adopted.versions.get().listed_items.get(item__key=key).revision.question == shipped().items[key].question


def test_two_copies_of_starters_are_drafted_each_on_its_own(acme) -> None:
    one, other, key = two_starters_that_share_an_item()
    copies = [actions.copy_starter(key=starter, by=acme.mara, at=EPOCH) for starter in (one, other)]
    first, second = (made.versions.get().listed_items.get(item__key=key) for made in copies)

    actions.edit_item(listed=first, by=acme.mara, at=LATER, question="Half wri")

    second.refresh_from_db()
    assert second.revision.question == shipped().items[key].question


@pytest.mark.parametrize("first", [0, 1])
def test_of_two_drafts_of_a_question_the_one_published_last_is_shown(acme, twins, first) -> None:
    drafts = begin(acme, *twins)
    for draft, words in zip(drafts, ("Words of one", "Words of other"), strict=True):
        write(acme, draft, question=words)

    publish(acme, drafts[first])
    publish(acme, drafts[1 - first])

    assert list(reasons(acme.dev, at=LATER)) == [("Words of other", "Words of one")[first]]


def test_words_published_last_ask_again_whoever_answered_the_words_between(acme, twins) -> None:
    one, other = begin(acme, *twins)
    write(acme, one, question="Words of one")
    write(acme, other, question="Words of other")
    publish(acme, other)
    answer_everything(acme.dev, at=LATER)

    publish(acme, one)

    assert reasons(acme.dev, at=LATER) == {"Words of one": "reopened"}


def test_the_publisher_is_told_that_a_question_was_changed_meanwhile(acme, twins) -> None:
    one, other = begin(acme, *twins)
    write(acme, one, question="Words of one")
    page = f"/o/{acme.organization.slug}/checklists/{twins[0].pk}/publish/"
    client = signed_in(acme.mara)
    assert "another list has changed" not in client.get(page).content.decode()

    write(acme, other, question="Words of other")
    publish(acme, other)

    shown = client.get(page).content.decode()
    assert "another list has changed this question" in shown
    assert "<h2>Words of other</h2>" in shown


def test_a_change_is_judged_only_beside_the_words_that_it_replaces(acme, twins) -> None:
    one, other = begin(acme, *twins)
    write(acme, one, question="Which acount?")
    page = f"/o/{acme.organization.slug}/checklists/{twins[0].pk}/publish/"
    client = signed_in(acme.mara)
    form = client.get(page).context["form"]
    sent = {"seen": form["seen"].value(), f"item_{one.listed_items.get().item_id}": "editorial"}
    write(acme, other, question="Is it the company's own account?")
    publish(acme, other)
    answer_everything(acme.dev, at=LATER)

    refused = client.post(page, sent)

    assert "another list has changed what it replaces" in refused.content.decode()
    assert "<h2>Is it the company&#x27;s own account?</h2>" in refused.content.decode()
    one.refresh_from_db()
    assert one.status == "draft"
    client.post(page, {**sent, "seen": refused.context["form"]["seen"].value()})
    one.refresh_from_db()
    assert one.status == "published"


def test_a_draft_that_leaves_a_question_alone_takes_the_words_another_list_publishes(acme, twins) -> None:
    one, other = begin(acme, *twins)
    write(acme, other, question="Words of other")
    publish(acme, other)

    write(acme, one, why="Because of one.")
    publish(acme, one)

    newest = ItemRevision.objects.latest("pk")
    assert (newest.question, newest.why) == ("Words of other", "Because of one.")


def test_the_same_words_again_are_no_change(acme, twins) -> None:
    [draft] = begin(acme, twins[0])
    was = draft.listed_items.get().revision
    answer_everything(acme.dev, at=LATER)
    write(acme, draft, question="Something else")
    write(acme, draft, question=was.question)

    publish(acme, draft)

    assert twins[0].versions.get(status="published").listed_items.get().revision == was
    assert reasons(acme.dev, at=LATER) == {"Which account?": ""}


def test_a_question_copied_twice_before_anybody_saw_it_is_published_once(acme) -> None:
    one, other, key = two_starters_that_share_an_item()
    copies = [actions.copy_starter(key=starter, by=acme.mara, at=EPOCH) for starter in (one, other)]

    for made in reversed(copies):
        publish(acme, made.versions.get())

    assert Item.objects.get(key=key).revisions.exclude(published_at=None).count() == 1


def sections(draft: ChecklistVersion) -> list[tuple[str, str, str]]:
    return list(draft.listed_items.values_list("section_title", "section_key", "revision__question"))


def test_a_new_question_stands_at_the_end_of_its_section(acme) -> None:
    draft = actions.copy_starter(key="engineering", by=acme.mara, at=EPOCH).versions.get()
    title, key, first = sections(draft)[0]
    in_section = sum(section == title for section, _key, _question in sections(draft))

    actions.add_item(version=draft, by=acme.mara, at=LATER, section_title=title, question="Another?", why="So.")

    assert sections(draft)[0] == (title, key, first)
    assert sections(draft)[in_section] == (title, key, "Another?")
    assert len({row.position for row in draft.listed_items.all()}) == len(sections(draft))


def test_a_question_moves_to_the_section_that_its_page_names(acme) -> None:
    made = checklist(acme, "one", ["Which account?", "Which rules?"])
    [draft] = begin(acme, made)
    listed = draft.listed_items.first()
    page = f"/o/{acme.organization.slug}/checklists/{made.pk}/draft/{listed.pk}/"
    client = signed_in(acme.mara)
    words = {"question": "Which account?", "why": "It matters.", "answer_kind": "confirm", "valid_months": 12}

    client.post(page, {**words, "section_title": "Your account"})

    assert sections(draft) == [
        ("General", "general", "Which rules?"),
        ("Your account", "your-account", "Which account?"),
    ]
    assert draft.listed_items.get(pk=listed.pk).revision.published_at is not None


def test_a_place_that_no_page_shows_breaks_nothing(acme) -> None:
    made = checklist(acme, "one", ["Which account?", "Which rules?"])
    [draft] = begin(acme, made)
    listed = draft.listed_items.last()
    move = f"/o/{acme.organization.slug}/checklists/{made.pk}/draft/{listed.pk}/move/"

    for place in ("9" * 5000, "²", "-1", "99999"):
        answer = signed_in(acme.mara).post(move, {"to": "down", "position": place})
        assert answer.status_code == 302

    assert draft.listed_items.last() == listed


def test_a_version_asks_since_the_first_that_asked_without_a_break(acme: Company) -> None:
    privacy = checklist(acme, "privacy", ["Which account?"])
    (draft,) = begin(acme, privacy)
    actions.add_item(version=draft, by=acme.mara, at=LATER, section_title="Plans", question="Which plan?")

    publish(acme, draft)

    assert list(draft.listed_items.values_list("asked_since", flat=True)) == [EPOCH, LATER]


def test_the_database_publishes_nothing_that_does_not_say_since_when_it_asks(acme: Company) -> None:
    (draft,) = begin(acme, checklist(acme, "privacy", ["Which account?"]))

    with pytest.raises(IntegrityError, match="since when it asks"), transaction.atomic():
        ChecklistVersion.objects.filter(pk=draft.pk).update(status="published", published_at=LATER)
