"""The e-mail backend: every message of ``django.core.mail`` becomes a row, in the caller's transaction.

The organization a message belongs to is said by the header ``X-Wayleave-Organization`` (its id) or an attribute
``organization`` on the message; the kind by ``X-Wayleave-Kind``. Neither header leaves the house. A message without
an organization to a person who is only in the demo company, and invited to no other, counts as the demo's: it stays here.
"""

import uuid
from collections.abc import Sequence
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from accounts.models import Organization, User
from accounts.queries import leaves_the_house, only_demo_of
from notifications.models import OutgoingMail
from operations import clock
from operations.bell import ring

ORGANIZATION_HEADER = "X-Wayleave-Organization"
KIND_HEADER = "X-Wayleave-Kind"
SEND_TASK = "notifications.send_due"


class OutgoingMailBackend(BaseEmailBackend):
    """Writes one :class:`OutgoingMail` per address; the bell rings when the caller's transaction commits."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write the messages down.

        :raises ValueError: for attachments; files are shown on a page behind a right, a mail links to it.
        """
        rows = [row for message in email_messages for row in _rows(message)]
        OutgoingMail.objects.bulk_create(rows)
        if any(row.status == OutgoingMail.Status.PENDING for row in rows):
            ring(SEND_TASK)
        return len(email_messages)


def new_message_id() -> str:
    """A Message-ID under the installation's own name, fixed before the first try."""
    name = urlsplit(settings.PUBLIC_URL).hostname or ""
    return f"<{uuid.uuid4()}@{f'[IPv6:{name}]' if ':' in name else name}>"


def first_status(organization: Organization | None) -> OutgoingMail.Status:
    """Whether mail of this organization waits to be sent, or is kept here to be read."""
    return OutgoingMail.Status.PENDING if leaves_the_house(organization) else OutgoingMail.Status.HELD


def _rows(message: EmailMessage) -> list[OutgoingMail]:
    if message.attachments:
        raise ValueError("Mail carries no attachments: link to a page instead.")
    headers = dict(message.extra_headers)
    organization = _organization_named(message, headers.pop(ORGANIZATION_HEADER, None))
    kind = headers.pop(KIND_HEADER, None) or (OutgoingMail.Kind.MESSAGE if organization else OutgoingMail.Kind.ACCOUNT)
    if message.reply_to:
        headers["Reply-To"] = ", ".join(message.reply_to)
    html = next((part for part, mimetype in getattr(message, "alternatives", []) if mimetype == "text/html"), "")
    at = clock.now()
    rows = []
    for address in message.recipients():
        user = User.objects.filter(email=address.lower()).first()
        belongs_to = organization or only_demo_of(user)
        rows.append(
            OutgoingMail(
                organization=belongs_to,
                user=user,
                kind=OutgoingMail.Kind(kind),
                to=address,
                from_email=message.from_email,
                subject=" ".join(str(message.subject).split()),
                text=str(message.body),
                html=str(html),
                headers=headers,
                message_id=new_message_id(),
                status=first_status(belongs_to),
                lease_until=at,
                created_at=at,
            )
        )
    return rows


def _organization_named(message: EmailMessage, header: str | None) -> Organization | None:
    if header is not None:
        return Organization.objects.get(pk=header)
    return getattr(message, "organization", None)
