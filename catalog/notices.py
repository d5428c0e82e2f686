"""What to tell whom about sources."""

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.rights import Right
from catalog.models import PolicySource, SourceHealth
from notifications import actions as notifications
from operations import clock

# The source's keeper, or who stands in for them; nobody, where an organization has nobody left.
_KEEPER = """
SELECT keeper, 'source:' || source.id, %s::date, %s, %s, '', %s, NULL::date
FROM catalog_policysource source, accounts_keeper(source.organization_id, source.keeper_id) keeper
WHERE source.id = %s AND keeper IS NOT NULL
"""


def tell_unavailable(health: SourceHealth, *, at: dt.datetime) -> None:
    """Tell the keeper of an organization's own source, once for each time it went; shipped ones are on the operator's page."""
    source, organization = health.source, health.source.organization
    if organization is None or health.unavailable_since is None:
        return
    since = clock.day_of(health.unavailable_since, organization.timezone)
    title = _("%(policy)s can’t be fetched any more") % {"policy": source.title}
    why = _("%(count)d times in a row: %(why)s. The last version stays.") % {
        "count": health.failures_in_a_row,
        "why": health.why,
    }
    notifications.tell_many(
        organization=organization,
        rule="source-unavailable",
        query=_KEEPER,
        params=[since, title, why, reverse("catalog:source-detail", args=[organization.slug, source.pk]), source.pk],
        at=at,
        needs=Right.POLICY_VIEW,
    )


def withdraw_unavailable(source: PolicySource, *, at: dt.datetime) -> None:
    """Nobody is told of a page that is there again."""
    if source.organization is not None:
        notifications.withdraw(organization=source.organization, subject_key=f"source:{source.pk}", at=at)
