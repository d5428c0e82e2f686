"""Coming in by the organization's provider: who somebody is by its word, whether they belong, and where they are placed."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions.authority import standing_now
from accounts.actions.invitations import accept
from accounts.actions.locks import lock_job_role, lock_membership, lock_organization, lock_team
from accounts.actions.people import move
from accounts.actions.sign_ins import prove_address
from accounts.models import (
    AccessPeriod,
    JobRole,
    Membership,
    Placement,
    ProviderIdentity,
    SingleSignOn,
    Team,
    User,
)
from accounts.openid.word import Word
from accounts.queries import domain_of, job_role_claimed, keeper_now, speaks_for, team_claimed
from audit import actions as audit
from operations.errors import ActionRefused


@transaction.atomic
def enter(*, sign_on: SingleSignOn, word: Word, at: dt.datetime, already: User | None = None) -> Membership:
    """Let somebody in by the word of the organization's provider, as the person whom it vouches for.

    The first time, that is whoever has the address that the provider has verified, in a domain that is verified to be the
    organization's; from then on the subject decides, so that no change of an address moves an account. Where claims place
    people, they are moved to where theirs lead.

    :param already: who is signed in in the same browser: their own password stays, though nobody had proved their address.
    :returns: the membership, with the user as whom they are signed in.
    :raises ActionRefused: the provider doesn't speak for them, they don't belong, or they operate this installation and are not
        signed in yet; the sentence says whom to ask.
    """
    if not sign_on.is_on:
        raise ActionRefused(_("Single sign-on is turned off here."))
    membership = _known(sign_on, word)
    if membership is None:
        lock_organization(sign_on.organization_id)
        membership = _known(sign_on, word) or _first_let_in(sign_on, word, at=at, already=already)
    _refuse_operator(membership.user, already)
    _place_by_claims(sign_on, membership, word, at=at)
    return membership


@transaction.atomic
def record_provider_refusal(*, sign_on: SingleSignOn, is_test: bool, code: str, at: dt.datetime) -> None:
    """Log that somebody came back from the provider and wasn't let in; who, nobody knows."""
    audit.record(
        "sign-in.refused",
        by=None,
        organization_id=sign_on.organization_id,
        at=at,
        means="single-sign-on",
        is_test=is_test,
        code=code,
    )


def refuse_unvouched(sign_on: SingleSignOn, word: Word) -> None:
    """:raises ActionRefused: the provider's word says nothing about an address that is its to speak for."""
    if not word.email:
        raise ActionRefused(_("The provider didn’t say your e-mail address."))
    if not word.is_verified:
        raise ActionRefused(
            _("The provider doesn’t say that it has verified your address, %(email)s.") % {"email": word.email}
        )
    if not speaks_for(sign_on.organization, word.email):
        raise ActionRefused(
            _("Your address, %(email)s, is of %(domain)s, for which this provider doesn’t speak.")
            % {"email": word.email, "domain": domain_of(word.email)}
        )


def place_claimed(sign_on: SingleSignOn, word: Word) -> tuple[Team | None, JobRole | None]:
    """The team and the job role that the claims lead to; none where they lead nowhere, or aren't asked."""
    return (
        team_claimed(sign_on.organization, word.values(sign_on.team_claim)),
        job_role_claimed(sign_on.organization, word.values(sign_on.job_role_claim)),
    )


def _known(sign_on: SingleSignOn, word: Word) -> Membership | None:
    """Whom the provider has vouched for before, if they belong."""
    membership = _subject(sign_on, word)
    if membership is None or standing_now(membership).level is None:
        return None
    _refuse_switched_off(sign_on, membership.user)
    return membership


def _subject(sign_on: SingleSignOn, word: Word) -> Membership | None:
    """Whose subject it is, while the provider still speaks for their address."""
    identities = ProviderIdentity.objects.filter(
        organization=sign_on.organization_id, issuer=word.issuer, subject=word.subject
    )
    identity = identities.select_related("membership__user", "membership__organization").first()
    if identity is None:
        return None
    if not speaks_for(sign_on.organization, identity.membership.user.email):
        raise ActionRefused(
            _("Here your address is %(email)s, for which this provider doesn’t speak. %(ask)s")
            % {"email": identity.membership.user.email, "ask": _ask(sign_on)}
        )
    return identity.membership


def _first_let_in(sign_on: SingleSignOn, word: Word, *, at: dt.datetime, already: User | None) -> Membership:
    """Somebody who hasn't come in by the provider yet, or who had left; the organization is locked."""
    before = _subject(sign_on, word)
    if before is None:
        refuse_unvouched(sign_on, word)
    user = before.user if before else User.objects.filter(email=word.email).first()
    if user is not None:
        _refuse_switched_off(sign_on, user)
        prove_address(user=user, means="single-sign-on", at=at, ends_password=user != already)
    membership = _belonging(sign_on, user) or _joined(sign_on, user, word, at=at)
    if before is None:
        _link(sign_on, membership, word, at=at)
    return membership


def _belonging(sign_on: SingleSignOn, user: User | None) -> Membership | None:
    if user is None:
        return None
    membership = sign_on.organization.memberships.filter(user=user).first()
    if membership is None or standing_now(membership).level is None:
        return None
    membership.user = user  # as proving the address left it
    return membership


def _joined(sign_on: SingleSignOn, user: User | None, word: Word, *, at: dt.datetime) -> Membership:
    """Whoever is invited takes the place that waits; somebody new one of a member's, where the provider makes people."""
    organization = sign_on.organization
    email = user.email if user else word.email
    invitation = organization.invitations.filter(
        email=email, accepted_at=None, withdrawn_at=None, expires_at__gt=at
    ).first()
    if invitation is not None:
        return accept(invitation=invitation, round=invitation.round, user=user or _made(word, at=at), at=at)
    if user is not None and organization.memberships.filter(user=user).exists():
        raise ActionRefused(
            _("You no longer belong to %(organization)s. If you should, ask to be invited again. %(ask)s")
            % {"organization": organization.name, "ask": _ask(sign_on)}
        )
    if not sign_on.makes_people:
        raise ActionRefused(
            _("Nobody at %(organization)s has the address %(email)s: ask to be invited. %(ask)s")
            % {"organization": organization.name, "email": email, "ask": _ask(sign_on)}
        )
    membership = Membership.objects.create(organization=organization, user=user or _made(word, at=at), created_at=at)
    starts = {"organization": organization, "membership": membership, "started_at": at}
    AccessPeriod.objects.create(level=AccessPeriod.Level.MEMBER, **starts)
    Placement.objects.create(**starts)
    _record("person.joined", membership, at=at)
    return membership


def _made(word: Word, *, at: dt.datetime) -> User:
    """The account of an address that the provider has verified."""
    return User.objects.create_user(word.email, None, name=word.name, date_joined=at, address_proved_at=at)


def _link(sign_on: SingleSignOn, membership: Membership, word: Word, *, at: dt.datetime) -> None:
    """A second subject with the same address is another person, to whom the address was given since."""
    if ProviderIdentity.objects.filter(membership=membership, issuer=word.issuer).exists():
        raise ActionRefused(
            _("Somebody else at the provider has signed in with your address before. %(ask)s") % {"ask": _ask(sign_on)}
        )
    ProviderIdentity.objects.create(
        organization=sign_on.organization,
        membership=membership,
        issuer=word.issuer,
        subject=word.subject,
        linked_at=at,
    )
    _record("person.linked", membership, at=at)


def _place_by_claims(sign_on: SingleSignOn, membership: Membership, word: Word, *, at: dt.datetime) -> None:
    """What a claim doesn't say, or says in a word that leads nowhere, stays as it is."""
    team, job_role = place_claimed(sign_on, word)
    standing = standing_now(membership)
    wanted = (team.pk if team else standing.team_id, job_role.pk if job_role else standing.job_role_id)
    if wanted == (standing.team_id, standing.job_role_id) or standing.level == AccessPeriod.Level.GUEST:
        return
    lock_membership(membership)
    here = sign_on.organization
    move(
        membership=membership,
        standing=standing_now(membership),
        team=lock_team(here.teams.get(pk=wanted[0])) if wanted[0] else None,
        job_role=lock_job_role(here.job_roles.get(pk=wanted[1])) if wanted[1] else None,
        by_id=None,
        at=at,
        by_provider=True,
    )


def _refuse_switched_off(sign_on: SingleSignOn, user: User) -> None:
    if not user.is_active or user.erased_at is not None:
        raise ActionRefused(_("This account is switched off. %(ask)s") % {"ask": _ask(sign_on)})


def _refuse_operator(user: User, already: User | None) -> None:
    """Whoever owns an organization chooses its provider, which must not open what is above all organizations."""
    if user.is_staff and user != already:
        raise ActionRefused(_("This account operates the installation: sign in with a code or a password first."))


def _ask(sign_on: SingleSignOn) -> str:
    """Whom: said only to those for whom the provider has spoken."""
    keeper = keeper_now(sign_on.organization, None)
    return _("Ask %(person)s.") % {"person": keeper.user} if keeper else ""


def _record(action: str, membership: Membership, *, at: dt.datetime) -> None:
    """By nobody's hand: the provider's."""
    audit.record(
        action,
        by=None,
        organization_id=membership.organization_id,
        at=at,
        target=f"membership:{membership.pk}",
        by_provider=True,
    )
