"""How an organization's people sign in: its provider, its domains, where claims lead, and how far the provider's word goes."""

import datetime as dt
import secrets
from enum import StrEnum

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actions.authority import refuse_foreign, refuse_without
from accounts.actions.locks import lock_job_role, lock_organization, lock_team
from accounts.models import (
    ClaimRule,
    EmailDomain,
    JobRole,
    Membership,
    Organization,
    ProviderIdentity,
    SingleSignOn,
    Team,
)
from accounts.queries import has_owner_signed_in
from accounts.rights import Right
from audit import actions as audit
from operations.errors import ActionRefused


class Way(StrEnum):
    """How far single sign-on is turned on."""

    OFF = "off"
    BESIDE = "beside"
    ONLY = "only"


_TURNED = {Way.OFF: "sso.turned_off", Way.BESIDE: "sso.turned_on", Way.ONLY: "sso.made_only_way"}


@transaction.atomic
def configure_sign_on(
    *,
    issuer: str,
    client_id: str,
    secret_kept: str,
    team_claim: str,
    job_role_claim: str,
    makes_people: bool,
    is_second_factor: bool,
    by: Membership,
    at: dt.datetime,
) -> SingleSignOn:
    """Say which provider, and what its word is good for. Another provider or client turns it off until it is tested anew.

    :param secret_kept: the client's secret, encrypted; empty keeps the one there is.
    :raises ActionRefused: ``by`` may not edit settings, works alone, or gives no secret.
    """
    organization = _held(by)
    if organization.is_solo:
        raise ActionRefused(_("You work alone here. Make it a company first."))
    before = SingleSignOn.objects.filter(organization=organization).first()
    if before is None and not secret_kept:
        raise ActionRefused(_("The client’s secret is missing."))
    sign_on = before or SingleSignOn(organization=organization)
    is_another = before is not None and (before.issuer, before.client_id) != (issuer, client_id)
    if is_another and not secret_kept:
        raise ActionRefused(_("Another client has another secret: type it in."))
    sign_on.issuer, sign_on.client_id = issuer, client_id
    sign_on.client_secret = secret_kept or sign_on.client_secret
    sign_on.team_claim, sign_on.job_role_claim = team_claim, job_role_claim
    sign_on.makes_people, sign_on.is_second_factor = makes_people, is_second_factor
    sign_on.configured_at = at
    if is_another:
        sign_on.round += 1
        sign_on.tested_at = sign_on.turned_on_at = None
        sign_on.is_only_way = False
    sign_on.save()
    _record(
        "sso.configured",
        organization,
        by=by,
        at=at,
        round=sign_on.round,
        is_another=is_another,
        makes_people=makes_people,
        is_second_factor=is_second_factor,
    )
    return sign_on


@transaction.atomic
def record_sign_on_tested(*, round: int, by: Membership, at: dt.datetime) -> None:
    """Say that the provider answered as it should.

    :param round: which configuration was tested.
    :raises ActionRefused: another one has been saved since, or ``by`` may not edit settings.
    """
    sign_on = _existing(_held(by))
    if sign_on.round != round:
        raise ActionRefused(_("Somebody changed this a moment ago: test it again."))
    sign_on.tested_at = at
    sign_on.save(update_fields=["tested_at"])
    _record("sso.tested", sign_on.organization, by=by, at=at, round=round)


@transaction.atomic
def set_way_in(*, way: str, by: Membership, at: dt.datetime) -> None:
    """Turn single sign-on on or off, or make it the only way in.

    :raises ActionRefused: it isn't tested, no domain is verified, no owner has come in by it, or ``by`` may not edit
        settings.
    """
    sign_on = _existing(_held(by))
    if way != Way.OFF:
        _refuse_unready(sign_on, is_only=way == Way.ONLY)
    _set_way(sign_on, way, by=by, at=at)


@transaction.atomic
def turn_off_by_operator(*, organization: Organization, at: dt.datetime) -> bool:
    """The way back in when the provider is broken: codes and passwords open the door again.

    :returns: whether it was on.
    """
    organization = lock_organization(organization.pk)
    sign_on = SingleSignOn.objects.filter(organization=organization, turned_on_at__isnull=False).first()
    if sign_on is None:
        return False
    _set_way(sign_on, Way.OFF, by=None, at=at)
    return True


@transaction.atomic
def add_email_domain(*, domain: str, by: Membership, at: dt.datetime) -> EmailDomain:
    """Name a domain of the organization's addresses; nothing follows from it until it is verified.

    :raises ActionRefused: it is there already, or ``by`` may not edit settings.
    """
    organization = _held(by)
    added, is_new = EmailDomain.objects.get_or_create(
        organization=organization, domain=domain, defaults={"token": secrets.token_urlsafe(24), "added_at": at}
    )
    if not is_new:
        raise ActionRefused(_("%(domain)s is in the list already.") % {"domain": domain})
    _record("email-domain.added", organization, by=by, at=at, domain=added.pk)
    return added


@transaction.atomic
def verify_email_domain(*, domain: EmailDomain, means: str, by: Membership | None, at: dt.datetime) -> None:
    """It was seen that the domain is the organization's.

    :param by: who asked; None, the operator.
    :raises ActionRefused: it is another organization's, or ``by`` may not edit settings.
    """
    organization = _held(by) if by else lock_organization(domain.organization_id)
    domain = EmailDomain.objects.select_for_update().get(pk=domain.pk, organization=organization)
    if domain.verified_at is not None:
        return
    domain.verified_at, domain.verified_by = at, means
    try:
        with transaction.atomic():
            domain.save(update_fields=["verified_at", "verified_by"])
    except IntegrityError as taken:
        raise ActionRefused(
            _("%(domain)s is verified for another organization here.") % {"domain": domain.domain}
        ) from taken
    _record("email-domain.verified", organization, by=by, at=at, domain=domain.pk, means=means)


@transaction.atomic
def remove_email_domain(*, domain: EmailDomain, by: Membership, at: dt.datetime) -> None:
    """The provider speaks for these addresses no more; whoever has one signs in with a code or a password again.

    :raises ActionRefused: the only way in would be left without a domain, or ``by`` may not edit settings.
    """
    organization = _held(by)
    refuse_foreign(by, domain)
    others = organization.email_domains.filter(verified_at__isnull=False).exclude(pk=domain.pk)
    if (
        SingleSignOn.objects.filter(organization=organization, turned_on_at__isnull=False).exists()
        and not others.exists()
    ):
        raise ActionRefused(_("This is the last verified domain: turn single sign-on off first."))
    _record("email-domain.removed", organization, by=by, at=at, domain=domain.pk)
    domain.delete()


@transaction.atomic
def add_claim_rule(
    *, value: str, team: Team | None, job_role: JobRole | None, by: Membership, at: dt.datetime
) -> ClaimRule:
    """Say where a value of a claim leads.

    :raises ActionRefused: it leads somewhere already, or ``by`` may not edit settings.
    """
    organization = _held(by)
    team = lock_team(team) if team else None
    job_role = lock_job_role(job_role) if job_role else None
    refuse_foreign(by, team, job_role)
    same = organization.claim_rules.filter(value=value, team__isnull=team is None)
    if same.exists():
        raise ActionRefused(_("“%(value)s” leads somewhere already: remove that first.") % {"value": value})
    rule = ClaimRule.objects.create(organization=organization, value=value, team=team, job_role=job_role)
    _record("claim-rule.added", organization, by=by, at=at, rule=rule.pk)
    return rule


@transaction.atomic
def remove_claim_rule(*, rule: ClaimRule, by: Membership, at: dt.datetime) -> None:
    """From now on the value leads nowhere; whoever was placed by it stays.

    :raises ActionRefused: ``by`` may not edit settings.
    """
    organization = _held(by)
    refuse_foreign(by, rule)
    _record("claim-rule.removed", organization, by=by, at=at, rule=rule.pk)
    rule.delete()


@transaction.atomic
def forget_identity(*, membership: Membership, by: Membership, at: dt.datetime) -> None:
    """Whoever next signs in by the provider with this person's address is this person: their account there is another one.

    :raises ActionRefused: ``by`` may not edit settings, or the provider never vouched for them.
    """
    organization = _held(by)
    refuse_foreign(by, membership)
    if not ProviderIdentity.objects.filter(membership=membership).delete()[0]:
        raise ActionRefused(_("This person has not signed in by the provider."))
    _record("person.identity_forgotten", organization, by=by, at=at, membership=membership.pk)


def _held(by: Membership) -> Organization:
    organization = lock_organization(by.organization_id)
    refuse_without(Right.SETTINGS_EDIT, by)
    return organization


def _existing(organization: Organization) -> SingleSignOn:
    sign_on = SingleSignOn.objects.select_related("organization").filter(organization=organization).first()
    if sign_on is None:
        raise ActionRefused(_("Say first which provider."))
    return sign_on


def _refuse_unready(sign_on: SingleSignOn, *, is_only: bool) -> None:
    if sign_on.tested_at is None:
        raise ActionRefused(_("Test it first."))
    if not sign_on.organization.email_domains.filter(verified_at__isnull=False).exists():
        raise ActionRefused(_("Verify a domain first: whose addresses the provider may speak for."))
    if is_only and not has_owner_signed_in(sign_on):
        raise ActionRefused(
            _(
                "An owner has to come in by it first. Turn it on beside codes and passwords, sign out, and sign in with it."
            )
        )


def _set_way(sign_on: SingleSignOn, way: str, *, by: Membership | None, at: dt.datetime) -> None:
    sign_on.turned_on_at = None if way == Way.OFF else sign_on.turned_on_at or at
    sign_on.is_only_way = way == Way.ONLY
    sign_on.save(update_fields=["turned_on_at", "is_only_way"])
    _record(_TURNED[Way(way)], sign_on.organization, by=by, at=at)


def _record(action: str, organization: Organization, *, by: Membership | None, at: dt.datetime, **data: object) -> None:
    audit.record(
        action,
        by=by.user_id if by else None,
        organization_id=organization.pk,
        at=at,
        target=f"organization:{organization.pk}",
        **data,
    )
