"""Whose provider speaks for an address, and where what it claims leads."""

from collections.abc import Sequence

from django.db.models import Exists, Func, OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.functions import Lower

from accounts.models import (
    AccessPeriod,
    ClaimRule,
    EmailDomain,
    JobRole,
    Membership,
    Organization,
    ProviderIdentity,
    SingleSignOn,
    Team,
    User,
)
from accounts.queries.standing import active_memberships, organization_ids_of


def domain_of(address: str) -> str:
    """What stands behind the last @."""
    return address.rpartition("@")[2].strip().lower()


def sign_on_of(address: str) -> SingleSignOn | None:
    """The single sign-on, turned on, of the organization whose domain the address is of.

    The operator's door stays as it is: they have no right in an organization, and are called when a provider is broken.
    """
    theirs = _verified().filter(domain=domain_of(address), organization=OuterRef("organization"))
    operator = User.objects.filter(email=address.strip().lower(), is_staff=True)
    return _open().filter(Exists(theirs), ~Exists(operator)).first()


def only_way_for(user: User) -> SingleSignOn | None:
    """The single sign-on without which nobody signs in as this person: the only way into the one organization they belong to.

    Whoever belongs to another one too comes in there as that one asks; the pages of each ask for its own (``with_rounds``).
    """
    sign_on = sign_on_of(user.email)
    if sign_on is None or not sign_on.is_only_way:
        return None
    belongs_elsewhere = set(organization_ids_of(user)) - {sign_on.organization_id}
    return None if belongs_elsewhere else sign_on


def sign_on_at(slug: str) -> SingleSignOn | None:
    """The single sign-on of the organization with this address, turned on or not."""
    here = SingleSignOn.objects.filter(organization__slug=slug, organization__locked_at__isnull=True)
    return here.select_related("organization").first()


def speaks_for(organization: Organization, address: str) -> bool:
    """Whether the domain of the address is verified to be the organization's."""
    return _verified().filter(organization=organization, domain=domain_of(address)).exists()


def with_rounds(memberships: QuerySet[Membership]) -> QuerySet[Membership]:
    """The same memberships with two rounds of the provider's configuration, as it is now, each none where it doesn't hold:
    ``round_demanded``, where it is the only way in for this person, and ``round_trusted``, where its word counts as a second factor.

    It is the only way in for whoever has an address of a verified domain; others, such as outside counsel, keep code and password.
    """
    of_theirs = _verified().filter(
        organization=OuterRef("organization"), domain=_Domain(OuterRef(OuterRef("user__email")))
    )
    only_way = SingleSignOn.objects.filter(Exists(of_theirs), organization=OuterRef("organization"), is_only_way=True)
    trusted = SingleSignOn.objects.filter(
        organization=OuterRef("organization"), is_second_factor=True, turned_on_at__isnull=False
    )
    return memberships.annotate(
        round_demanded=Subquery(only_way.values("round")[:1]), round_trusted=Subquery(trusted.values("round")[:1])
    )


def members_elsewhere(organization: Organization) -> int:
    """How many people have an address of no verified domain: the provider can't sign them in."""
    domains = _verified().filter(organization=organization, domain=_Domain(OuterRef("user__email")))
    return active_memberships(organization).filter(~Exists(domains)).count()


def has_owner_signed_in(sign_on: SingleSignOn) -> bool:
    """Whether somebody who owns the organization has come in by this provider."""
    owners = AccessPeriod.objects.open().filter(
        organization=sign_on.organization_id, level=AccessPeriod.Level.OWNER, membership=OuterRef("membership")
    )
    linked = ProviderIdentity.objects.filter(organization=sign_on.organization_id, issuer=sign_on.issuer)
    return linked.filter(Exists(owners)).exists()


def team_claimed(organization: Organization, values: Sequence[str]) -> Team | None:
    """The team of the first value that leads to one: by a rule, else by its own name."""
    teams = Team.objects.filter(organization=organization, archived_at__isnull=True)
    rules = ClaimRule.objects.filter(organization=organization, value__in=values, team__in=teams)
    by_rule = {rule.value: rule.team for rule in rules.select_related("team")}
    by_name = {team.name.lower(): team for team in teams.alias(called=Lower("name")).filter(called__in=_lower(values))}
    return next((team for value in values if (team := by_rule.get(value) or by_name.get(value.lower()))), None)


def job_role_claimed(organization: Organization, values: Sequence[str]) -> JobRole | None:
    """The job role of the first value that leads to one: by a rule, else by its own key or name."""
    roles = JobRole.objects.filter(organization=organization, archived_at__isnull=True)
    rules = ClaimRule.objects.filter(organization=organization, value__in=values, job_role__in=roles)
    by_rule = {rule.value: rule.job_role for rule in rules.select_related("job_role")}
    called = roles.alias(called=Lower("name")).filter(Q(called__in=_lower(values)) | Q(key__in=_lower(values)))
    by_name = {name: role for role in called for name in (role.key, role.name.lower())}
    return next((role for value in values if (role := by_rule.get(value) or by_name.get(value.lower()))), None)


def _lower(values: Sequence[str]) -> list[str]:
    return [value.lower() for value in values]


class _Domain(Func):
    """What stands behind the last @ of an address."""

    template = "regexp_replace(%(expressions)s, '^.*@', '')"
    output_field = TextField()


def _open() -> QuerySet[SingleSignOn]:
    here = SingleSignOn.objects.filter(turned_on_at__isnull=False, organization__locked_at__isnull=True)
    return here.select_related("organization")


def _verified() -> QuerySet[EmailDomain]:
    return EmailDomain.objects.filter(verified_at__isnull=False)
