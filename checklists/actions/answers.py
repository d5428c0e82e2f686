"""Answering: whole and immutable, bound to what was shown; refused when that has changed meanwhile."""

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from dateutil.relativedelta import relativedelta
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions.locks import lock_membership
from accounts.models import Membership, Team
from accounts.queries import Standing
from audit import actions as audit
from audit.models import Snapshot
from checklists import notices
from checklists.actions.evidence import attach, let_go
from checklists.actions.judging import Given, judge, says_the_same
from checklists.actions.questions import close_settled
from checklists.actions.settling import settle_people
from checklists.models import Answer, AnswerDraft, Evidence, Item, ItemRevision, Lapse
from checklists.queries.answers import newest_answer, newest_shared_answer
from checklists.queries.rendering import ShownItem, render_items
from checklists.queries.tasks import render_task, task_list
from checklists.queries.waiting import contact_for, shared_asked, shared_contact_for, shared_decisions
from governance.models import Question
from operations import clock
from operations.errors import ActionRefused

Kind = Answer.Kind

# How long before an answer runs out its person is told; as in checklists_state.
DAYS_BEFORE_IT_RUNS_OUT = audit.DAYS_TO_LOOK_AGAIN


class ContentChanged(ActionRefused):
    """What was shown has changed since the page was opened; nothing was saved.

    :ivar shown: the item as it is now.
    :ivar before: the content that was shown, when it is still known.
    """

    def __init__(self, shown: ShownItem, before: dict[str, Any] | None) -> None:
        super().__init__(_("This question has changed while the page was open. Nothing was saved; look at it again."))
        self.shown = shown
        self.before = before


class AnsweredMeanwhile(ActionRefused):
    """Somebody, or the person elsewhere, has answered since the page was opened; nothing was saved.

    :ivar newest: that answer.
    """

    def __init__(self, newest: Answer) -> None:
        super().__init__(
            _(
                "This was answered after you opened the page, as it stands above. What you said now was not saved: "
                "answer again if it is to take the place of that."
            )
        )
        self.newest = newest


@transaction.atomic
def answer(
    *,
    membership: Membership,
    standing: Standing,
    item_id: int,
    shown_sha256: str,
    answered: int | None,
    given: Given,
    at: dt.datetime,
) -> Answer:
    """One person's answer to one item that is asked of them. The same said twice, as by a double click, is one answer.

    :param shown_sha256: the hash of what the page showed.
    :param answered: the newest answer (by id) that the page knew of.
    :raises ContentChanged: when it shows something else by now; nothing is saved.
    :raises AnsweredMeanwhile: when something else was answered meanwhile.
    :raises ActionRefused: when the item is not asked of them, or what was given does not answer it.
    """
    audit.lock_shared(membership.organization_id)
    lock_membership(membership)
    newest = newest_answer(membership, item_id=item_id)
    if newest and _is_said_twice(newest, answered, shown_sha256, given, membership):
        let_go(membership, item_id, newest, at, digests=given.uploads)
        return newest
    tasks = task_list(membership, standing, at=at)
    task = next((task for task in tasks.tasks if task.item_id == item_id), None)
    if task is None:
        raise ActionRefused(_("This question is no longer asked of you."))
    shown = render_task(membership, tasks, item_id)
    _check_shown(shown, shown_sha256)
    _check_answered(newest, answered)
    saved = _save(shown, given, membership=membership, team=None, by=membership, at=at)
    if given.kind == Kind.UNSURE and given.draft:
        save_draft(membership=membership, item=shown.revision.item, data=given.draft, at=at)
    else:
        AnswerDraft.objects.filter(membership=membership, item_id=item_id).delete()
    if given.kind == Kind.UNSURE:
        _ask(shown, given, membership, contact_for(membership, tasks.decisions, task.contact_id), at)
    else:
        close_settled(by=membership, item_id=item_id, at=at)
    settle_people(organization=membership.organization, members=[membership.pk], at=at)
    return saved


@transaction.atomic
def answer_shared(
    *,
    by: Membership,
    team: Team | None,
    item_id: int,
    shown_sha256: str,
    answered: int | None,
    given: Given,
    at: dt.datetime,
) -> Answer:
    """The answer to an item of a shared checklist, for a team or (None) for the organization; as :func:`answer`.

    Whoever is not sure asks the contact, where there is anybody else to ask.

    :raises ContentChanged: when it shows something else by now.
    :raises AnsweredMeanwhile: when something else was answered meanwhile, by whomever.
    :raises ActionRefused: when it is not asked, answers itself, or what was given does not answer it.
    """
    audit.lock_shared(by.organization_id)
    asked = shared_asked(by.organization, team=team, item_id=item_id, at=at)
    if asked and asked.answers_itself:
        raise ActionRefused(answers_itself())
    Item.objects.select_for_update(no_key=True).get(pk=item_id, organization=by.organization)
    newest = newest_shared_answer(by.organization, item_id=item_id, team_id=team.pk if team else None)
    if newest and _is_said_twice(newest, answered, shown_sha256, given, by):
        let_go(by, item_id, newest, at, digests=given.uploads)
        return newest
    shown = render_shared(by, team=team, item_id=item_id, at=at)
    _check_shown(shown, shown_sha256)
    _check_answered(newest, answered)
    saved = _save(shown, given, membership=None, team=team, by=by, at=at)
    contact = shared_contact_for(by, team=team, item_id=item_id, at=at) if given.kind == Kind.UNSURE else None
    if contact:
        _ask(shown, given, by, contact, at)
    elif given.kind != Kind.UNSURE:
        close_settled(by=by, item_id=item_id, at=at)
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


def answers_itself() -> str:
    """Why nobody's word is taken where the product itself knows the answer."""
    return _("Nobody answers this by hand: it answers itself as soon as it is so. Nothing was saved.")


@transaction.atomic
def save_draft(*, membership: Membership, item: Item, data: Mapping[str, Any], at: dt.datetime) -> None:
    """Keep what is half typed; only the person sees it, and it goes when they answer."""
    AnswerDraft.objects.update_or_create(
        organization=membership.organization,
        membership=membership,
        item=item,
        defaults={"data": dict(data), "saved_at": at},
    )


def _check_shown(shown: ShownItem, shown_sha256: str) -> None:
    if shown.sha256 != shown_sha256:
        before = Snapshot.objects.filter(organization_id=shown.revision.organization_id, sha256=shown_sha256).first()
        raise ContentChanged(shown, json.loads(before.content) if before else None)


def _is_said_twice(newest: Answer, answered: int | None, shown_sha256: str, given: Given, by: Membership) -> bool:
    """Whether the newest answer is this one, sent before from the same page."""
    is_own = newest.pk != answered and newest.by_id == by.user_id
    return is_own and newest.snapshot.sha256 == shown_sha256 and says_the_same(newest, given)


def _check_answered(newest: Answer | None, answered: int | None) -> None:
    if newest and newest.pk != answered:
        raise AnsweredMeanwhile(newest)


def _save(
    shown: ShownItem, given: Given, *, membership: Membership | None, team: Team | None, by: Membership, at: dt.datetime
) -> Answer:
    completes = judge(shown.revision, given)
    organization = by.organization
    today = clock.day_of(at, organization.timezone)
    saved = Answer.objects.create(
        organization=organization,
        membership=membership,
        team=team,
        item_id=shown.revision.item_id,
        revision=shown.revision,
        snapshot=audit.keep_snapshot(shown.content, organization_id=organization.pk, bases=shown.bases, at=at),
        kind=given.kind,
        value=given.value,
        text=audit.keep_text(given.text.strip(), organization_id=organization.pk) if given.text.strip() else None,
        completes=completes,
        valid_until=today + relativedelta(months=shown.revision.valid_months) if completes else None,
        at=at,
        by=by.user,
    )
    evidence = attach(saved, given, by=by, at=at)
    _look_again_when_it_runs_out(saved)
    _log(saved, evidence, at)
    return saved


def _look_again_when_it_runs_out(saved: Answer) -> None:
    if saved.valid_until and saved.membership:
        days = (saved.valid_until + dt.timedelta(days=days) for days in (-DAYS_BEFORE_IT_RUNS_OUT, 1))
        Lapse.objects.bulk_create(
            (Lapse(organization=saved.organization, membership=saved.membership, on=day) for day in days),
            ignore_conflicts=True,
        )


def _log(saved: Answer, evidence: list[Evidence], at: dt.datetime) -> None:
    audit.record(
        "answer.given",
        by=saved.by_id,
        organization_id=saved.organization_id,
        at=at,
        target=f"item:{saved.item_id}",
        answer=saved.pk,
        snapshot=saved.snapshot.sha256,
        kind=saved.kind,
        text_sha256=saved.text.sha256 if saved.text else "",
        evidence=[row.sha256 for row in evidence],
    )


def _ask(shown: ShownItem, given: Given, membership: Membership, contact: Membership, at: dt.datetime) -> None:
    draft = "\n".join([given.draft.get("text", ""), *given.draft.get("link", ())]).strip()
    question = Question.objects.create(
        organization=membership.organization,
        asked_by=membership,
        contact=contact,
        about=f"item:{shown.revision.item_id}",
        title=shown.revision.question,
        text=audit.keep_text(given.text.strip(), organization_id=membership.organization_id),
        draft=audit.keep_text(draft, organization_id=membership.organization_id) if draft else None,
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
