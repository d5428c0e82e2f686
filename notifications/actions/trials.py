"""A message to oneself: whether mail leaves, and arrives."""

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from accounts.models import Membership
from audit.actions import record
from notifications.mail import SEND_TASK, first_status, new_message_id
from notifications.models import OutgoingMail
from operations.bell import ring


@transaction.atomic
def send_test(*, by: Membership, at: dt.datetime) -> OutgoingMail:
    """Write one message to the address of whoever asks; it goes the way of every other."""
    organization = by.organization
    mail = OutgoingMail.objects.create(
        organization=organization,
        user_id=by.user_id,
        kind=OutgoingMail.Kind.TEST,
        to=by.user.email,
        from_email=settings.DEFAULT_FROM_EMAIL,
        subject=_("%(organization)s: a test") % {"organization": organization.name},
        text=render_to_string(
            "emails/test.txt", {"organization": organization.name, "public_url": settings.PUBLIC.address}
        ),
        message_id=new_message_id(),
        status=first_status(organization),
        lease_until=at,
        created_at=at,
    )
    record(
        "person.test_mail_sent",
        by=by.user_id,
        organization_id=organization.pk,
        at=at,
        target=f"membership:{by.pk}",
        mail=mail.pk,
    )
    ring(SEND_TASK)
    return mail
