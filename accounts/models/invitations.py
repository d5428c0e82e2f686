"""Invitations."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models.organizations import JobRole, Organization, SignOffGroup, Team
from accounts.models.periods import AccessPeriod

# What an erased address ends with.
ERASED = "@erased.invalid"


class Invitation(models.Model):
    """An address asked to join, with the place that waits for it. The link is signed, never stored.

    Sent, sent again (``round`` goes up, older links die, whoever sends it vouches from then on), withdrawn or accepted through actions; expires by date.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="invitations")
    email = models.EmailField(_("e-mail address"))
    name = models.CharField(_("name"), max_length=200, blank=True)
    level = models.CharField(
        _("access level"), max_length=10, choices=AccessPeriod.Level, default=AccessPeriod.Level.MEMBER
    )
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    job_role = models.ForeignKey(JobRole, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    group = models.ForeignKey(
        SignOffGroup,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("sign-off group"),
    )
    round = models.PositiveSmallIntegerField(default=1)
    is_mailed = models.BooleanField(default=False)  # the link of this round left by mail; else somebody handed it over
    invited_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "email"],
                condition=Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
                name="one_open_invitation_per_address",
            ),
            models.CheckConstraint(
                name="accepted_invitation_has_acceptor",
                condition=Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False, withdrawn_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        """The address, or that whoever had it was erased (``accounts/personal.py``)."""
        return gettext("(erased)") if self.email.endswith(ERASED) else self.email
