"""The sender: claims mail by lease, sends it, marks each message after its own 250.

A lease runs out, so nothing is lost when a sender dies; a message is marked only ``WHERE claim = mine``, so nobody marks
what is no longer theirs. The one copy SMTP allows (death between its 250 and our commit) carries the same Message-ID.
"""

import contextlib
import datetime as dt
import uuid
from email.utils import format_datetime
from types import TracebackType

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction
from django.db.models import F

from notifications.actions import note_bounced_mail
from notifications.mail import first_status
from notifications.models import OutgoingMail
from notifications.refusals import is_address_refused, is_final, reason_of, trouble
from operations import clock

log = structlog.get_logger("mail")

LEASE = dt.timedelta(minutes=5)
BATCH = 20
MOST_ATTEMPTS = 8
# One run ends before Celery's soft time limit; the next turn goes on.
RUN = dt.timedelta(minutes=2)
# After the first failure, the second, …; together about a day.
BACK_OFF = [dt.timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720)]

# What a provider must be told to leave the Message-ID as it is; others do, or take none.
KEEPS_OUR_ID = {"anymail.backends.postmark.EmailBackend": {"X-PM-KeepID": "true"}}

_CLAIM = """
UPDATE notifications_outgoingmail SET claim = %s, lease_until = %s, attempts = attempts + 1
WHERE id IN (
    SELECT id FROM notifications_outgoingmail
    WHERE status = 'pending' AND lease_until <= %s AND attempts BETWEEN %s AND %s
    ORDER BY lease_until, id LIMIT %s FOR UPDATE SKIP LOCKED
)
"""


def send_due() -> int:
    """Send everything that is due, 20 at a time; what was tried before goes singly, so that a message that kills its
    sender takes no other with it. Returns how many were sent."""
    _give_up_on_killers()
    sent, until = 0, clock.now() + RUN
    with _Transport() as transport:
        while not transport.is_down and clock.now() < until:
            batch = _claim(tried=(0, 0), limit=BATCH) or _claim(tried=(1, MOST_ATTEMPTS - 1), limit=1)
            if not batch:
                break
            sent += _send_batch(transport, batch)
    return sent


def _claim(*, tried: tuple[int, int], limit: int) -> list[OutgoingMail]:
    """Up to ``limit`` due messages that were tried at least and at most so many times; ours until the lease ends."""
    at, claim = clock.now(), uuid.uuid4()
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [claim, at + LEASE, at, *tried, limit])
        if not cursor.rowcount:
            return []
    return list(OutgoingMail.objects.filter(claim=claim).select_related("organization", "user").order_by("pk"))


def _send_batch(transport: "_Transport", batch: list[OutgoingMail]) -> int:
    """Send until half of the lease is gone; what is left goes back untried."""
    stop_at = batch[0].lease_until - LEASE / 2
    sent = 0
    for position, mail in enumerate(batch):
        if transport.is_down or clock.now() >= stop_at:
            _give_back(batch[position:], wait=transport.is_down)
            break
        sent += _send_one(transport, mail)
    return sent


def _send_one(transport: "_Transport", mail: OutgoingMail) -> bool:
    if first_status(mail.organization) == OutgoingMail.Status.HELD:
        _mark(mail, status=OutgoingMail.Status.HELD)
        return False
    try:
        transport.send(_message(mail))
    except trouble() as error:
        _note_failure(mail, error)
        return False
    # The words have arrived; a sign-in code or an invitation has no business in our tables from here on.
    return _mark(mail, status=OutgoingMail.Status.SENT, sent_at=clock.now(), text="", html="", last_error="")


def _note_failure(mail: OutgoingMail, error: Exception) -> None:
    reason = reason_of(error)
    log.warning("mail.not_sent", mail=mail.pk, attempts=mail.attempts, error=type(error).__name__)
    if is_final(error) or mail.attempts >= MOST_ATTEMPTS:
        with transaction.atomic():
            is_ours = _mark(mail, status=OutgoingMail.Status.FAILED, last_error=reason)
            if is_ours and is_address_refused(error):
                note_bounced_mail(mail, at=clock.now())
    else:
        _mark(mail, lease_until=clock.now() + BACK_OFF[mail.attempts - 1], claim=None, last_error=reason)


def _mark(mail: OutgoingMail, **values: object) -> bool:
    mine = OutgoingMail.objects.filter(pk=mail.pk, claim=mail.claim, status=OutgoingMail.Status.PENDING)
    return mine.update(**values) == 1


def _give_back(batch: list[OutgoingMail], *, wait: bool) -> None:
    """Nobody tried these: the attempt doesn't count. While the server is away they wait a minute."""
    due = clock.now() + (BACK_OFF[0] if wait else dt.timedelta())
    mine = OutgoingMail.objects.filter(pk__in=[mail.pk for mail in batch], claim=batch[0].claim)
    mine.pending().update(claim=None, lease_until=due, attempts=F("attempts") - 1)


def _give_up_on_killers() -> None:
    """Mail whose last lease ran out unanswered: each of its senders died over it."""
    died = OutgoingMail.objects.pending().filter(lease_until__lte=clock.now(), attempts__gte=MOST_ATTEMPTS)
    died.update(
        status=OutgoingMail.Status.FAILED,
        last_error=f"Sending was cut off {MOST_ATTEMPTS} times; the message was not tried again.",
    )


def _message(mail: OutgoingMail) -> EmailMultiAlternatives:
    headers = {
        "Message-ID": mail.message_id,
        "Date": format_datetime(mail.created_at),
        "Auto-Submitted": "auto-generated",
        **KEEPS_OUR_ID.get(settings.MAIL_TRANSPORT.get("backend", ""), {}),
        **mail.headers,
    }
    message = EmailMultiAlternatives(mail.subject, mail.text, mail.from_email, [mail.to], headers=headers)
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    return message


class _Transport:
    """One conversation with the mail server, opened at the first message and again after a failure."""

    def __init__(self) -> None:
        self.is_down = False
        self._connection: BaseEmailBackend | None = None

    def __enter__(self) -> "_Transport":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._close()

    def send(self, message: EmailMultiAlternatives) -> None:
        """Hand over one message; returns after the server's 250.

        :raises notifications.refusals.trouble: it was not accepted, could not be, or is no message.
        """
        server = self._open()
        try:
            server.send_messages([message])
        except trouble():
            self._close()
            raise

    def _open(self) -> BaseEmailBackend:
        if self._connection is None:
            try:
                server = get_connection(**settings.MAIL_TRANSPORT)
                server.open()
            except trouble():
                self.is_down = True
                raise
            self._connection = server
        return self._connection

    def _close(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(*trouble()):
                self._connection.close()
            self._connection = None
