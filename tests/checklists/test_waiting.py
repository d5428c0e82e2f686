"""Not sure: what every page says while the contact's answer is awaited, and that no page says anything else."""

import pytest

from checklists import actions
from checklists.actions import Given
from checklists.models import Answer, Checklist, Item
from governance.models import Question
from operations import clock
from operations.templatetags.dates import day
from tests.cast import EPOCH, Company, signed_in
from tests.checklists.steps import answer, checklist

pytestmark = pytest.mark.django_db

UNSURE = Given(kind=Answer.Kind.UNSURE, text="Which account?")


@pytest.fixture
def privacy(decided: Company) -> Checklist:
    made = checklist(decided, "privacy", ["Account?", "Rules?", "Retention?"])
    actions.assign(checklist=made, by=decided.mara, at=EPOCH)
    return made


def say(acme: Company, key: str, given: Given | None = None) -> None:
    answer(acme.dev, Item.objects.get(key=key).pk, at=clock.now(), given=given)


def pages(acme: Company) -> list[str]:
    client = signed_in(acme.dev)
    return [
        client.get(f"/o/{acme.organization.slug}/{path}").content.decode()
        for path in ("", "my-list/", "my-list/summary/")
    ]


def test_home_list_and_summary_say_in_the_same_words_that_an_answer_is_awaited(
    decided: Company, privacy: Checklist
) -> None:
    say(decided, "account")
    say(decided, "rules", UNSURE)
    say(decided, "retention", UNSURE)

    for page in pages(decided):
        assert "Everything you can do is done" in page
        assert "2 questions wait for an answer from Mara." in page
        assert "Everything is answered" not in page
        assert "You are done" not in page


def test_what_waits_does_not_hide_what_is_left(decided: Company, privacy: Checklist) -> None:
    say(decided, "rules", UNSURE)

    home, listed, summary = pages(decided)

    assert "2 questions left for you" in home
    assert "are left. Answer in any order" in listed
    assert "1 question waits for an answer from Mara." in summary
    assert "Everything you can do is done" not in home + listed + summary


def test_home_and_list_say_that_what_was_asked_has_been_answered(decided: Company, privacy: Checklist) -> None:
    say(decided, "rules", UNSURE)
    actions.reply(question=Question.objects.get(), by=decided.mara, text="The company's.", at=clock.now())

    home, listed, _summary = pages(decided)

    assert "1 question you were not sure about has been answered" in home
    assert listed.count("Your question was answered") == 1


def test_a_question_that_was_settled_without_its_answer_is_not_waited_for(decided: Company, privacy: Checklist) -> None:
    say(decided, "account")
    say(decided, "rules", UNSURE)
    say(decided, "rules")
    say(decided, "retention", UNSURE)

    assert all("1 question waits for an answer from Mara." in page for page in pages(decided))


def test_the_last_answer_does_not_say_that_all_is_done_while_a_question_waits(
    decided: Company, privacy: Checklist
) -> None:
    say(decided, "account", UNSURE)
    say(decided, "rules")
    client = signed_in(decided.dev)
    path = f"/o/{decided.organization.slug}/my-list/{Item.objects.get(key='retention').pk}/"

    page = client.post(path, {"shown": client.get(path).context["shown"].sha256, "reply": "yes"}, follow=True)

    assert "That was the last one" not in page.content.decode()
    assert "1 question waits for an answer from Mara." in page.content.decode()


def test_the_askers_list_has_their_words_the_contact_since_when_and_the_answer_once_it_is_there(
    decided: Company, privacy: Checklist, django_assert_num_queries
) -> None:
    say(decided, "account", UNSURE)
    client = signed_in(decided.dev)
    url = f"/o/{decided.organization.slug}/questions/"

    waiting = client.get(url).content.decode()
    assert "“Which account?”" in waiting
    assert f"You asked Mara today ({day(clock.today('Europe/Berlin'))})" in waiting
    assert "Asked, waiting for an answer" in waiting

    question = Question.objects.get()
    actions.reply(question=question, by=decided.mara, text="The company's.", at=clock.now())
    with django_assert_num_queries(6):
        answered = client.get(url).content.decode()
    assert f"Mara answered today ({day(clock.today('Europe/Berlin'))}): “The company&#x27;s.”" in answered
    item = f"/o/{decided.organization.slug}/my-list/{Item.objects.get(key='account').pk}/"
    assert f'href="{item}">Settle it on your list' in client.get(f"{url}{question.pk}/").content.decode()
    assert "Settle it" not in signed_in(decided.mara).get(f"{url}{question.pk}/").content.decode()


def test_whoever_is_not_sure_is_told_who_was_asked(decided: Company, privacy: Checklist) -> None:
    client = signed_in(decided.dev)
    path = f"/o/{decided.organization.slug}/my-list/{Item.objects.get(key='retention').pk}/"
    shown = client.get(path).context["shown"].sha256

    page = client.post(path, {"shown": shown, "reply": "unsure", "reason": "Which plan?"}, follow=True)

    assert "Mara is asked. The answer will stand with this question, and under Questions." in page.content.decode()
