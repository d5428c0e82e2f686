"""The signing itself. A sign-off knows no subject: what follows from its outcome is the caller's."""

import datetime as dt
import json
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import AccessPeriod, Membership, Organization
from audit.actions import keep_text, record
from audit.models import FreeText, Snapshot
from audit.queries import is_withdrawn
from governance import notices
from governance.actions.conditions import Condition, described, keep_conditions, lay_over
from governance.models import Signature, SignOff, SignOffParty, SignOffStage
from governance.queries.sign_offs import Plan, can_be_finished, has_been_joined, to_be_signed
from operations.errors import ActionRefused
from operations.templatetags.dates import moment


def open_sign_off(
    *, organization: Organization, snapshot: Snapshot, plan: Plan, by: Membership, at: dt.datetime
) -> SignOff:
    """Freeze what is to be signed, by whom and in which order, and tell those whose turn it is.

    :param snapshot: its content names its ``kind`` (one of ``SIGN_OFF_PAGES``), its ``title`` and, if it has one, its ``code``.
    :raises ActionRefused: when the plan has an obstacle.
    """
    if plan.obstacle:
        raise ActionRefused(plan.obstacle)
    named = json.loads(snapshot.content)
    sign_off = SignOff.objects.create(
        organization=organization,
        kind=named["kind"],
        title=named["title"][:300],
        code=named.get("code", ""),
        snapshot=snapshot,
        submitted_by_id=by.user_id,
        submitted_at=at,
        is_sole=plan.is_sole,
    )
    for position, planned in enumerate(plan.stages, start=1):
        stage = SignOffStage.objects.create(
            organization=organization, sign_off=sign_off, position=position, group=planned.group, name=planned.name
        )
        SignOffParty.objects.bulk_create(
            SignOffParty(
                organization=organization, stage=stage, user=party.user, may_sign=party.may_sign, reason=party.reason
            )
            for party in planned.parties
        )
    sign_off.sealed_at = at
    sign_off.save(update_fields=["sealed_at"])
    notices.tell_signers(organization, at=at, sign_off=sign_off)
    return sign_off


def lock_sign_off(sign_off: SignOff) -> SignOff:
    """The sign-off as it stands now, locked until the transaction ends."""
    rows = SignOff.objects.select_for_update(of=("self",)).select_related("snapshot", "organization")
    return rows.get(pk=sign_off.pk)


def is_last(stage: SignOffStage) -> bool:
    """Whether no stage comes after this one; stages are frozen, so no lock is needed to know."""
    return not SignOffStage.objects.filter(sign_off_id=stage.sign_off_id, position__gt=stage.position).exists()


def say(
    *,
    sign_off: SignOff,
    stage: SignOffStage,
    by: Membership,
    word: str,
    shown_sha256: str,
    at: dt.datetime,
    comment: FreeText | None = None,
    conditions: Sequence[Condition] = (),
) -> Signature:
    """One person's word on one stage of a locked sign-off; closes it when the word decides, and tells whose turn is next.

    :param shown_sha256: of :func:`governance.queries.sign_offs.to_be_signed`.
    :param conditions: under which it is signed; later stages see and sign them too.
    :raises ActionRefused: when it is not this person's turn, the page showed something else, what is to be signed has been
        judged to have changed, or a condition says nothing that somebody could meet.
    """
    _check_turn(sign_off, stage, by)
    snapshot = to_be_signed(sign_off)
    if shown_sha256 != snapshot.sha256:
        raise ActionRefused(_("The page did not show what is to be signed. Read it again, then decide."))
    if word == Signature.Word.SIGNED:
        _check_stands(sign_off, at=at)
        _check_finishable(sign_off, stage, by)
    onward = lay_over(snapshot, conditions, stage=stage, by=by, at=at)
    signature = Signature.objects.create(
        organization_id=sign_off.organization_id,
        sign_off=sign_off,
        stage=stage,
        user_id=by.user_id,
        membership=by,
        word=word,
        comment=comment,
        snapshot=snapshot,
        onward_snapshot=onward,
        at=at,
    )
    keep_conditions(signature, conditions)
    _record(signature, **described(conditions))
    if word != Signature.Word.SIGNED:
        close(sign_off=sign_off, outcome=word, at=at)
    elif is_last(stage):
        close(sign_off=sign_off, outcome=SignOff.Outcome.APPROVED, at=at)
    else:
        notices.withdraw_turn(sign_off, organization=by.organization, at=at)
        notices.tell_signers(by.organization, at=at, sign_off=sign_off)
    return signature


def said_beside(comment: str, *, by: Membership) -> FreeText | None:
    """What a signer typed beside their signature, kept apart; nothing where they typed nothing."""
    return keep_text(comment.strip(), organization_id=by.organization_id) if comment.strip() else None


@transaction.atomic
def note_refusal(
    *, sign_off: SignOff, stage: SignOffStage, by: Membership, word: str, because: str, at: dt.datetime
) -> None:
    """Log that somebody's word was not taken; what they were told is kept apart, because it names people.

    :param because: the sentence of the ``ActionRefused``.
    """
    text = keep_text(because, organization_id=sign_off.organization_id)
    record(
        "sign-off.refused",
        by=by.user_id,
        organization_id=sign_off.organization_id,
        at=at,
        target=f"sign-off:{sign_off.pk}",
        stage=stage.pk,
        word=word,
        because_sha256=text.sha256,
    )


def _record(signature: Signature, **data: object) -> None:
    onward = {"onward": signature.onward_snapshot.sha256} if signature.onward_snapshot else {}
    record(
        f"sign-off.{signature.word}",
        by=signature.user_id,
        organization_id=signature.organization_id,
        at=signature.at,
        target=f"sign-off:{signature.sign_off_id}",
        stage=signature.stage_id,
        snapshot=signature.snapshot.sha256,
        comment=signature.comment.sha256 if signature.comment else "",
        **onward,
        **data,
    )


def close(*, sign_off: SignOff, outcome: str, at: dt.datetime) -> None:
    """End a locked sign-off; the database holds it to the signatures. It waits for nobody any more."""
    sign_off.outcome, sign_off.closed_at = outcome, at
    sign_off.save(update_fields=["outcome", "closed_at"])
    notices.withdraw_turn(sign_off, organization=sign_off.organization, at=at)


def _check_turn(sign_off: SignOff, stage: SignOffStage, by: Membership) -> None:
    if stage.sign_off_id != sign_off.pk:
        raise ActionRefused(_("This stage belongs to something else."))
    signed = {signature.stage_id: signature for signature in sign_off.signatures.select_related("user")}
    if stage.pk in signed:
        raise ActionRefused(
            _("%(person)s has already decided for %(group)s, %(when)s.")
            % {"person": signed[stage.pk].user, "group": stage.name, "when": moment(signed[stage.pk].at)}
        )
    if sign_off.outcome != SignOff.Outcome.PENDING:
        raise ActionRefused(
            _("This is no longer waiting for signatures: it is “%(outcome)s”.")
            % {"outcome": sign_off.get_outcome_display()}
        )
    _check_may_sign(sign_off, stage, by)
    if any(signature.user_id == by.user_id for signature in signed.values()):
        raise ActionRefused(_("You have already signed another stage of this; one person signs one stage."))
    earlier = sign_off.stages.filter(position__lt=stage.position).exclude(pk__in=signed).first()
    if earlier:
        raise ActionRefused(
            _("%(earlier)s signs before %(this)s; you will be told when it is your turn.")
            % {"earlier": earlier.name, "this": stage.name}
        )


def _check_may_sign(sign_off: SignOff, stage: SignOffStage, by: Membership) -> None:
    if not AccessPeriod.objects.open().filter(membership=by).exists():
        raise ActionRefused(_("You no longer belong to this organization."))
    parties = SignOffParty.objects.filter(stage__sign_off=sign_off, user_id=by.user_id)
    barred = parties.filter(may_sign=False).first()
    if barred:
        raise ActionRefused(
            _("You proposed this, so you can't sign it.")
            if barred.reason == SignOffParty.Reason.PROPOSED
            else _("You edited this, so you can't sign it.")
        )
    if not parties.filter(stage=stage).exists():
        raise ActionRefused(
            _("You were not among the people who may sign for %(group)s when this was submitted.")
            % {"group": stage.name}
        )
    if has_been_joined(sign_off):
        raise ActionRefused(
            _("Somebody has joined since this was submitted, so you can't approve alone. Withdraw it and submit again.")
        )


def _check_stands(sign_off: SignOff, *, at: dt.datetime) -> None:
    """Nobody signs what is known to be no longer so."""
    if SignOff.objects.filter(is_withdrawn("snapshot_id", at=at), pk=sign_off.pk).exists():
        raise ActionRefused(
            _(
                "Something this rests on was judged to have changed since it was submitted. Ask for changes: the next "
                "revision shows how it stands now."
            )
        )


def _check_finishable(sign_off: SignOff, stage: SignOffStage, by: Membership) -> None:
    """Signing must leave somebody else for each stage to come."""
    later = sign_off.stages.filter(position__gt=stage.position).prefetch_related("parties")
    taken = {by.user_id, *sign_off.signatures.values_list("user_id", flat=True)}
    able = {one.name: {party.user_id for party in one.parties.all() if party.may_sign} - taken for one in later}
    stuck = can_be_finished(able)
    if stuck:
        raise ActionRefused(
            _("If you sign for %(this)s, nobody is left to sign for %(later)s. Let somebody else of %(this)s sign.")
            % {"this": stage.name, "later": stuck}
        )
