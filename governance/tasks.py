"""Sweeps of governance: what the calendar ends, and who is told again."""

from functools import partial

from celery import shared_task
from django.db.models import Exists, OuterRef

from accounts.models import Organization
from governance import actions
from governance.leaving import tell_nobody_signs
from governance.models import OwnWord, SignatureCondition
from governance.notices import tell_condition_keepers, tell_signers, tell_who_asked
from operations import clock
from operations.sweeps import each, sweep


@shared_task(name="governance.expire_decisions")
@sweep("governance.expire_decisions")
def expire_decisions() -> int:
    """End the decisions whose *until* has passed."""
    return actions.expire(at=clock.now())


@shared_task(name="governance.keep_conditions")
@sweep("governance.keep_conditions")
def keep_conditions() -> int:
    """Suspend what was signed on a condition that is not met after its day; remind those who see to the others."""
    at = clock.now()
    waiting = Organization.objects.filter(
        Exists(SignatureCondition.objects.filter(organization=OuterRef("pk"), met_at__isnull=True)),
        locked_at__isnull=True,
    )
    remind = [(f"organization:{one.pk}", partial(tell_condition_keepers, one, at=at)) for one in waiting]
    return each([("suspend_unmet", partial(actions.suspend_unmet, at=at)), *remind])


@shared_task(name="governance.remind_signers")
@sweep("governance.remind_signers")
def remind_signers() -> int:
    """Write the notices of whoever's turn it is to sign, of whom nobody is left to sign for, and of whoever waits for a vendor's answer that is due.

    The ledger keeps one per person and slot.
    """
    at = clock.now()
    here = Organization.objects.filter(locked_at__isnull=True)
    asked = OwnWord.objects.filter(organization=OuterRef("pk"), kind=OwnWord.Kind.ASKED)
    signers = here.filter(sign_offs__outcome="pending").distinct()
    askers = here.filter(Exists(asked))
    return each(
        [
            *((f"organization:{one.pk}", partial(tell_signers, one, at=at)) for one in signers),
            *((f"organization:{one.pk}", partial(tell_nobody_signs, one, at=at)) for one in signers),
            *((f"organization:{one.pk}", partial(tell_who_asked, one, at=at)) for one in askers),
        ]
    )
