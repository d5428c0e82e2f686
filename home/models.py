"""The one-time link with which an installation begins."""

import uuid

from django.db import models
from django.db.models import Q

from accounts.models import Organization


class SetUpLink(models.Model):
    """A link that founds one organization, once. Printed by ``manage.py setup_link``; the token is signed, never stored.

    Used by ``actions.set_up``; the database closes it once and keeps it, so that it can't be used again.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    organization = models.OneToOneField(Organization, null=True, on_delete=models.PROTECT, related_name="set_up_link")
    # What whoever works alone answered to the four questions (``data/solo.yaml``), by question; none of a company.
    answers = models.JSONField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="used_link_founded_an_organization",
                condition=Q(used_at__isnull=True, organization__isnull=True)
                | Q(used_at__isnull=False, organization__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
