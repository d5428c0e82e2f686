"""Asking somebody to join, and joining."""

import datetime as dt
from collections.abc import Iterable
from typing import TypeVar

from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from accounts.actions.authority import (
    refuse_foreign,
    refuse_group,
    refuse_level_above,
    refuse_overtaken,
    refuse_without,
)
from accounts.actions.locks import (
    lock_job_role,
    lock_membership,
    lock_organization,
    lock_sign_off_group,
    lock_team,
)
from accounts.links import link_of
from accounts.models import (
    AccessPeriod,
    GroupPeriod,
    Invitation,
    JobRole,
    Membership,
    Organization,
    Placement,
    SignOffGroup,
    Team,
    User,
)
from accounts.queries import active_memberships, leaves_the_house, must_prove_address, resendable
from accounts.rights import Right, needs_password
from audit import actions as audit
from audit import canonical
from operations.errors import ActionRefused

DAYS = 14
RENEWED = ("round", "is_mailed", "invited_by", "sent_at", "expires_at")
Place = TypeVar("Place", Team, JobRole, SignOffGroup)


@transaction.atomic
def invite(
    *,
    email: str,
    by: Membership,
    at: dt.datetime,
    name: str = "",
    level: str = AccessPeriod.Level.MEMBER,
    team: Team | None = None,
    job_role: JobRole | None = None,
    group: SignOffGroup | None = None,
) -> Invitation:
    """Ask an address to join; the mail leaves with the transaction.

    :raises ActionRefused: they belong already or are invited already; the place holds more than ``by`` does.
    """
    email = email.strip().lower()
    organization = lock_organization(by.organization_id)
    held = refuse_without(Right.PEOPLE_MANAGE, by)
    if organization.is_solo:
        raise ActionRefused(_("You work alone here. Make it a company first, then invite people."))
    _refuse_unless_may_grant(held, level, group)
    refuse_foreign(by, team, job_role, group)
    if level == AccessPeriod.Level.GUEST and (group is None or team or job_role):
        raise ActionRefused(_("An outside signer signs for a group, and has neither team nor job role."))
    if active_memberships(organization).filter(user__email=email).exists():
        raise ActionRefused(_("%(email)s belongs to the organization already.") % {"email": email})
    if organization.invitations.filter(email=email, accepted_at=None, withdrawn_at=None).exists():
        raise ActionRefused(_("%(email)s is invited already. You can send that invitation again.") % {"email": email})
    invitation = Invitation.objects.create(
        organization=organization,
        email=email,
        name=name.strip(),
        level=level,
        team=team,
        job_role=job_role,
        group=group,
        invited_by_id=by.user_id,
        invited_at=at,
        sent_at=at,
        expires_at=at + dt.timedelta(days=DAYS),
        is_mailed=leaves_the_house(organization),
    )
    _record("invitation.sent", invitation, by=by.user_id, at=at, level=level, group=group.pk if group else None)
    _mail(invitation).send()
    return invitation


def invite_all(
    *,
    organization: Organization,
    places: Iterable[tuple[str, str, Team | None, JobRole | None]],
    by: Membership,
    at: dt.datetime,
) -> None:
    """Ask many addresses to join as members, in the transaction of an import, which has locked and checked, and logs it.

    :param places: of each the address, the name, and where they will work.
    """
    invitations = Invitation.objects.bulk_create(
        Invitation(
            organization=organization,
            email=email,
            name=name,
            team=team,
            job_role=job_role,
            invited_by=by.user,
            invited_at=at,
            sent_at=at,
            expires_at=at + dt.timedelta(days=DAYS),
            is_mailed=leaves_the_house(organization),
        )
        for email, name, team, job_role in places
    )
    if invitations:
        get_connection().send_messages([_mail(invitation) for invitation in invitations])


@transaction.atomic
def resend(*, invitation: Invitation, by: Membership, at: dt.datetime) -> Invitation:
    """Send it again with a new link and a new expiry; older links open nothing any more.

    :raises ActionRefused: it is accepted or withdrawn; its place holds more than ``by`` does.
    """
    invitation = _lock(invitation)
    refuse_foreign(by, invitation)
    _refuse_unless_may_grant(refuse_without(Right.PEOPLE_MANAGE, by), invitation.level, invitation.group)
    _refuse_settled(invitation)
    _renew(invitation, by=by, at=at)
    invitation.save(update_fields=RENEWED)
    _record("invitation.resent", invitation, by=by.user_id, at=at, round=invitation.round)
    _mail(invitation).send()
    return invitation


@transaction.atomic
def resend_all(*, seen: str, by: Membership, at: dt.datetime) -> int:
    """Send every open or expired invitation again whose place ``by`` could give; older links open nothing any more.

    :param seen: the digest of those that the page counted; when it would be others by now, none is sent.
    :returns: how many were sent.
    :raises ActionRefused: it would be others by now; ``by`` may not invite.
    """
    organization = lock_organization(by.organization_id)
    held = refuse_without(Right.PEOPLE_MANAGE, by)
    waiting = resendable(organization, held=held).order_by("pk").select_for_update(no_key=True, of=("self",))
    invitations = list(waiting)
    digest = canonical.digest_of_ids([invitation.pk for invitation in invitations])
    if digest != seen:
        raise ActionRefused(_("Who is invited has changed since you looked. Look again, then confirm."))
    for invitation in invitations:
        invitation.organization = organization
        _renew(invitation, by=by, at=at)
    Invitation.objects.bulk_update(invitations, RENEWED)
    audit.record(
        "invitation.all_resent",
        by=by.user_id,
        organization_id=organization.pk,
        at=at,
        target=f"organization:{organization.pk}",
        count=len(invitations),
        invitations=digest,
    )
    get_connection().send_messages([_mail(invitation) for invitation in invitations])
    return len(invitations)


@transaction.atomic
def withdraw(*, invitation: Invitation, by: Membership, at: dt.datetime) -> Invitation:
    """Take an invitation back; its links open nothing any more.

    :raises ActionRefused: it is accepted or withdrawn; its place holds more than ``by`` does.
    """
    invitation = _lock(invitation)
    refuse_foreign(by, invitation)
    _refuse_unless_may_grant(refuse_without(Right.PEOPLE_MANAGE, by), invitation.level, invitation.group)
    _refuse_settled(invitation)
    invitation.withdrawn_at = at
    invitation.save(update_fields=["withdrawn_at"])
    _record("invitation.withdrawn", invitation, by=by.user_id, at=at)
    return invitation


@transaction.atomic
def accept(
    *, invitation: Invitation, round: int, user: User | None, at: dt.datetime, name: str = "", password: str = ""
) -> Membership:
    """Join: somebody who has an account as themselves, somebody new with a name and, where it is needed, a password.

    :param round: the round that the link carried.
    :param user: who is signed in; None makes the account.
    :raises ActionRefused: the link is old, expired, withdrawn or used; whoever sent it could no longer give the place;
        the account is another one, or nobody ever saw that its address is theirs; a password is missing.
    """
    lock_organization(invitation.organization_id)
    invitation = _lock(invitation)
    refuse_unusable(invitation, round=round, at=at)
    if user is None:
        user = _new_user(invitation, name=name, password=password, at=at)
    else:
        _refuse_other_person(invitation, user)
    membership = _join(invitation, user, at=at)
    invitation.accepted_at = at
    invitation.accepted_by = user
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    _record("invitation.accepted", invitation, by=user.pk, at=at, membership=membership.pk)
    return membership


def refuse_unusable(invitation: Invitation, *, round: int, at: dt.datetime) -> None:
    """:raises ActionRefused: the link can't be used (any more); the sentence says why."""
    _refuse_settled(invitation)
    if invitation.organization.locked_at is not None:
        raise ActionRefused(_("This organization is closed."))
    if round != invitation.round:
        raise ActionRefused(_("A newer invitation was sent since: use the link in the latest mail."))
    if invitation.expires_at <= at:
        raise ActionRefused(_("This invitation has expired. Ask whoever invited you to send it again."))
    if not _may_still_invite(invitation):
        raise ActionRefused(
            _("Whoever sent this invitation may no longer give what it offers. Ask for it to be sent again.")
        )


def _may_still_invite(invitation: Invitation) -> bool:
    """Whoever sent the link last vouches for the place until it is taken: a level or group they could give today."""
    sender = Membership.objects.filter(organization=invitation.organization, user=invitation.invited_by).first()
    if sender is None:
        return False
    try:
        _refuse_unless_may_grant(refuse_without(Right.PEOPLE_MANAGE, sender), invitation.level, invitation.group)
    except ActionRefused:
        return False
    return True


def _refuse_other_person(invitation: Invitation, user: User) -> None:
    if user.email != invitation.email:
        raise ActionRefused(
            _("This invitation is for %(email)s. Sign in with that address.") % {"email": invitation.email}
        )
    if must_prove_address(user):
        raise ActionRefused(
            _("Confirm first, with a code, that mail to %(email)s reaches you.") % {"email": user.email}
        )


def _new_user(invitation: Invitation, *, name: str, password: str, at: dt.datetime) -> User:
    """The account of the address. A mailed link proves that it is theirs; whoever was handed one could be anybody."""
    if User.objects.filter(email=invitation.email).exists():
        raise ActionRefused(_("There is an account for %(email)s: sign in first.") % {"email": invitation.email})
    if not password and needs_password(level=invitation.level, is_signer=invitation.group_id is not None):
        raise ActionRefused(_("Choose a password: what you will do here is confirmed with it."))
    return User.objects.create_user(
        invitation.email,
        password or None,
        name=name.strip() or invitation.name,
        date_joined=at,
        address_proved_at=at if invitation.is_mailed else None,
    )


def _join(invitation: Invitation, user: User, *, at: dt.datetime) -> Membership:
    """The membership with the place that waited; somebody who comes back continues the one they had."""
    membership, _is_new = Membership.objects.get_or_create(
        organization=invitation.organization, user=user, defaults={"created_at": at}
    )
    membership = lock_membership(membership)
    if AccessPeriod.objects.open().filter(membership=membership).exists():
        raise ActionRefused(_("You belong to this organization already."))
    refuse_overtaken(at, membership.access_periods.all(), membership.placements.all())
    starts = {
        "organization": invitation.organization,
        "membership": membership,
        "started_at": at,
        "started_by_id": invitation.invited_by_id,
    }
    AccessPeriod.objects.create(level=invitation.level, **starts)
    team = _still_in_use(lock_team(invitation.team)) if invitation.team else None
    job_role = _still_in_use(lock_job_role(invitation.job_role)) if invitation.job_role else None
    Placement.objects.create(team=team, job_role=job_role, **starts)
    group = _still_in_use(lock_sign_off_group(invitation.group)) if invitation.group else None
    if group is not None:
        GroupPeriod.objects.create(group=group, **starts)
    return membership


def _still_in_use(place: Place) -> Place | None:
    """What was archived while the invitation waited is nobody's place any more: they are placed by hand."""
    return place if place.archived_at is None else None


def _lock(invitation: Invitation) -> Invitation:
    return (
        Invitation.objects.select_for_update(no_key=True, of=("self",))
        .select_related("organization", "team", "job_role", "group", "invited_by")
        .get(pk=invitation.pk)
    )


def _refuse_unless_may_grant(held: frozenset[Right], level: str, group: SignOffGroup | None) -> None:
    refuse_level_above(held, level)
    if group is not None:
        refuse_group(held)


def _refuse_settled(invitation: Invitation) -> None:
    if invitation.accepted_at is not None:
        raise ActionRefused(_("This invitation has been accepted already."))
    if invitation.withdrawn_at is not None:
        raise ActionRefused(_("This invitation was withdrawn."))


def _renew(invitation: Invitation, *, by: Membership, at: dt.datetime) -> None:
    invitation.round += 1
    invitation.is_mailed = leaves_the_house(invitation.organization)
    invitation.invited_by = by.user
    invitation.sent_at = at
    invitation.expires_at = at + dt.timedelta(days=DAYS)


def _mail(invitation: Invitation) -> EmailMessage:
    """Sent, it is written down in this transaction and leaves after it; to people of no mail system it waits in the outbox."""
    context = {
        "organization": invitation.organization,
        "invited_by": invitation.invited_by,
        "link": link_of(invitation),
        "days": DAYS,
    }
    return EmailMessage(
        subject=_("%(organization)s invites you to Wayleave") % {"organization": invitation.organization.name},
        body=render_to_string("emails/invitation.txt", context),
        to=[invitation.email],
        headers={"X-Wayleave-Organization": str(invitation.organization_id), "X-Wayleave-Kind": "account"},
    )


def _record(action: str, invitation: Invitation, *, by: object, at: dt.datetime, **data: object) -> None:
    audit.record(
        action,
        by=by,  # type: ignore[arg-type]  # users' ids are UUIDs; the stubs know the foreign key's as Any
        organization_id=invitation.organization_id,
        at=at,
        target=f"invitation:{invitation.pk}",
        **data,
    )
