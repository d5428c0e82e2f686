"""Not sure about what is answered once: somebody is asked, and until they answer it is not late."""

import datetime as dt

import pytest
from django.urls import reverse

from checklists import actions, queries
from checklists.actions import Given
from checklists.actions.answers import render_shared
from checklists.models import Answer, Checklist, Item
from governance.models import Question
from notifications.models import Notice
from tests.cast import EPOCH, Company, signed_in
from tests.checklists.steps import LATER, checklist

pytestmark = pytest.mark.django_db

UNSURE = Given(kind=Answer.Kind.UNSURE, text="The works council?")
LONG_AFTER = LATER + dt.timedelta(days=60)


@pytest.fixture
def leaders(decided: Company) -> Checklist:
    made = checklist(decided, "leaders", ["Who decides?"], kind="shared", answer_kind="text")
    actions.assign(checklist=made, by=decided.mara, at=EPOCH)
    return made


def say(who, given: Given) -> Answer:
    item = Item.objects.get(key="who-decides").pk
    shown = render_shared(who, team=None, item_id=item, at=LATER)
    newest = queries.newest_shared_answer(who.organization, item_id=item, team_id=None)
    page = {"shown_sha256": shown.sha256, "answered": newest.pk if newest else None}
    return actions.answer_shared(by=who, team=None, item_id=item, given=given, at=LATER, **page)


def state(acme: Company):
    [asked] = queries.shared_state(acme.organization.pk, at=LONG_AFTER)
    return asked.reason, asked.due_on


def test_somebody_else_is_asked_and_nothing_is_late_until_they_answer(decided: Company, leaders: Checklist) -> None:
    say(decided.olga, UNSURE)

    question = Question.objects.get()
    assert (question.asked_by, question.contact) == (decided.olga, decided.mara)
    assert Notice.objects.get(rule="question-asked").recipient == decided.mara
    assert state(decided) == ("waiting", None)

    actions.reply(question=question, by=decided.mara, text="Yes.", at=LATER)
    assert state(decided)[0] == "unsure"
    url = reverse("checklists:question-answer", args=[decided.organization.slug, question.pk])
    assert "Open what is answered once" in signed_in(decided.olga).get(url).content.decode()
    say(decided.olga, Given(text="The works council."))
    assert state(decided) == ("", None)


def test_the_keeper_of_it_all_asks_whoever_else_manages(decided: Company, leaders: Checklist) -> None:
    say(decided.mara, UNSURE)

    assert Question.objects.get().contact == decided.olga


def test_whoever_manages_alone_asks_nobody(decided: Company, leaders: Checklist) -> None:
    decided.mara.access_periods.open().update(ended_at=EPOCH)

    say(decided.olga, UNSURE)

    assert not Question.objects.exists()
    assert state(decided)[0] == "unsure"


def test_an_answer_asks_nobody(decided: Company, leaders: Checklist) -> None:
    say(decided.olga, Given(text="The works council."))

    assert not Question.objects.exists()


def test_the_page_names_whom_it_reaches(decided: Company, leaders: Checklist, django_assert_max_num_queries) -> None:
    url = reverse("checklists:shared-answer", args=[decided.organization.slug, Item.objects.get(key="who-decides").pk])
    olga = signed_in(decided.olga)

    with django_assert_max_num_queries(12):
        page = olga.get(url).content.decode()

    assert "goes to Mara" in page
    assert "I'm not sure" in page
