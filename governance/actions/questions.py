"""Answering what somebody who was unsure asked."""

import datetime as dt

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
    row = Question.objects.select_for_update().get(pk=question.pk, organization=by.organization)
    if row.answered_at is not None:
        raise ActionRefused(_("This question was answered in the meantime."))
    row.answer = keep_text(text.strip(), organization_id=by.organization_id)
    row.answered_by, row.answered_at = by.user, at
    row.save(update_fields=["answer", "answered_by", "answered_at"])
    record(
        "question.answered",
        by=by.user_id,
        organization_id=by.organization_id,
        at=at,
        target=f"question:{row.pk}",
        answer_sha256=row.answer.sha256,
    )
    return row
