"""The line of a route: its color wherever it appears while it is in use."""

from django.db.models import Func, IntegerField, Value

from accounts.models import Organization
from governance.models import ForcePeriod, RouteDecision

COLORS = 8


class _LineOf(Func):
    template = """(
        SELECT period.line FROM governance_forceperiod period
        WHERE (period.organization_id, period.route_id) = (%(expressions)s) AND period.ended_at IS NULL)"""
    output_field = IntegerField()


def line_of(organization: Organization, *, route: str) -> Func:
    """1 to 8 as a column, for ``components/route_chip.html``; null where the organization doesn't use the route.

    :param route: the column that holds the route's id.
    """
    return _LineOf(Value(organization.pk), route)


def next_line(decision: RouteDecision) -> int:
    """The line of a decision that comes into force: its route's, which never moves, else the next color.

    Routes are numbered as they first came into force, also those that have ended since.
    """
    numbered = dict(
        ForcePeriod.objects.filter(organization=decision.organization_id, line__isnull=False).values_list(
            "route_id", "line"
        )
    )
    return numbered.get(decision.route_id) or 1 + len(numbered) % COLORS
