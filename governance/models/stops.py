"""Who has seen that they must stop."""

from django.db import models

from accounts.models import Membership, Organization
from governance.models.decisions import RouteDecision


class StopSeen(models.Model):
    """One person's word that they have stopped using what was suspended at ``suspended_at``.

    Written through ``actions.say_stopped``; never changed or deleted. Suspended anew, everybody is asked anew.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    decision = models.ForeignKey(RouteDecision, on_delete=models.PROTECT, related_name="stops_seen", db_index=False)
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    suspended_at = models.DateTimeField()
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "stops seen"
        constraints = [
            models.UniqueConstraint(fields=["decision", "suspended_at", "membership"], name="stop_is_seen_once"),
        ]

    def __str__(self) -> str:
        return f"{self.membership_id}: {self.decision_id}"
