"""What do you use today: who has said nothing yet."""

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Membership, Organization
from checklists.models import UsageInquiry
from notifications import actions as notifications
from notifications.schedule import DUE
from operations import clock

# Everybody who has said nothing yet: on the day it is asked or they join, then by the schedule.
USAGE_TAKEN = """
UPDATE checklists_usagereminder reminder SET next_on = %s
FROM checklists_usageinquiry inquiry
WHERE reminder.organization_id = %s AND reminder.next_on <= %s AND inquiry.id = reminder.inquiry_id
RETURNING inquiry.id, inquiry.due_on, inquiry.asked_at, inquiry.keeper_id
"""
USAGE_UNTOLD = """
SELECT access.membership_id, 'usage:' || taken.id,
       greatest(notifications_newest_slot(taken.due_on, %s, %s, %s),
                (greatest(taken.asked_at, access.started_at) AT TIME ZONE %s)::date),
       %s, replace(%s, '{keeper}', coalesce(nullif(person.name, ''), person.email)), '', %s, taken.due_on
FROM taken
JOIN accounts_membership keeper ON keeper.id = taken.keeper_id
JOIN accounts_user person ON person.id = keeper.user_id
JOIN accounts_accessperiod access ON access.organization_id = %s AND access.ended_at IS NULL AND access.level <> 'guest'
WHERE NOT EXISTS (SELECT FROM checklists_usagereport report
                  WHERE report.inquiry_id = taken.id AND report.membership_id = access.membership_id)
"""


def tell_about_usage(organization: Organization, *, at: dt.datetime) -> int:
    """Ask everybody who has not said what they use, once a day at most, set-wise; safe to run twice and late."""
    today = clock.day_of(at, organization.timezone)
    return notifications.tell_many(
        organization=organization,
        rule="usage-asked",
        taken=USAGE_TAKEN,
        query=USAGE_UNTOLD,
        params=[
            *(today + dt.timedelta(days=1), organization.pk, today),
            *(today, *DUE.sql_params, organization.timezone),
            _("What do you use today?"),
            _("Two taps for each tool. Only {keeper} sees names, and telling has no consequences."),
            reverse("checklists:usage-tell", args=[organization.slug]),
            organization.pk,
        ],
        at=at,
    )


def withdraw_usage(inquiry: UsageInquiry, *, at: dt.datetime, recipient: Membership | None = None) -> None:
    """Take back what was not sent yet: somebody has said it, or nobody is asked any more."""
    key = f"usage:{inquiry.pk}"
    notifications.withdraw(organization=inquiry.organization, subject_key=key, at=at, recipient=recipient)
