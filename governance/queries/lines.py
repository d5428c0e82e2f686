"""The line of a route: its color wherever it appears while it is in use."""

from typing import Any

from django.db.models import Func, IntegerField, Value

from accounts.models import Organization


class _LineOf(Func):
    """Routes are numbered as they first came into force, also those that have ended since: a line never moves."""

    template = """(
        SELECT 1 + mod(numbered.place - 1, 8) FROM (
            SELECT period.organization_id, period.route_id, bool_or(period.ended_at IS NULL) AS is_in_use,
                   row_number() OVER (PARTITION BY period.organization_id ORDER BY min(period.id)) AS place
            FROM governance_forceperiod period
            JOIN governance_routedecision decision ON decision.id = period.decision_id
            WHERE decision.outcome <> 'not_allowed' GROUP BY 1, 2
        ) numbered
        WHERE numbered.is_in_use AND (numbered.organization_id, numbered.route_id) = (%(expressions)s))"""
    output_field = IntegerField()


def line_of(organization: Organization, *, route: str) -> Any:
    """1 to 8 as a column, for ``components/route_chip.html``; null where the organization doesn't use the route.

    :param route: the column that holds the route's id.
    """
    return _LineOf(Value(organization.pk), route)
