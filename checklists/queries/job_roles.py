"""What depends on a job role."""

from django.db.models import QuerySet

from accounts.models import JobRole
from checklists.models import AssignmentRule
from governance.models import RouteDecision

_STANDS = ("draft", "submitted", "approved", "suspended")


def rules_for(job_role: JobRole) -> QuerySet[AssignmentRule]:
    """The rules in force by which a checklist in use is asked of it."""
    rules = AssignmentRule.objects.open().filter(job_role=job_role, checklist__archived_at=None)
    return rules.select_related("checklist", "team", "route").order_by("checklist__name", "pk")


def decisions_naming(job_role: JobRole) -> QuerySet[RouteDecision]:
    """The decisions that hold, or may come to, with a line that names it."""
    decisions = RouteDecision.objects.filter(scope_lines__job_roles=job_role, status__in=_STANDS)
    return decisions.select_related("route").order_by("route__name", "-pk").distinct()
