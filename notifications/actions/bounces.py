"""Whom mail doesn't reach: marked when it comes back or by hand, cleared to try again."""

import datetime as dt
import hashlib

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions.locks import lock_membership
from accounts.models import AccessPeriod, Membership
from audit.actions import record
from notifications.models import Bounce, OutgoingMail
from notifications.queries.bounces import standing_bounces


@transaction.atomic
def mark_bouncing(
    *, membership: Membership, by: Membership | None, at: dt.datetime, mail: OutgoingMail | None = None
) -> bool:
    """Mail to this person doesn't arrive: no reminders until somebody says to try again. False if that is known already.

    :param by: who says so; None where a server did.
    :param mail: the message that came back, of the same organization.
    """
    membership = lock_membership(membership)
    if standing_bounces().filter(membership=membership).exists():
        return False
    _close(membership, by=None, at=at)  # what stands there is of an address they had before
    Bounce.objects.create(
        organization_id=membership.organization_id,
        membership=membership,
        address_sha256=hashlib.sha256(membership.user.email.encode()).hexdigest(),
        mail=mail,
        marked_at=at,
        marked_by_id=by.user_id if by else None,
    )
    _record("person.mail_bounced", membership, by=by, at=at, mail=mail.pk if mail else None)
    return True


@transaction.atomic
def try_again(*, membership: Membership, by: Membership, at: dt.datetime) -> None:
    """Mail to this person is tried again: what waited comes with their next digest. Twice is once."""
    membership = lock_membership(membership)
    if _close(membership, by=by, at=at):
        _record("person.mail_tried_again", membership, by=by, at=at)


@transaction.atomic
def note_bounced_mail(mail: OutgoingMail, *, at: dt.datetime) -> int:
    """This message came back from its address for good; returns how many people are marked.

    Of a message that belongs to no organization (a code for signing in) its person is marked wherever they are a member;
    nobody is, where they have another address by now.
    """
    if mail.user is None or mail.user.email != mail.to.lower():
        return 0
    here = Membership.objects.filter(user=mail.user, pk__in=AccessPeriod.objects.open().values("membership_id"))
    if mail.organization_id:
        here = here.filter(organization=mail.organization_id)
    about = {"mail": mail} if mail.organization_id else {}
    return sum(mark_bouncing(membership=one, by=None, at=at, **about) for one in here.order_by("pk"))


@transaction.atomic
def note_returned(mail: OutgoingMail, *, says: str, at: dt.datetime) -> int:
    """A report says that this message, which was sent, came back; once. Returns how many people are marked.

    Nothing is written of mail to somebody who was erased since: what servers say names the address.

    :param says: the server's code and words.
    """
    sent = OutgoingMail.objects.filter(pk=mail.pk, status=OutgoingMail.Status.SENT, last_error="").exclude(to="")
    if not sent.update(last_error=_("Came back: %(says)s") % {"says": says}):
        return 0
    return note_bounced_mail(mail, at=at)


def _close(membership: Membership, *, by: Membership | None, at: dt.datetime) -> int:
    still = Bounce.objects.filter(membership=membership, cleared_at=None)
    return still.update(cleared_at=at, cleared_by=by.user_id if by else None)


def _record(action: str, membership: Membership, *, by: Membership | None, at: dt.datetime, **data: int | None) -> None:
    record(
        action,
        by=by.user_id if by else None,
        organization_id=membership.organization_id,
        at=at,
        target=f"membership:{membership.pk}",
        **data,
    )
