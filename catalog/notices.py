"""What to tell whom about sources."""

import datetime as dt

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rights import Right
from catalog.models import PolicySource, SourceHealth
from notifications import actions as notifications
from notifications.models import OutgoingMail
from operations import clock

BETWEEN_MAILS = dt.timedelta(days=1)

# The source's keeper, or who stands in for them; nobody, where an organization has nobody left.
_KEEPER = """
SELECT keeper, 'source:' || source.id, %s::date, %s, %s, '', %s, NULL::date
FROM catalog_policysource source, accounts_keeper(source.organization_id, source.keeper_id) keeper
WHERE source.id = %s AND keeper IS NOT NULL
"""


def tell_unavailable(health: SourceHealth, *, at: dt.datetime) -> None:
    """Tell the keeper of an organization's own source, once for each time it went; of what ships, the operators."""
    source, organization = health.source, health.source.organization
    if health.unavailable_since is None:
        return
    if organization is None:
        _tell_operators(health.unavailable_since, at=at)
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


def _tell_operators(since: dt.datetime, *, at: dt.datetime) -> None:
    """Mail the operators, who look after what ships, which of it can't be fetched: once a day at most, and of each outage once."""
    subject = _("Policies that can’t be fetched")
    told = OutgoingMail.objects.filter(user__is_staff=True, subject=subject).order_by("-created_at")
    last = told.values_list("created_at", flat=True).first()
    if last and (last >= since or last > at - BETWEEN_MAILS):
        return
    gone = SourceHealth.objects.filter(source__organization=None, unavailable_since__isnull=False)
    link = settings.PUBLIC_URL + reverse("catalog:operate-sources")
    context = {"gone": gone.select_related("source").order_by("source__title"), "link": link}
    body = render_to_string("emails/sources_unavailable.txt", context)
    for operator in User.objects.filter(is_staff=True, is_active=True):
        EmailMessage(subject, body, to=[operator.email], headers={"X-Wayleave-Kind": "message"}).send()


def withdraw_unavailable(source: PolicySource, *, at: dt.datetime) -> None:
    """Nobody is told of a page that is there again."""
    if source.organization is not None:
        notifications.withdraw(organization=source.organization, subject_key=f"source:{source.pk}", at=at)
