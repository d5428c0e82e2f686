"""What somebody said, whether it answers the question, and whether it was said already."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from checklists.models import Answer, Evidence, ItemRevision
from operations.errors import ActionRefused
from operations.files import digest_of_link

Kind = Answer.Kind


@dataclass(frozen=True)
class Given:
    """What somebody said, as a form has validated it.

    :ivar value: ``yes`` for confirm, ``yes``/``no`` for yes-no, the value of a choice, an ISO date; ``no`` with *I'm not
        sure* for what cannot be confirmed; empty for text and evidence.
    :ivar text: what they typed: the answer, the reason of *not applicable*, the question of *I'm not sure*.
    :ivar uploads: the SHA-256 of each file that they have brought for it (``actions.bring``).
    :ivar reused: what they had given before and that shows this too.
    :ivar effective_on: since when what is new says so.
    :ivar draft: with *I'm not sure*, what had been typed into the answer itself until then.
    """

    kind: str = Kind.GIVEN
    value: str = ""
    text: str = ""
    links: Sequence[str] = field(default_factory=tuple)
    uploads: Sequence[str] = field(default_factory=tuple)
    reused: Sequence[Evidence] = field(default_factory=tuple)
    effective_on: dt.date | None = None
    draft: Mapping[str, Any] = field(default_factory=dict)


def says_the_same(answer: Answer, given: Given) -> bool:
    """Whether an answer says what was given, to the word and with the same evidence."""
    kept = sorted(((one.sha256, one.effective_on) for one in answer.evidence.all()), key=repr)
    new = [*given.uploads, *(digest_of_link(link) for link in given.links)]
    sent = sorted(
        [(digest, given.effective_on) for digest in new] + [(one.sha256, one.effective_on) for one in given.reused],
        key=repr,
    )
    text = answer.text.body if answer.text else ""
    return (answer.kind, answer.value, text, kept) == (given.kind, given.value, given.text.strip(), sent)


def judge(revision: ItemRevision, given: Given) -> bool:
    """Whether what was given completes the item; refuses what does not answer it at all."""
    if given.kind == Kind.UNSURE:
        if not given.text.strip():
            raise ActionRefused(_("Write in a few words what you are not sure about."))
        return False
    if given.kind == Kind.NOT_APPLICABLE:
        if not revision.allows_not_applicable:
            raise ActionRefused(_("This question applies to everybody it is asked of."))
        if not given.text.strip():
            raise ActionRefused(_("Say why it does not apply to you."))
        return True
    return _JUDGES[ItemRevision.AnswerKind(revision.answer_kind)](revision, given)


def _judge_yes_no(revision: ItemRevision, given: Given) -> bool:
    if given.value not in {"yes", "no"}:
        raise ActionRefused(_("Choose yes or no."))
    return not revision.expects or given.value == revision.expects


def _judge_confirm(revision: ItemRevision, given: Given) -> bool:
    if given.value != "yes":
        raise ActionRefused(_("Confirm it, or say that you are not sure."))
    return True


def _judge_choice(revision: ItemRevision, given: Given) -> bool:
    chosen = next((choice for choice in revision.choices if choice["value"] == given.value), None)
    if chosen is None:
        raise ActionRefused(_("Choose one of the answers."))
    return not chosen.get("flag")


def _judge_text(revision: ItemRevision, given: Given) -> bool:
    if not given.text.strip():
        raise ActionRefused(_("Write your answer."))
    return True


def _judge_date(revision: ItemRevision, given: Given) -> bool:
    try:
        dt.date.fromisoformat(given.value)
    except ValueError as error:
        raise ActionRefused(_("Write the day as in 2026-11-21.")) from error
    return True


def _judge_evidence(revision: ItemRevision, given: Given) -> bool:
    if not given.uploads and not given.links and not given.reused:
        raise ActionRefused(_("Add a file or a link that shows it."))
    return True


_JUDGES = {
    ItemRevision.AnswerKind.CONFIRM: _judge_confirm,
    ItemRevision.AnswerKind.YES_NO: _judge_yes_no,
    ItemRevision.AnswerKind.CHOICE: _judge_choice,
    ItemRevision.AnswerKind.TEXT: _judge_text,
    ItemRevision.AnswerKind.DATE: _judge_date,
    ItemRevision.AnswerKind.EVIDENCE: _judge_evidence,
}
