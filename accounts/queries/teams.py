"""Teams with their leads and how many work in them."""

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import LeadPeriod, Organization, Placement, Team


def teams_of(organization: Organization) -> QuerySet[Team]:
    """Teams in use, each with ``people`` (a number), ``lead_id`` (a membership), ``lead_name`` and ``lead_email``."""
    people = (
        Placement.objects.open()
        .filter(organization=organization, team=OuterRef("pk"))
        .order_by()
        .values("team")
        .annotate(n=Count("pk"))
        .values("n")
    )
    lead = LeadPeriod.objects.open().filter(team=OuterRef("pk"))
    return Team.objects.filter(organization=organization, archived_at__isnull=True).annotate(
        people=Coalesce(Subquery(people, output_field=IntegerField()), 0),
        lead_id=Subquery(lead.values("membership_id")[:1]),
        lead_name=Subquery(lead.values("membership__user__name")[:1]),
        lead_email=Subquery(lead.values("membership__user__email")[:1]),
    )
