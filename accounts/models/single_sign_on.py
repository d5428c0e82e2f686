"""An organization's own way in: its OpenID provider, the mail domains it speaks for, and whom it has vouched for."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.models.organizations import JobRole, Organization, Team
from accounts.models.people import Membership


class SingleSignOn(models.Model):
    """The OpenID provider an organization signs in with, and how far its word goes.

    Configured, tested, turned on and off through actions. Another provider or client is another ``round``: who signed in
    before does so again, and it is tested anew. The database lets nothing be the only way in that is not on, nothing be on
    that was not tested, and an organization have one.
    """

    organization = models.OneToOneField(Organization, on_delete=models.PROTECT, related_name="single_sign_on")
    issuer = models.URLField(_("issuer"), max_length=500)
    client_id = models.CharField(_("client id"), max_length=255)
    client_secret = models.TextField(help_text=_("Encrypted (operations/secrets.py)."))
    team_claim = models.CharField(_("claim that names the team"), max_length=100, blank=True)
    job_role_claim = models.CharField(_("claim that names the job role"), max_length=100, blank=True)
    makes_people = models.BooleanField(default=False)
    is_second_factor = models.BooleanField(default=False)
    is_only_way = models.BooleanField(default=False)
    round = models.PositiveIntegerField(default=1)
    configured_at = models.DateTimeField()
    tested_at = models.DateTimeField(null=True, blank=True)
    turned_on_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="sign_on_is_tested_before_it_is_on",
                condition=Q(turned_on_at__isnull=True) | Q(tested_at__isnull=False),
            ),
            models.CheckConstraint(
                name="only_way_in_is_on", condition=Q(is_only_way=False) | Q(turned_on_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.issuer

    @property
    def is_on(self) -> bool:
        return self.turned_on_at is not None


class EmailDomain(models.Model):
    """What stands behind the @ in an organization's addresses: once verified, its provider may speak for them.

    Added, verified and removed through actions. The database lets a verified domain be one organization's only.
    """

    class Means(models.TextChoices):
        DNS = "dns", _("A DNS record")
        OPERATOR = "operator", _("The operator’s word")

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, db_index=False, related_name="email_domains"
    )
    domain = models.CharField(_("domain"), max_length=253)
    token = models.CharField(max_length=64)
    added_at = models.DateTimeField()
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.CharField(max_length=10, choices=Means, blank=True)

    class Meta:
        ordering: ClassVar = ["domain"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "domain"], name="email_domain_once_in_organization"),
            models.UniqueConstraint(
                fields=["domain"], condition=Q(verified_at__isnull=False), name="verified_domain_is_one_organizations"
            ),
            models.CheckConstraint(
                name="verified_domain_says_how",
                condition=Q(verified_at__isnull=True, verified_by="")
                | Q(verified_at__isnull=False) & ~Q(verified_by=""),
            ),
            models.CheckConstraint(name="domain_is_lower_case", condition=Q(domain=Lower("domain"))),
        ]

    def __str__(self) -> str:
        return self.domain


class ClaimRule(models.Model):
    """One value of a claim, and the team or the job role that whoever carries it is placed in.

    Added and removed through actions. The database lets a value lead to one team and to one job role.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, db_index=False, related_name="claim_rules")
    value = models.CharField(_("value"), max_length=200)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    job_role = models.ForeignKey(JobRole, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["value"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="claim_rule_leads_to_one_place",
                condition=Q(team__isnull=True, job_role__isnull=False) | Q(team__isnull=False, job_role__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["organization", "value"],
                condition=Q(team__isnull=False),
                name="claim_value_leads_to_one_team",
            ),
            models.UniqueConstraint(
                fields=["organization", "value"],
                condition=Q(job_role__isnull=False),
                name="claim_value_leads_to_one_job_role",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.value} → {self.team or self.job_role}"


class ProviderIdentity(models.Model):
    """Who somebody is to the organization's provider (issuer and subject), and the membership that is.

    Made at the first sign-in, by an address that the provider has verified in a verified domain; from then on the subject
    decides, whatever the address says. Removed when a person is to be known anew. The database lets a subject be one person,
    and a person one subject.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, db_index=False, related_name="+")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="provider_identities")
    issuer = models.CharField(max_length=500)
    subject = models.CharField(max_length=255)
    linked_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "issuer", "subject"], name="a_subject_is_one_person"),
            models.UniqueConstraint(fields=["organization", "issuer", "membership"], name="a_person_is_one_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.membership_id}: {self.subject}"
