"""The one-time link with which an installation begins, and the links of people's calendars."""

import uuid

from django.db import models
from django.db.models import Q

from accounts.models import Membership, Organization


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


class CalendarFeed(models.Model):
    """The link with which a calendar reads the days on which something of one person's is due in one organization.

    Made, renewed and ended by the person (``actions.make_feed``, ``end_feed``), and dead once they have left, though they come
    back (``queries.calendars``). Only a digest of its token is kept: whoever
    reads the database reads no calendar. The database keeps one open link per person, and those that ended.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, db_index=False, related_name="+")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, db_index=False, related_name="calendar_feeds")
    token_sha256 = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "membership"],
                condition=Q(ended_at__isnull=True),
                name="one_open_calendar_per_person",
            ),
        ]
        indexes = [models.Index(fields=["membership"], name="calendar_of_person")]

    def __str__(self) -> str:
        return f"{self.membership_id} since {self.made_at}"
