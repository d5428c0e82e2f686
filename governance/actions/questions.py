"""What somebody who was unsure asked: answered, asked back, closed."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Membership
from audit.actions import keep_text, record
from governance.models import Question
from operations.errors import ActionRefused


@transaction.atomic
def answer_question(*, question: Question, by: Membership, text: str, at: dt.datetime) -> Question:
    """The contact's answer, once; what the person was unsure about is theirs to settle again.

    :raises ActionRefused: when it was answered already, or nothing was typed.
    """
    if not text.strip():
        raise ActionRefused(_("Write an answer."))
    row = _lock(question, by)
    if row.answered_at is not None:
        raise ActionRefused(_("This question was answered or closed in the meantime."))
    row.answer = keep_text(text.strip(), organization_id=by.organization_id)
    row.answered_by, row.answered_at = by.user, at
    row.save(update_fields=["answer", "answered_by", "answered_at"])
    _log("question.answered", row, by=by, at=at, answer_sha256=row.answer.sha256)
    return row


@transaction.atomic
def close_question(*, question: Question, by: Membership, at: dt.datetime) -> Question:
    """End it without an answer: whoever asked has settled it, or the contact has nothing to say to it.

    :raises ActionRefused: when it was answered or closed already.
    """
    row = _lock(question, by)
    if row.answered_at is not None:
        raise ActionRefused(_("This question was answered or closed in the meantime."))
    row.answered_by, row.answered_at = by.user, at
    row.save(update_fields=["answered_by", "answered_at"])
    _log("question.closed", row, by=by, at=at)
    return row


@transaction.atomic
def ask_back(*, question: Question, by: Membership, text: str, at: dt.datetime) -> Question:
    """Whoever asked goes on after an answer: a further question of the same thread, to the same contact.

    :raises ActionRefused: when nothing was typed, or what they asked last still waits or was closed.
    """
    if not text.strip():
        raise ActionRefused(_("Write what is still unclear."))
    first = _lock(question.follows or question, by)
    newest = first.followed_by.order_by("-pk").first() or first
    if newest.answered_at is None:
        raise ActionRefused(_("What you asked last is not answered yet."))
    if newest.is_closed:
        raise ActionRefused(_("This question is closed. Say “I'm not sure” on your list to ask anew."))
    row = Question.objects.create(
        organization=by.organization,
        asked_by=by,
        contact=first.contact,
        about=first.about,
        title=first.title,
        text=keep_text(text.strip(), organization_id=by.organization_id),
        follows=first,
        asked_at=at,
    )
    _log("question.asked", row, by=by, at=at, about=row.about, contact=row.contact_id)
    return row


def _lock(question: Question, by: Membership) -> Question:
    return Question.objects.select_for_update().get(pk=question.pk, organization=by.organization)


def _log(action: str, row: Question, *, by: Membership, at: dt.datetime, **data: Any) -> None:
    record(action, by=by.user_id, organization_id=by.organization_id, at=at, target=f"question:{row.pk}", **data)
