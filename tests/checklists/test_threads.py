"""Not sure, answered, asked back, closed: a thread in which whoever waits for the contact is late with nothing."""

import datetime as dt

import pytest
from django.urls import reverse

from audit.models import AuditEvent, FreeText
from checklists import actions
from checklists.actions import Given
from checklists.models import Answer, Assignment, Checklist
from governance.models import Question
from home.queries.frame import frame_of
from notifications.models import Notice
from operations import clock
from operations.errors import ActionRefused
from tests.cast import EPOCH, Company, signed_in
from tests.checklists.steps import LATER, answer, checklist, item, reasons

pytestmark = pytest.mark.django_db
UNSURE = Given(kind=Answer.Kind.UNSURE, text="Which account?", draft={"text": "I think the"})


@pytest.fixture
def asked(decided: Company) -> Question:
    made = checklist(decided, "privacy", ["Account?"], answer_kind="text")
    actions.assign(checklist=made, by=decided.mara, at=EPOCH)
    answer(decided.dev, item("account").pk, at=LATER, given=UNSURE)
    return Question.objects.get()


def address(question: Question) -> str:
    return reverse("checklists:question-answer", args=[question.organization.slug, question.pk])


def later(days: int) -> dt.datetime:
    return LATER + dt.timedelta(days=days)


def test_the_contact_sees_what_the_person_saw_and_had_typed(decided, asked, django_assert_max_num_queries) -> None:
    client = signed_in(decided.mara)

    with django_assert_max_num_queries(12):
        page = client.get(address(asked)).content.decode()

    assert "It matters." in page
    assert "I think the" in page
    assert "What Dev saw" in page
    assert "What Dev saw" not in signed_in(decided.dev).get(address(asked)).content.decode()


def test_what_was_typed_waits_for_whoever_asked(decided, asked) -> None:
    page = signed_in(decided.dev).get(reverse("checklists:task-answer", args=["acme", item("account").pk]))

    assert page.context["form"]["text"].value() == "I think the"


def test_both_write_until_it_is_clear_on_the_page(decided, asked) -> None:
    dev, mara = signed_in(decided.dev), signed_in(decided.mara)
    mara.post(address(asked), {"text": "The company's."})
    dev.post(address(asked), {"text": "Which of the two?"})

    waiting = mara.get(reverse("checklists:question-list", args=["acme"])).content.decode()
    assert "Which of the two?" in waiting
    mara.post(address(asked), {"text": "The newer one."})

    page = dev.get(address(asked)).content.decode()
    told = [
        page.index(words) for words in ("Which account?", "The company&#x27;s.", "Which of the two?", "The newer one.")
    ]
    assert told == sorted(told)
    assert dev.get(reverse("checklists:question-list", args=["acme"])).content.decode().count("data-list-item") == 1
    assert Notice.objects.filter(rule="question-answered", recipient=decided.dev).count() == 2


def test_while_it_waits_again_nothing_is_overdue_and_two_weeks_begin_anew_with_the_answer(decided, asked) -> None:
    actions.reply(question=asked, by=decided.mara, text="The company's.", at=later(1))
    assert reasons(decided.dev, at=later(1)) == {"Account?": "unsure"}

    back = actions.ask_back(question=asked, by=decided.dev, text="Which?", at=later(10))

    assert reasons(decided.dev, at=later(60)) == {"Account?": "waiting"}
    assert Assignment.objects.get(membership=decided.dev).due_on is None
    actions.reply(question=back, by=decided.mara, text="The newer one.", at=later(40))
    actions.settle_people(organization=decided.organization, members=[decided.dev.pk], at=later(40))
    assert Assignment.objects.get(membership=decided.dev).due_on == later(54).date()


def test_the_contact_closes_it_and_whoever_asked_is_told_so_and_not_that_it_was_answered(decided, asked) -> None:
    signed_in(decided.mara).post(address(asked), {"close": "1"})

    assert Notice.objects.get(rule="question-answered").title == "Your question was closed without an answer"
    assert frame_of(decided.mara, at=clock.now()).waiting.questions == 0
    client = signed_in(decided.dev)
    listed = client.get(reverse("checklists:task-list", args=["acme"])).content.decode()
    home = client.get("/o/acme/").content.decode()
    assert "Your question was answered" not in listed
    assert "you were not sure about has been answered" not in home
    assert "closed it on" in client.get(address(asked)).content.decode()
    shown = client.get(reverse("checklists:task-answer", args=["acme", item("account").pk])).content.decode()
    assert "Mara closed it without an answer" in shown


def test_whoever_asked_closes_it_and_the_contact_is_not_told_any_more(decided, asked) -> None:
    signed_in(decided.dev).post(address(asked), {"close": "1"})

    assert Notice.objects.get(rule="question-asked").withdrawn_at is not None
    assert not Notice.objects.filter(rule="question-answered").exists()
    assert AuditEvent.objects.filter(action="question.closed").count() == 1


def test_an_answer_closes_what_was_still_asked(decided, asked) -> None:
    answer(decided.dev, item("account").pk, at=later(1), given=Given(text="The company's."))

    asked.refresh_from_db()
    assert asked.is_closed
    assert frame_of(decided.mara, at=later(1)).waiting.questions == 0


@pytest.mark.parametrize("state", ["waiting", "closed"])
def test_nobody_asks_back_while_it_waits_or_when_it_is_closed(decided, asked, state) -> None:
    if state == "closed":
        actions.close(question=asked, by=decided.mara, at=later(1))

    with pytest.raises(ActionRefused):
        actions.ask_back(question=asked, by=decided.dev, text="Which?", at=later(2))

    assert Question.objects.count() == 1


def test_nobody_closes_what_was_answered(decided, asked) -> None:
    actions.reply(question=asked, by=decided.mara, text="The company's.", at=later(1))

    with pytest.raises(ActionRefused):
        actions.close(question=asked, by=decided.dev, at=later(2))


def test_every_word_of_it_can_be_erased(decided, asked) -> None:
    actions.reply(question=asked, by=decided.mara, text="The company's.", at=later(1))
    back = actions.ask_back(question=asked, by=decided.dev, text="Which?", at=later(2))

    asked.refresh_from_db()
    assert [str(one) for one in (asked.text, asked.draft, asked.answer, back.text)] == [
        "Which account?",
        "I think the",
        "The company's.",
        "Which?",
    ]
    assert all(isinstance(one, FreeText) for one in (asked.text, asked.draft, asked.answer, back.text))


def test_a_list_that_ends_leaves_the_thread_to_read(decided, asked) -> None:
    actions.archive(checklist=Checklist.objects.get(key="privacy"), by=decided.mara, at=later(1))

    assert "Which account?" in signed_in(decided.dev).get(address(asked)).content.decode()
