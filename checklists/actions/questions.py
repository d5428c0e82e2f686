"""A question of somebody who was not sure goes on: answered, asked back, closed; and who is told."""

import datetime as dt

from django.db import transaction

from accounts.models import Membership
from checklists import notices
from checklists.actions.settling import settle_people
from governance.actions import questions
from governance.models import Question


@transaction.atomic
def reply(*, question: Question, by: Membership, text: str, at: dt.datetime) -> Question:
    """The contact's answer, and word to whoever asked, in one transaction.

    :raises ActionRefused: as :func:`governance.actions.questions.answer_question` does.
    """
    answered = questions.answer_question(question=question, by=by, text=text, at=at)
    notices.tell_asker(answered, at=at)
    return answered


@transaction.atomic
def ask_back(*, question: Question, by: Membership, text: str, at: dt.datetime) -> Question:
    """Whoever asked goes on after an answer; until the next one they are late with nothing.

    :raises ActionRefused: as :func:`governance.actions.questions.ask_back` does.
    """
    asked = questions.ask_back(question=question, by=by, text=text, at=at)
    notices.tell_contact(asked, at=at)
    settle_people(organization=by.organization, members=[by.pk], at=at)
    return asked


@transaction.atomic
def close(*, question: Question, by: Membership, at: dt.datetime) -> Question:
    """One of the two ends it without an answer; the other is told nothing more, or that it is closed.

    :raises ActionRefused: as :func:`governance.actions.questions.close_question` does.
    """
    closed = questions.close_question(question=question, by=by, at=at)
    if closed.asked_by_id == by.pk:
        notices.withdraw_question(closed, at=at)
    else:
        notices.tell_asker(closed, at=at)
    return closed


def close_settled(*, by: Membership, item_id: int, at: dt.datetime) -> None:
    """Whoever has answered an item waits for no word on it any more, and nobody owes them one."""
    for question in by.questions_asked.filter(about=f"item:{item_id}", answered_at=None):
        close(question=question, by=by, at=at)
