"""What people are asked besides what their team, job role and routes ask of them."""

from django.db.models import QuerySet

from accounts.models import Membership
from checklists.models import AssignmentRule


def asked_by_name(membership: Membership) -> QuerySet[AssignmentRule]:
    """The rules in force that name this person, newest first, each with who asks and why."""
    rules = AssignmentRule.objects.open().filter(membership=membership, checklist__archived_at=None)
    return rules.select_related("checklist__organization", "reason", "started_by").order_by("-pk")
