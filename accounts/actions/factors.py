"""Second factors: taken away by their owner, or for somebody who lost theirs."""

import datetime as dt
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import notices
from accounts.actions.authority import refuse_without
from accounts.actions.locks import lock_user
from accounts.actions.sessions import end_sessions
from accounts.actions.sign_ins import record_at_door
from accounts.models import Membership, User
from accounts.queries import SECOND_FACTORS, is_in_one_organization, organizations_requiring
from accounts.rights import Right
from operations.errors import ActionRefused


@transaction.atomic
def remove_factor(*, user: User, factor_id: int, at: dt.datetime) -> None:
    """Take a passkey or the authenticator app off one's own account; with the last one the recovery codes go.

    :raises ActionRefused: it is gone already, or it is the last one and an organization requires one.
    """
    lock_user(user)
    factors = {one.pk: one for one in Authenticator.objects.filter(user=user, type__in=SECOND_FACTORS)}
    factor = factors.pop(factor_id, None)
    if factor is None:
        raise ActionRefused(_("It is gone already."))
    if not factors:
        _refuse_where_required(user)
        Authenticator.objects.filter(user=user).delete()
    else:
        factor.delete()
    record_at_door("factor.removed", user=user, by=user.pk, at=at, kind=factor.type)
    notices.tell_factor_removed(user, is_last=not factors)


@transaction.atomic
def remove_factors(*, user: User, by: UUID | None, at: dt.datetime) -> int:
    """Take every second factor and all recovery codes off an account: it is erased, or its owner lost theirs.

    :param by: who does; None for the installation's operator.
    :returns: how many there were.
    """
    lock_user(user)
    factors = Authenticator.objects.filter(user=user)
    kinds = sorted(factors.values_list("type", flat=True))
    if kinds:
        factors.delete()
        record_at_door("factor.removed", user=user, by=by, at=at, kinds=kinds)
    return len(kinds)


@transaction.atomic
def reset_second_factor(*, user: User, by: UUID | None, at: dt.datetime) -> None:
    """Help somebody who lost their phone and their recovery codes: their factors go, every session ends, they are told.

    Whoever asks for it gains nothing by it: who signs in still needs the password, or the person's mail.

    :param by: the owner who does; None for the installation's operator.
    :raises ActionRefused: there is no second factor.
    """
    if not remove_factors(user=user, by=by, at=at):
        raise ActionRefused(_("%(person)s has no second factor.") % {"person": user})
    end_sessions(user=user, by=by, at=at)
    notices.tell_factors_reset(user)


@transaction.atomic
def reset_factors_of(*, person: Membership, by: Membership, at: dt.datetime) -> None:
    """The same by an owner, for somebody who belongs to their organization alone: it is no other's to decide.

    :raises ActionRefused: ``by`` may not grant access; the person is somewhere else too; there is no second factor.
    """
    refuse_without(Right.ACCESS_GRANT, by)
    if person.user_id == by.user_id:
        raise ActionRefused(_("Your own you change under “Sign-in and security”."))
    if not is_in_one_organization(person.user):
        raise ActionRefused(_("They belong elsewhere too: only whoever runs Wayleave can reset it."))
    reset_second_factor(user=person.user, by=by.user_id, at=at)


def _refuse_where_required(user: User) -> None:
    requiring = organizations_requiring(user)
    if requiring:
        raise ActionRefused(
            _("%(organization)s requires a second factor, and this is your last one. Add another first.")
            % {"organization": requiring[0]}
        )
