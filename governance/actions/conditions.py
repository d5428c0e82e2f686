"""Signing with conditions, saying that one is met, and what happens where nobody does."""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Membership
from accounts.queries import KeeperNow, may_keep
from audit.actions import keep_snapshot, keep_text, lock_exclusive, record
from audit.models import Snapshot
from governance import notices
from governance.actions import force
from governance.actions.moves import lock
from governance.models import RouteDecision, Signature, SignatureCondition, SignOffStage
from governance.queries.conditions import to_be_met, unmet_of
from operations import clock
from operations.errors import ActionRefused
from operations.sweeps import each
from operations.templatetags.dates import day


@dataclass(frozen=True)
class Condition:
    """Something somebody signs under: in the organization's words, who sees to it, by when; whether it suspends if unmet."""

    text: str
    keeper: Membership
    due_on: dt.date
    suspends: bool = False


def lay_over(
    snapshot: Snapshot, conditions: Sequence[Condition], *, stage: SignOffStage, by: Membership, at: dt.datetime
) -> Snapshot | None:
    """What a signature with these conditions hands on to the stages after it; nothing where it has none.

    :raises ActionRefused: when one says nothing, its day has passed, or its keeper can't keep anything here.
    """
    if not conditions:
        return None
    _check(conditions, by=by, at=at)
    content = json.loads(snapshot.content)
    bases = content.pop("rests_on")
    laid = [
        {
            "stage": stage.position,
            "group": stage.name,
            "position": position,
            "text": one.text.strip(),
            "keeper": one.keeper.pk,
            "due_on": one.due_on.isoformat(),
            "suspends": one.suspends,
        }
        for position, one in enumerate(conditions, start=1)
    ]
    content["signed_with"] = [*content.get("signed_with", []), *laid]
    return keep_snapshot(content, organization_id=snapshot.organization_id, bases=bases, at=at)


def keep_conditions(signature: Signature, conditions: Sequence[Condition]) -> None:
    """The rows of a signature that was just made."""
    SignatureCondition.objects.bulk_create(
        SignatureCondition(
            organization_id=signature.organization_id,
            signature=signature,
            position=position,
            text=one.text.strip(),
            keeper=one.keeper,
            due_on=one.due_on,
            suspends=one.suspends,
        )
        for position, one in enumerate(conditions, start=1)
    )


@transaction.atomic
def meet_condition(
    *, condition: SignatureCondition, by: Membership, said: str, at: dt.datetime, link: str = ""
) -> SignatureCondition:
    """The keeper's word that a condition is met, once; what was suspended for want of it is resumed by a manager.

    :raises ActionRefused: when somebody else keeps it, it is met already or does not bind, or nothing was typed.
    """
    rows = SignatureCondition.objects.select_for_update(of=("self",)).filter(organization=by.organization)
    row = rows.annotate(keeper_now=KeeperNow("organization_id", "keeper_id")).get(pk=condition.pk)
    if row.met_at is not None:
        raise ActionRefused(_("Somebody has already said that this is met."))
    if row.keeper_now != by.pk:
        raise ActionRefused(_("Only whoever sees to it says that it is met."))
    if not to_be_met(by.organization).filter(pk=row.pk).exists():
        raise ActionRefused(_("What was signed under this condition is not in force, so it binds nobody now."))
    if not said.strip():
        raise ActionRefused(_("Say in a sentence how it was met: whoever proves it later has only that."))
    row.met_at, row.met_by = at, by.user
    row.met_text = keep_text(said.strip(), organization_id=by.organization_id)
    row.met_link = keep_text(link.strip(), organization_id=by.organization_id) if link.strip() else None
    row.save(update_fields=["met_at", "met_by", "met_text", "met_link"])
    notices.withdraw_condition(row, organization=by.organization, at=at)
    record(
        "condition.met",
        by=by.user_id,
        organization_id=by.organization_id,
        at=at,
        target=f"sign-off:{row.signature.sign_off_id}",
        condition=row.pk,
        said=row.met_text.sha256,
        link=row.met_link.sha256 if row.met_link else "",
    )
    return row


def suspend_unmet(*, at: dt.datetime) -> int:
    """Suspend what was signed on condition that is not met after its day; safe to run twice, late, or at once.

    :returns: how many decisions were suspended.
    :raises SomeFailed: one could not be; the others are.
    """
    # Compared with tomorrow: whose day is over where the organization is, each one looks for itself.
    unmet = SignatureCondition.objects.filter(suspends=True, met_at__isnull=True, due_on__lte=at.date())
    here = RouteDecision.objects.filter(status=RouteDecision.Status.APPROVED, organization__locked_at__isnull=True)
    here = here.exclude(outcome=RouteDecision.Outcome.NOT_ALLOWED)
    waiting = here.filter(Q(sign_off__signatures__conditions__in=unmet) | Q(carried__condition__in=unmet)).distinct()
    return each((f"decision:{one.pk}", partial(_suspend_one, one, at=at)) for one in waiting)


@transaction.atomic
def _suspend_one(decision: RouteDecision, *, at: dt.datetime) -> int:
    lock_exclusive(decision.organization_id)
    decision = lock(decision)
    rows = unmet_of(decision, before=clock.day_of(at, decision.organization.timezone))
    # Locked: whoever says at this moment that one is met has said it in time.
    unmet = "; ".join(one.text for one in rows.select_for_update(of=("self",)))
    if decision.status != RouteDecision.Status.APPROVED or not unmet:
        return 0
    because = _("Signed on condition, and not met: %(text)s") % {"text": unmet}
    force.suspend_by_calendar(decision=decision, because=because, at=at)
    notices.tell_keeper_of_suspension(decision, at=at)
    return 1


def _check(conditions: Sequence[Condition], *, by: Membership, at: dt.datetime) -> None:
    today = clock.day_of(at, by.organization.timezone)
    keepers = set(may_keep(by.organization).values_list("pk", flat=True))
    for one in conditions:
        if not one.text.strip():
            raise ActionRefused(_("Say what the condition is."))
        if one.due_on < today:
            raise ActionRefused(_("A condition can't have been due on %(day)s.") % {"day": day(one.due_on)})
        if one.keeper.pk not in keepers:
            raise ActionRefused(_("Whoever sees to a condition has to manage or own the organization."))


def described(conditions: Sequence[Condition]) -> dict[str, Any]:
    """What the log says of them: how many, by no word of theirs."""
    return {"conditions": len(conditions)} if conditions else {}
