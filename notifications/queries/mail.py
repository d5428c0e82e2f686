"""What the delivery page and the outbox show."""

import datetime as dt
import re

from django.db.models import Prefetch, QuerySet
from django.db.models.functions import Lower

from accounts.models import Membership, Organization
from notifications.models import Notice, OutgoingMail, Preference
from notifications.schedule import workday
from operations import clock

# A code stands on a line of its own (allauth's mails), such as "K7XQ-2MPD", "482-910-377" or "482910".
_CODE = re.compile(r"^\s*([A-Z0-9]{2,6}(?:-[A-Z0-9]{2,6}){1,3}|[A-Z0-9]{6,9})\s*$", re.MULTILINE)


def delivery(
    organization: Organization, *, status: str = "", kind: str = "", address: str = ""
) -> QuerySet[OutgoingMail]:
    """The organization's mail with the notices each carries; empty filters leave all. The words are not read."""
    mail = _narrowed(organization.outgoing_mail.all(), address=address)
    mail = mail.filter(status=status) if status else mail
    mail = mail.filter(kind=kind) if kind else mail
    titles = Notice.objects.order_by("pk").only("pk", "mail_id", "title", "because")
    return (
        mail.select_related("organization")
        .defer("text", "html", "headers")
        .prefetch_related(Prefetch("notices", queryset=titles))
    )


def outbox(*, address: str = "", is_demo_only: bool = False) -> QuerySet[OutgoingMail]:
    """Mail that is kept here to be read: of the whole installation, or of the demo company only, while it is there."""
    held = OutgoingMail.objects.held()
    held = held.filter(organization__is_demo=True, organization__locked_at=None) if is_demo_only else held
    return _narrowed(held, address=address).select_related("organization")


def code_in(mail: OutgoingMail) -> str:
    """The sign-in code a message carries; empty if it carries none."""
    found = _CODE.search(mail.text) if mail.kind == OutgoingMail.Kind.ACCOUNT else None
    return found.group(1) if found else ""


def hears_only_pressing(membership: Membership) -> bool:
    """Whether this person wants to hear of what is overdue, and of what they have to stop using, and of nothing else."""
    return Preference.objects.filter(membership=membership, only_pressing=True).exists()


def _narrowed(mail: QuerySet[OutgoingMail], *, address: str) -> QuerySet[OutgoingMail]:
    return mail.alias(address=Lower("to")).filter(address=address.lower()) if address else mail


def next_digest_on(membership: Membership, *, at: dt.datetime) -> dt.date:
    """The day, where this person is, on which what is written now reaches them: today's mail may have gone already."""
    zone = membership.user.timezone or membership.organization.timezone
    today = clock.day_of(at, zone)
    had = OutgoingMail.objects.filter(
        organization=membership.organization_id, user=membership.user_id, digest_on=today
    ).exists()
    return workday(today + dt.timedelta(days=had))
