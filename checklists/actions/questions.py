"""Replying to somebody who was not sure."""

import datetime as dt

from django.db import transaction

from accounts.models import Membership
from checklists import notices
from governance.actions.questions import answer_question
from governance.models import Question


@transaction.atomic
def reply(*, question: Question, by: Membership, text: str, at: dt.datetime) -> Question:
    """The contact's answer, and word to whoever asked, in one transaction.

    :raises ActionRefused: as :func:`governance.actions.questions.answer_question` does.
    """
    answered = answer_question(question=question, by=by, text=text, at=at)
    notices.tell_asker(answered, at=at)
    return answered
