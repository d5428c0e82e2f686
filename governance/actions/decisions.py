"""From a draft to a decision in force: propose, edit, submit, sign or refuse, withdraw."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from accounts.models import AccessPeriod, Membership
from accounts.queries import may_keep
from audit.actions import keep_snapshot, keep_text, lock_exclusive, lock_shared, record, snapshot_digest
from catalog.models import AccessRoute
from governance import notices
from governance.actions import force, sign_offs
from governance.actions.conditions import Condition
from governance.actions.drafts import DraftChanged, lock_draft, note_editor
from governance.actions.moves import check_move, lock, move, typed
from governance.actions.scopes import EDITABLE, LineOfScope, copy_scope, lines_of, set_scope, stamp_of
from governance.models import (
    CarriedCondition,
    DecisionMove,
    RouteDecision,
    Signature,
    SignatureCondition,
    SignOff,
    SignOffStage,
)
from governance.queries.conditions import under
from governance.queries.decisions import HOLDING
from governance.queries.permission_modes import permission_modes
from governance.queries.revisions import missing_of, obstacle_to_withdrawal
from governance.queries.sign_offs import plan_of
from governance.queries.submissions import frozen_content
from operations import clock
from operations.errors import ActionRefused

Status = RouteDecision.Status
COPIED = ("outcome", "until", "why", "conditions", "permission_modes", "review_months", "keeper")
NEVER_APPROVED = frozenset({Status.CHANGES_ASKED, Status.REJECTED, Status.WITHDRAWN})


def propose(*, route: AccessRoute, by: Membership, at: dt.datetime) -> RouteDecision:
    """A new draft revision, begun from the revision that holds, or else from the newest one.

    :raises ActionRefused: when a proposal for the route is already open, or the route is not the organization's to choose.
    """
    if route.organization_id not in {None, by.organization_id} or route.retired_at:
        raise ActionRefused(_not_to_be_chosen())
    try:
        with transaction.atomic():
            source = _begin_from(route, by)
            draft = _new_draft(route=route, source=source, proposed_by=by, at=at)
            if source and source.status in NEVER_APPROVED:
                _keep_editors(source=source, draft=draft, at=at)
            # The draft holds the route by now: whoever archived it before has committed, whoever comes later waits.
            if AccessRoute.objects.filter(pk=route.pk, retired_at__isnull=False).exists():
                raise ActionRefused(_not_to_be_chosen())
            return draft
    except IntegrityError as error:
        raise ActionRefused(_("A decision on this route is already being prepared; go on with that one.")) from error


@transaction.atomic
def edit(
    *,
    decision: RouteDecision,
    by: Membership,
    at: dt.datetime,
    lines: Sequence[LineOfScope] | None = None,
    shown: str | None = None,
    **words: Any,
) -> RouteDecision:
    """Write in a draft; whoever changes anything may not sign it.

    :param lines: the whole scope, where it is written too.
    :param shown: the stamp that the page carried; None writes over whatever stands there.
    :param words: any of ``EDITABLE``.
    :raises DraftChanged: when somebody has written in it since.
    :raises ActionRefused: when it is no draft, the words contradict each other, or the keeper does not belong here.
    """
    decision = lock_draft(decision)
    saved = lines_of(decision)
    if shown not in {None, stamp_of(decision, saved)}:
        raise DraftChanged(_("Nothing was saved: this draft was changed while you were writing."))
    changed = [name for name in EDITABLE if name in words and words[name] != getattr(decision, name)]
    _set_words(decision, {name: words[name] for name in changed}, by=by, at=at)
    if lines is not None and list(lines) != saved:
        set_scope(decision=decision, lines=lines, by=by, at=at)
    return decision


@transaction.atomic
def submit(*, decision: RouteDecision, by: Membership, shown_sha256: str, at: dt.datetime) -> RouteDecision:
    """Freeze what is to be signed and who may and may not sign; from here on nothing of it changes.

    :param shown_sha256: the hash of the content that the page showed.
    :raises ActionRefused: when it is not ready, nobody could sign it, or the page showed something else.
    """
    lock_shared(decision.organization_id)
    decision = lock_draft(decision)
    content, bases = frozen_content(decision)
    _check_ready(decision, content, at)
    if snapshot_digest(content, bases=bases) != shown_sha256:
        raise ActionRefused(_("Something changed since this page was opened. Look again at what will be frozen."))
    plan = plan_of(decision, by=by)
    snapshot = keep_snapshot(content, organization_id=decision.organization_id, bases=bases, at=at)
    decision.sign_off = sign_offs.open_sign_off(
        organization=decision.organization, snapshot=snapshot, plan=plan, by=by, at=at
    )
    move(decision, Status.SUBMITTED, by=by, at=at, snapshot=snapshot.sha256, stages=len(plan.stages))
    return decision


@transaction.atomic
def sign(
    *,
    sign_off: SignOff,
    stage: SignOffStage,
    by: Membership,
    shown_sha256: str,
    at: dt.datetime,
    conditions: Sequence[Condition] = (),
    comment: str = "",
) -> Signature:
    """Sign one stage, if need be with conditions; the last signature puts the decision in force.

    :param comment: what the signer wants to be read beside their signature; not a condition.
    :raises ActionRefused: when it is not this person's turn, the page showed something else, or nobody could meet a condition.
    """
    # The last signature may re-open: its lock first, because a shared one can't be raised without a deadlock.
    (lock_exclusive if sign_offs.is_last(stage) else lock_shared)(sign_off.organization_id)
    sign_off = sign_offs.lock_sign_off(sign_off)
    signature = sign_offs.say(
        sign_off=sign_off,
        stage=stage,
        by=by,
        word=Signature.Word.SIGNED,
        shown_sha256=shown_sha256,
        at=at,
        comment=sign_offs.said_beside(comment, by=by),
        conditions=conditions,
    )
    if sign_off.outcome == SignOff.Outcome.APPROVED:
        notices.tell_proposer(force.approve(decision=sign_off.decision, by=by, at=at), at=at)
    return signature


@transaction.atomic
def ask_for_changes(
    *, sign_off: SignOff, stage: SignOffStage, by: Membership, comment: str, shown_sha256: str, at: dt.datetime
) -> RouteDecision:
    """Send it back with a comment: this revision is closed, and its words go on in a new draft, which is returned.

    :raises ActionRefused: when it is not this person's turn, nothing was typed, or the page showed something else.
    """
    decision = _refuse(sign_off, stage, by, Signature.Word.CHANGES_ASKED, comment, shown_sha256, at)
    proposer = Membership.objects.get(organization_id=decision.organization_id, user_id=decision.proposed_by_id)
    draft = _new_draft(route=decision.route, source=decision, proposed_by=proposer, at=at, moved_by=by)
    _keep_editors(source=decision, draft=draft, at=at)
    return draft


@transaction.atomic
def reject(
    *, sign_off: SignOff, stage: SignOffStage, by: Membership, comment: str, shown_sha256: str, at: dt.datetime
) -> RouteDecision:
    """Say no, with the reason; the revision is closed and returned.

    :raises ActionRefused: when it is not this person's turn, nothing was typed, or the page showed something else.
    """
    return _refuse(sign_off, stage, by, Signature.Word.REJECTED, comment, shown_sha256, at)


@transaction.atomic
def withdraw(*, decision: RouteDecision, by: Membership, at: dt.datetime, reason: str = "") -> RouteDecision:
    """Discard a draft, or take a submission back. The proposer does; a colleague only once the proposer has left.

    :raises ActionRefused: when it is not theirs, or it is decided already.
    """
    sign_off = SignOff.objects.filter(decision=decision).first()
    if sign_off:
        sign_off = sign_offs.lock_sign_off(sign_off)
    decision = lock(decision)
    check_move(decision, Status.WITHDRAWN)
    if decision.status == Status.SUBMITTED and sign_off is None:
        raise ActionRefused(_("This was submitted a moment ago. Look at it again, then withdraw it."))
    here = AccessPeriod.objects.open().filter(organization_id=decision.organization_id)
    has_proposer = here.filter(membership__user_id=decision.proposed_by_id).exists()
    if obstacle := obstacle_to_withdrawal(decision, user_id=by.user_id, has_proposer=has_proposer):
        raise ActionRefused(obstacle)
    if sign_off:
        sign_offs.close(sign_off=sign_off, outcome=SignOff.Outcome.WITHDRAWN, at=at)
    text = keep_text(reason.strip(), organization_id=decision.organization_id) if reason.strip() else None
    move(decision, Status.WITHDRAWN, by=by, at=at, reason=text)
    return decision


def _refuse(
    sign_off: SignOff,
    stage: SignOffStage,
    by: Membership,
    word: str,
    comment: str,
    shown_sha256: str,
    at: dt.datetime,
) -> RouteDecision:
    lock_shared(sign_off.organization_id)
    sign_off = sign_offs.lock_sign_off(sign_off)
    decision = lock(sign_off.decision)
    text = typed(comment, decision=decision)
    sign_offs.say(sign_off=sign_off, stage=stage, by=by, word=word, shown_sha256=shown_sha256, at=at, comment=text)
    move(decision, word, by=by, at=at, reason=text)
    notices.tell_proposer(decision, at=at)
    return decision


def _set_words(decision: RouteDecision, changed: dict[str, Any], *, by: Membership, at: dt.datetime) -> None:
    for name, value in changed.items():
        setattr(decision, name, value)
    _check_words(decision)
    if changed:
        decision.save(update_fields=list(changed))
        note_editor(decision, by=by, at=at)
        _record(decision, "decision.edited", by=by, at=at, fields=list(changed))


def _begin_from(route: AccessRoute, by: Membership) -> RouteDecision | None:
    revisions = RouteDecision.objects.filter(organization_id=by.organization_id, route=route)
    holds = revisions.filter(status__in=[Status.APPROVED, Status.SUSPENDED]).first()
    return holds or revisions.order_by("-number").first()


def _not_to_be_chosen() -> str:
    return _("This route is not one that your organization can choose.")


def _new_draft(
    *,
    route: AccessRoute,
    source: RouteDecision | None,
    proposed_by: Membership,
    at: dt.datetime,
    moved_by: Membership | None = None,
) -> RouteDecision:
    revisions = RouteDecision.objects.filter(organization_id=proposed_by.organization_id, route=route)
    draft = RouteDecision.objects.create(
        organization_id=proposed_by.organization_id,
        route=route,
        number=(revisions.aggregate(last=Max("number"))["last"] or 0) + 1,
        proposed_by_id=proposed_by.user_id,
        proposed_at=at,
        **_words_of(source, proposed_by),
    )
    if source:
        copy_scope(source=source, target=draft)
        _carry_on(source=source, draft=draft)
    note_editor(draft, by=proposed_by, at=at)
    by = moved_by or proposed_by
    DecisionMove.objects.create(
        organization_id=draft.organization_id, decision=draft, to_status=Status.DRAFT, at=at, by_id=by.user_id
    )
    # Whoever sends a revision back did not propose the draft that answers it: the chain says so with another word.
    action = "decision.proposed" if by == proposed_by else "decision.sent_back_as_draft"
    begun = {"proposed_by": str(proposed_by.user_id), "begun_from": source.pk if source else None}
    _record(draft, action, by=by, at=at, route=route.pk, revision=draft.number, **begun)
    return draft


def _record(decision: RouteDecision, action: str, *, by: Membership, at: dt.datetime, **data: object) -> None:
    target = f"decision:{decision.pk}"
    record(action, by=by.user_id, organization_id=decision.organization_id, at=at, target=target, **data)


def _words_of(source: RouteDecision | None, proposed_by: Membership) -> dict[str, Any]:
    """The words that a new draft begins with; its proposer keeps it where nobody does who still may."""
    words: dict[str, Any] = {name: getattr(source, name) for name in COPIED} if source else {}
    if source and source.sign_off_id and source.status not in HOLDING:
        # What somebody signed it with though it never held, or no longer does, goes on as words of its own.
        unmet = SignatureCondition.objects.filter(signature__sign_off=source.sign_off_id, met_at__isnull=True)
        in_order = unmet.order_by("signature__stage__position", "position").values_list("text", flat=True)
        words["conditions"] = "\n".join(text for text in (source.conditions, *in_order) if text)
    if source is None or not may_keep(proposed_by.organization).filter(pk=source.keeper_id).exists():
        words["keeper"] = proposed_by
    return words


def _carry_on(*, source: RouteDecision, draft: RouteDecision) -> None:
    """What the revision that holds was signed with and is not met goes on binding, as it was signed, under the next one."""
    going_on = under(source) if source.status in HOLDING else Q(carried_by__decision=source)
    unmet = SignatureCondition.objects.filter(going_on, organization=draft.organization_id, met_at__isnull=True)
    CarriedCondition.objects.bulk_create(
        CarriedCondition(organization_id=draft.organization_id, decision=draft, condition=one)
        for one in unmet.order_by("pk")
    )


def _keep_editors(*, source: RouteDecision, draft: RouteDecision, at: dt.datetime) -> None:
    """Whoever wrote the words that go on in this draft still may not sign them."""
    for editor in Membership.objects.filter(
        organization_id=draft.organization_id, user_id__in=source.editors.values("user_id")
    ):
        note_editor(draft, by=editor, at=at)


def _check_words(decision: RouteDecision) -> None:
    if (decision.outcome == RouteDecision.Outcome.ALLOWED_UNTIL) != (decision.until is not None):
        raise ActionRefused(_("A date belongs to “allowed until”, and to nothing else."))
    if unknown := set(decision.permission_modes) - {mode.key for mode in permission_modes()}:
        raise ActionRefused(_("There is no such mode: %(modes)s.") % {"modes": ", ".join(sorted(unknown))})
    if not 1 <= decision.review_months <= 24:
        raise ActionRefused(_("A decision is reviewed every 1 to 24 months."))
    if not may_keep(decision.organization).filter(pk=decision.keeper_id).exists():
        raise ActionRefused(_("The keeper has to manage or own the organization."))


def _check_ready(decision: RouteDecision, content: Mapping[str, Any], at: dt.datetime) -> None:
    _check_words(decision)
    today = clock.day_of(at, decision.organization.timezone)
    # That the keeper belongs here has been checked with the words.
    for missing in missing_of(decision, content=content, has_keeper=True, on=today):
        raise ActionRefused(missing.text)
