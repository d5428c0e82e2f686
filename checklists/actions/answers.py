"""Answering: whole and immutable, bound to what was shown; refused when that has changed meanwhile."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from dateutil.relativedelta import relativedelta
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Membership, Team
from accounts.queries import Standing
from audit import actions as audit
from audit.models import Snapshot
from checklists import notices
from checklists.actions.evidence import attach_files, attach_link
from checklists.actions.settling import settle_people
from checklists.models import Answer, AnswerDraft, Item, ItemRevision, Lapse
from checklists.queries.rendering import ShownItem, render_items
from checklists.queries.tasks import render_task, task_list
from checklists.queries.waiting import contact_for, shared_asked, shared_contact_for, shared_decisions
from governance.models import Question
from operations import clock
from operations.errors import ActionRefused

Kind = Answer.Kind

# How long before an answer runs out its person is told; as in checklists_state.
DAYS_BEFORE_IT_RUNS_OUT = 14


class ContentChanged(ActionRefused):
    """What was shown has changed since the page was opened; nothing was saved.

    :ivar shown: the item as it is now.
    :ivar before: the content that was shown, when it is still known.
    """

    def __init__(self, shown: ShownItem, before: dict[str, Any] | None) -> None:
        super().__init__(_("This question has changed while the page was open. Nothing was saved; look at it again."))
        self.shown = shown
        self.before = before


@dataclass(frozen=True)
class Given:
    """What somebody said, as a form has validated it.

    :ivar value: ``yes`` for confirm, ``yes``/``no`` for yes-no, the value of a choice, an ISO date; ``no`` with *I'm not
        sure* for what cannot be confirmed; empty for text and evidence.
    :ivar text: what they typed: the answer, the reason of *not applicable*, the question of *I'm not sure*.
    """

    kind: str = Kind.GIVEN
    value: str = ""
    text: str = ""
    links: Sequence[str] = field(default_factory=tuple)
    files: Sequence[UploadedFile] = field(default_factory=tuple)
    effective_on: dt.date | None = None


@transaction.atomic
def answer(
    *, membership: Membership, standing: Standing, item_id: int, shown_sha256: str, given: Given, at: dt.datetime
) -> Answer:
    """One person's answer to one item that is asked of them.

    :param shown_sha256: the hash of what the page showed.
    :raises ContentChanged: when it shows something else by now; nothing is saved.
    :raises ActionRefused: when the item is not asked of them, or what was given does not answer it.
    """
    audit.lock_shared(membership.organization_id)
    tasks = task_list(membership, standing, at=at)
    task = next((task for task in tasks.tasks if task.item_id == item_id), None)
    if task is None:
        raise ActionRefused(_("This question is no longer asked of you."))
    shown = render_task(membership, tasks, item_id)
    _check_shown(shown, shown_sha256)
    saved = _save(shown, given, membership=membership, team=None, by=membership, at=at)
    AnswerDraft.objects.filter(membership=membership, item_id=item_id).delete()
    if given.kind == Kind.UNSURE:
        _ask(shown, given, membership, contact_for(membership, tasks.decisions, task.contact_id), at)
    settle_people(organization=membership.organization, members=[membership.pk], at=at)
    return saved


@transaction.atomic
def answer_shared(
    *, by: Membership, team: Team | None, item_id: int, shown_sha256: str, given: Given, at: dt.datetime
) -> Answer:
    """The answer to an item of a shared checklist, for a team or (None) for the organization.

    Whoever is not sure asks the contact, where there is anybody else to ask.

    :raises ContentChanged: when it shows something else by now.
    :raises ActionRefused: when it is not asked, or what was given does not answer it.
    """
    audit.lock_shared(by.organization_id)
    shown = render_shared(by, team=team, item_id=item_id, at=at)
    _check_shown(shown, shown_sha256)
    saved = _save(shown, given, membership=None, team=team, by=by, at=at)
    contact = shared_contact_for(by, team=team, item_id=item_id, at=at) if given.kind == Kind.UNSURE else None
    if contact:
        _ask(shown, given, by, contact, at)
    return saved


def render_shared(by: Membership, *, team: Team | None, item_id: int, at: dt.datetime) -> ShownItem:
    """A shared item as its answerer sees it: all decisions in force, for a team those that reach it.

    :raises ActionRefused: when nobody is asked this.
    """
    asked = shared_asked(by.organization, team=team, item_id=item_id, at=at)
    if asked is None:
        raise ActionRefused(_("This question is no longer asked."))
    revision = ItemRevision.objects.get(pk=asked.revision_id, organization=by.organization)
    decisions = shared_decisions(by.organization, team=team, at=at)
    return render_items(by.organization, [revision], decisions)[item_id]


@transaction.atomic
def save_draft(*, membership: Membership, item: Item, data: dict[str, str], at: dt.datetime) -> None:
    """Keep what is half typed; only the person sees it, and it goes when they answer."""
    AnswerDraft.objects.update_or_create(
        organization=membership.organization, membership=membership, item=item, defaults={"data": data, "saved_at": at}
    )


def _check_shown(shown: ShownItem, shown_sha256: str) -> None:
    if shown.sha256 != shown_sha256:
        before = Snapshot.objects.filter(organization_id=shown.revision.organization_id, sha256=shown_sha256).first()
        raise ContentChanged(shown, {"content": before.content} if before else None)


def _save(
    shown: ShownItem, given: Given, *, membership: Membership | None, team: Team | None, by: Membership, at: dt.datetime
) -> Answer:
    completes = _judge(shown.revision, given)
    organization = by.organization
    snapshot = audit.keep_snapshot(shown.content, organization_id=organization.pk, bases=shown.bases, at=at)
    text = audit.keep_text(given.text.strip(), organization_id=organization.pk) if given.text.strip() else None
    today = clock.day_of(at, organization.timezone)
    saved = Answer.objects.create(
        organization=organization,
        membership=membership,
        team=team,
        item_id=shown.revision.item_id,
        revision=shown.revision,
        snapshot=snapshot,
        kind=given.kind,
        value=given.value,
        text=text,
        completes=completes,
        valid_until=today + relativedelta(months=shown.revision.valid_months) if completes else None,
        at=at,
        by=by.user,
    )
    since = given.effective_on
    files = attach_files(saved, given.files, effective_on=since, by=by, at=at)
    links = [attach_link(saved, link, effective_on=since, by=by, at=at) for link in given.links]
    if saved.valid_until and membership:
        Lapse.objects.bulk_create(
            (
                Lapse(organization=organization, membership=membership, on=saved.valid_until + dt.timedelta(days=days))
                for days in (-DAYS_BEFORE_IT_RUNS_OUT, 1)
            ),
            ignore_conflicts=True,
        )
    audit.record(
        "answer.given",
        by=by.user_id,
        organization_id=organization.pk,
        at=at,
        target=f"item:{saved.item_id}",
        answer=saved.pk,
        snapshot=snapshot.sha256,
        kind=given.kind,
        text_sha256=text.sha256 if text else "",
        evidence=[row.sha256 for row in (*files, *links)],
    )
    return saved


def _judge(revision: ItemRevision, given: Given) -> bool:
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
    if not given.files and not given.links:
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


def _ask(shown: ShownItem, given: Given, membership: Membership, contact: Membership, at: dt.datetime) -> None:
    question = Question.objects.create(
        organization=membership.organization,
        asked_by=membership,
        contact=contact,
        about=f"item:{shown.revision.item_id}",
        title=shown.revision.question,
        text=audit.keep_text(given.text.strip(), organization_id=membership.organization_id),
        asked_at=at,
    )
    audit.record(
        "question.asked",
        by=membership.user_id,
        organization_id=membership.organization_id,
        at=at,
        target=f"question:{question.pk}",
        about=question.about,
        contact=contact.pk,
    )
    notices.tell_contact(question, at=at)
