"""What I said: each answer under the words that were shown, whatever is asked today."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.actions import end_membership
from checklists import actions
from checklists.actions import Given
from checklists.models import Checklist
from governance.models import Question
from tests.cast import EPOCH, Company, signed_in
from tests.checklists.steps import LATER, answer, answer_everything, checklist

pytestmark = pytest.mark.django_db


@pytest.fixture
def privacy(decided: Company) -> Checklist:
    made = checklist(decided, "privacy", ["Which account?", "Which rules?"])
    actions.assign(checklist=made, by=decided.mara, at=EPOCH)
    return made


def item_of(made: Checklist, key: str) -> int:
    return made.versions.get(status="published").listed_items.get(item__key=key).item_id


def summary(acme: Company) -> str:
    page = signed_in(acme.dev).get(reverse("checklists:task-summary", args=[acme.organization.slug]))
    return page.content.decode()


@pytest.mark.parametrize("editorial", [True, False])
def test_an_answer_stands_under_the_words_that_were_shown(decided, privacy, editorial) -> None:
    answer_everything(decided.dev, at=LATER)
    draft = actions.begin_draft(checklist=privacy, by=decided.mara, at=LATER)
    listed = draft.listed_items.first()
    actions.edit_item(listed=listed, by=decided.mara, at=LATER, question="Whose account?")
    judged = {listed.item_id} if editorial else set()
    actions.publish(version=draft, by=decided.mara, at=LATER, editorial=judged)

    page = summary(decided)

    assert "<h3>Which account?</h3>" in page
    assert "It is asked in other words now: “Whose account?”" in page
    assert page.count("in other words now") == 1


def test_what_was_never_answered_stands_in_todays_words(decided, privacy) -> None:
    assert summary(decided).count("<h3>") == 2


def test_what_is_no_longer_asked_stays_on_the_summary(decided, privacy) -> None:
    answer_everything(decided.dev, at=LATER)
    assert "No longer asked" not in summary(decided)

    actions.end_rule(rule=privacy.rules.get(), by=decided.mara, at=LATER)

    page = summary(decided)
    assert "<h2>No longer asked</h2>" in page
    assert "<h3>Which account?</h3>" in page
    assert "<h3>Which rules?</h3>" in page


def test_a_choice_is_said_by_the_label_it_had(decided) -> None:
    choices = [{"value": "c1", "label": "Company account"}, {"value": "c2", "label": "None", "flag": True}]
    made = checklist(decided, "account", ["Which?"], answer_kind="choice", choices=choices)
    actions.assign(checklist=made, by=decided.mara, at=EPOCH)
    listed = made.versions.get().listed_items.get()
    answer(decided.dev, listed.item_id, at=LATER, given=Given(value="c1"))
    draft = actions.begin_draft(checklist=made, by=decided.mara, at=LATER)
    renamed = [{"value": "c1", "label": "Own account"}, choices[1]]
    actions.edit_item(listed=draft.listed_items.get(), by=decided.mara, at=LATER, choices=renamed)
    actions.publish(version=draft, by=decided.mara, at=LATER, editorial={listed.item_id})

    page = summary(decided)

    assert "<strong>Company account</strong>" in page
    assert "Own account" not in page


@pytest.mark.parametrize("questions", [1, 3])
def test_the_summary_costs_the_same_for_one_answer_and_for_three(decided, django_assert_num_queries, questions) -> None:
    made = checklist(decided, "many", ["One?", "Two?", "Three?"][:questions])
    actions.assign(checklist=made, by=decided.mara, at=EPOCH)
    answer_everything(decided.dev, at=LATER)
    actions.end_rule(rule=made.rules.get(), by=decided.mara, at=LATER)
    client = signed_in(decided.dev)

    with django_assert_num_queries(9):
        page = client.get(reverse("checklists:task-summary", args=[decided.organization.slug]))

    assert page.content.decode().count("<h3>") == questions


@pytest.mark.parametrize("who", ["mara", "ann"])
def test_those_who_look_after_the_lists_and_auditors_read_what_somebody_said(decided, privacy, who) -> None:
    answer_everything(decided.dev, at=LATER)
    of_dev = reverse("checklists:person-summary", args=[decided.organization.slug, decided.dev.pk])
    client = signed_in(getattr(decided, who))

    page = client.get(of_dev).content.decode()

    assert f"What {decided.dev.user} said" in page
    assert "<h3>Which account?</h3>" in page
    assert of_dev in client.get(f"/o/{decided.organization.slug}/people/{decided.dev.pk}/").content.decode()


def test_nobody_else_reads_it(decided, privacy) -> None:
    of_dev = reverse("checklists:person-summary", args=[decided.organization.slug, decided.dev.pk])

    assert [signed_in(one).get(of_dev).status_code for one in (decided.dev, decided.tom, decided.sven)] == [403] * 3


def test_what_somebody_said_who_has_left_stays_readable(decided, privacy) -> None:
    answer_everything(decided.dev, at=LATER)
    end_membership(membership=decided.dev, by=decided.olga, at=LATER)
    of_dev = reverse("checklists:person-summary", args=[decided.organization.slug, decided.dev.pk])

    page = signed_in(decided.mara).get(of_dev).content.decode()

    assert "No longer asked" in page
    assert "<h3>Which account?</h3>" in page


@pytest.mark.parametrize("questions", [1, 3])
def test_what_somebody_said_costs_the_same_for_one_answer_and_for_three(
    decided, django_assert_num_queries, questions
) -> None:
    made = checklist(decided, "privacy", ["Which account?", "Which rules?", "Whom to ask?"][:questions])
    actions.assign(checklist=made, by=decided.mara, at=EPOCH)
    answer_everything(decided.dev, at=LATER)
    client = signed_in(decided.mara)
    of_dev = reverse("checklists:person-summary", args=[decided.organization.slug, decided.dev.pk])

    with django_assert_num_queries(11):
        page = client.get(of_dev).content.decode()

    assert page.count("<h3>") == questions


def test_what_was_said_before_stays_readable_with_what_the_contact_answered(decided, privacy) -> None:
    item = item_of(privacy, "which-account")
    answer(decided.dev, item, at=LATER, given=Given(kind="unsure", text="The private one, too?"))
    actions.reply(question=Question.objects.get(), by=decided.mara, text="Never.", at=LATER)
    answer(decided.dev, item, at=LATER + dt.timedelta(days=1))

    page = summary(decided)

    now, before = page.split("Said before")
    assert "<strong>Yes</strong>" in now
    assert "The private one, too?" in before
    assert "Mara answered: Never." in before


@pytest.mark.parametrize("who", ["dev", "mara", "ann"])
def test_what_an_answer_was_given_to_is_shown_as_it_stood_with_what_it_rests_on(decided, privacy, who) -> None:
    item = item_of(privacy, "which-account")
    given = answer(decided.dev, item, at=LATER)
    draft = actions.begin_draft(checklist=privacy, by=decided.mara, at=LATER)
    actions.edit_item(
        listed=draft.listed_items.get(item=item), by=decided.mara, at=LATER, question="Whose?", why="Another reason."
    )
    actions.publish(version=draft, by=decided.mara, at=LATER, editorial=set())

    page = signed_in(getattr(decided, who)).get(reverse("checklists:answer-shown", args=["acme", given.pk]))

    shown = page.content.decode()
    assert "<h1>Which account?</h1>" in shown
    assert "Another reason." not in shown
    assert given.snapshot.sha256 in shown
    assert f"<code>item:{item}</code> revision {given.revision_id}" in shown


def test_what_somebody_said_is_nobodys_who_does_not_look_after_it(decided, privacy) -> None:
    given = answer(decided.dev, item_of(privacy, "which-account"), at=LATER)
    path = reverse("checklists:answer-shown", args=["acme", given.pk])

    assert [signed_in(one).get(path).status_code for one in (decided.sal, decided.tom)] == [403, 403]
