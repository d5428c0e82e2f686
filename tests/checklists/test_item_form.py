"""The form of a question: what is left alone is no change, and a choice keeps the value that answers say."""

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains

from checklists import actions
from checklists.forms import ItemForm, item_words
from checklists.models import ItemRevision, ListedItem
from checklists.queries.revisions import words_of
from checklists.starters import shipped
from tests.cast import EPOCH, Company, company, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shipped_catalog")]


@pytest.fixture
def acme(db: None) -> Company:
    return company()


def sent(listed: ListedItem, **other: str) -> dict[str, object]:
    """What a browser sends when the form is saved: its initial values, lines as browsers break them, no unticked box."""
    words = {"section_title": listed.section_title, **item_words(listed.revision), **other}
    return {
        name: value.replace("\n", "\r\n") if isinstance(value, str) else value
        for name, value in words.items()
        if value is not False
    }


def save(acme: Company, listed: ListedItem, **other: str) -> ItemRevision:
    path = reverse("checklists:draft-item-edit", args=["acme", listed.version.checklist_id, listed.pk])
    assert signed_in(acme.mara).post(path, sent(listed, **other)).status_code == 302
    listed.refresh_from_db()
    return listed.revision


def drafted(acme: Company, key: str) -> ListedItem:
    """An item of a starter, published as it ships and drafted again."""
    starter = next(one.key for one in shipped().checklists.values() if key in one.items)
    made = actions.adopt_as_shipped(key=starter, by=acme.mara, at=EPOCH)
    return actions.begin_draft(checklist=made, by=acme.mara, at=EPOCH).listed_items.get(item__key=key)


def with_choices() -> str:
    return next(key for key, item in shipped().items.items() if item.choices)


def test_every_shipped_item_comes_back_from_its_form_as_it_was(acme) -> None:
    copies = [actions.copy_starter(key=key, by=acme.mara, at=EPOCH) for key in shipped().checklists]
    listed = list(ListedItem.objects.filter(version__checklist__in=copies).select_related("revision"))
    assert {one.revision.answer_kind for one in listed} > {"confirm", "yes_no", "choice"}

    for one in listed:
        form = ItemForm(sent(one), revision=one.revision)
        assert form.is_valid(), form.errors
        was = words_of(one.revision)
        assert {name: was[name] for name in form.cleaned_data if name in was} == {
            name: value for name, value in form.cleaned_data.items() if name in was
        }


def test_a_choice_question_saved_unchanged_is_no_new_revision(acme) -> None:
    listed = drafted(acme, with_choices())
    was = listed.revision

    assert save(acme, listed) == was


def test_a_choice_keeps_its_value_where_another_is_put_before_it_or_taken_away(acme) -> None:
    listed = drafted(acme, with_choices())
    first, *others = listed.revision.choices
    lines = ["! Brand new", *(f"{'! ' if one['flag'] else ''}{one['label']}" for one in others)]

    choices = save(acme, listed, choices="\n".join(lines)).choices

    assert choices == [{"value": "c1", "label": "Brand new", "flag": True}, *others]
    assert first["value"] not in {one["value"] for one in choices}


def test_a_new_choice_takes_no_value_that_another_has(acme) -> None:
    listed = drafted(acme, with_choices())
    once = save(acme, listed, choices="One\nTwo").choices

    choices = save(acme, listed, choices="Three\nTwo\nOne\nFour").choices

    assert once == [{"value": "c1", "label": "One", "flag": False}, {"value": "c2", "label": "Two", "flag": False}]
    assert [one["value"] for one in choices] == ["c3", "c2", "c1", "c4"]


@pytest.mark.parametrize(
    ("choices", "said"),
    [
        ("One\nTwo\n! one", "Choice 3, “one”, stands there already."),
        ("One\n!\nTwo", "Choice 2 is empty."),
        ("One\nT\u202ewo", "“Choices” contains a line break or a character that can&#x27;t be seen."),
    ],
)
def test_a_choice_that_stands_there_twice_or_can_not_be_read_is_refused(acme, choices, said) -> None:
    listed = drafted(acme, with_choices())
    was = words_of(listed.revision)
    path = reverse("checklists:draft-item-edit", args=["acme", listed.version.checklist_id, listed.pk])

    page = signed_in(acme.mara).post(path, sent(listed, choices=choices))

    assertContains(page, said)
    listed.refresh_from_db()
    assert words_of(listed.revision) == was


def test_what_an_item_shows_of_the_company_is_chosen_and_asked_again_when_it_changes(acme) -> None:
    listed = drafted(acme, "wrong-output")
    assert not listed.revision.rests_on_decisions

    contacts = save(acme, listed, shows=["contacts"])
    assert (contacts.shows, contacts.rests_on_decisions) == (["contacts"], False)

    both = save(acme, listed, shows=["routes", "contacts"])
    assert (both.shows, both.rests_on_decisions) == (["contacts", "routes"], True)


def test_which_reply_completes_a_yes_or_no_is_chosen(acme) -> None:
    listed = drafted(acme, with_choices())

    assert save(acme, listed, answer_kind="yes_no", expects="no").expects == "no"
