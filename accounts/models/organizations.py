"""Organizations and what they are made of."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

# Counsel's order (seed 000, "security, then legal"): without these two nothing is submitted.
GROUPS_THAT_MUST_SIGN = ("security", "legal")


class Organization(models.Model):
    """A tenant: everything under ``/o/<slug>/`` belongs to exactly one.

    Made by the set-up link, the demo or *Start our own organization*; never deleted, because its chain must stay.
    """

    class SecondFactor(models.TextChoices):
        """Of whom a second factor is required."""

        NOBODY = "nobody", _("Nobody has to")
        WHO_DECIDES = "who_decides", _("Owners, managers and whoever signs")
        EVERYBODY = "everybody", _("Everybody")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(_("address"), unique=True, max_length=60)
    name = models.CharField(_("name"), max_length=200)
    timezone = models.CharField(_("time zone"), max_length=64, default="UTC", help_text=_("Due dates are days here."))
    is_demo = models.BooleanField(default=False)
    # One person who works alone: no password, no colleagues. The database lets it end, and never begin again.
    is_solo = models.BooleanField(default=False)
    second_factor = models.CharField(
        _("who needs a second factor"), max_length=20, choices=SecondFactor, default=SecondFactor.NOBODY
    )
    locked_at = models.DateTimeField(
        null=True, blank=True, help_text=_("Locked organizations are hidden; the chain stays.")
    )
    keep_people_for_years = models.PositiveSmallIntegerField(
        _("years for which people who have left are kept"),
        default=3,
        help_text=_("Then their name, address, words and files are erased."),
    )
    keep_signers_for_years = models.PositiveSmallIntegerField(
        _("years for those who could sign"),
        default=10,
        help_text=_("Not shorter: what they signed may be asked about for longer."),
    )
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="who_works_alone_needs_no_second_factor",
                condition=models.Q(is_solo=False) | models.Q(second_factor="nobody"),
            ),
            models.CheckConstraint(
                name="signers_are_kept_as_long_as_others",
                condition=Q(keep_people_for_years__gte=1, keep_signers_for_years__gte=F("keep_people_for_years")),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("home:organization", args=[self.slug])


class Team(models.Model):
    """A team of an organization. Who leads it is a period (``LeadPeriod``)."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, db_index=False, related_name="teams")
    name = models.CharField(_("name"), max_length=200)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "name"], name="team_name_is_unique_in_organization"),
            models.UniqueConstraint(fields=["organization", "id"], name="team_tenant_key"),
        ]

    def __str__(self) -> str:
        return self.name


class JobRole(models.Model):
    """What somebody's job is, for fitting checklists: five ship (seed 003), an organization adds its own."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, db_index=False, related_name="job_roles")
    key = models.SlugField(max_length=60)
    name = models.CharField(_("name"), max_length=200)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "key"], name="job_role_key_is_unique_in_organization"),
            models.UniqueConstraint(fields=["organization", "id"], name="job_role_tenant_key"),
        ]

    def __str__(self) -> str:
        return self.name


class SignOffGroup(models.Model):
    """A group that signs: Security and Legal ship, more can be added; ``position`` is the order in which they sign."""

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, db_index=False, related_name="sign_off_groups"
    )
    key = models.SlugField(max_length=60)
    name = models.CharField(_("name"), max_length=200)
    position = models.PositiveSmallIntegerField(_("order"), default=1)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position", "name"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "key"], name="group_key_is_unique_in_organization"),
            models.UniqueConstraint(fields=["organization", "id"], name="sign_off_group_tenant_key"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def must_sign(self) -> bool:
        """Whether nothing is submitted without somebody in it; whatever it is called by now."""
        return self.key in GROUPS_THAT_MUST_SIGN
