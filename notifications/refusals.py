"""What a mail server, or a provider's interface, says of a message it did not take."""

import re
import smtplib
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from operations.late import late

# The message was understood and is not taken. Others of 4xx are about us: a wrong key, nothing paid, too many at once.
_OF_THE_MESSAGE = {400, 413, 422}
_POLICY = re.compile(r"\b5\.7\.\d+")
_LONGEST = 500


def trouble() -> tuple[type[Exception], ...]:
    """What the transport raises of one message; anything else is a fault of ours."""
    plain = (smtplib.SMTPException, OSError, ValueError)
    return (*plain, late("anymail.exceptions").AnymailError, ImproperlyConfigured) if _is_provider() else plain


def is_final(error: Exception) -> bool:
    """This address or these words were refused for good (5xx of SMTP); the sender's own troubles never are."""
    if isinstance(error, smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError):
        return all(500 <= code < 600 for code, _ in _replies(error))
    return _is_recipients_refused(error) or _status_of(error) in _OF_THE_MESSAGE


def is_address_refused(error: Exception) -> bool:
    """The address itself was refused for good; 5.7 says that it is not the address, but who we are or what we may."""
    if _is_recipients_refused(error):
        return True
    if not isinstance(error, smtplib.SMTPRecipientsRefused) or not is_final(error):
        return False
    return not any(_POLICY.search(_words(words)) for _code, words in _replies(error))


def reason_of(error: Exception) -> str:
    """What was answered, in its own words."""
    replies = _replies(error)
    if not replies:
        return f"{type(error).__name__}: {' '.join(str(error).split())}"[:_LONGEST]
    return "; ".join(f"{code} {_words(words)}" for code, words in replies)[:_LONGEST]


def _replies(error: Exception) -> list[tuple[int, bytes | str]]:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return list(error.recipients.values())
    if isinstance(error, smtplib.SMTPResponseException):
        return [(error.smtp_code, error.smtp_error)]
    return []


def _words(reply: bytes | str) -> str:
    return reply.decode(errors="replace") if isinstance(reply, bytes) else reply


def _is_provider() -> bool:
    return str(settings.MAIL_TRANSPORT.get("backend", "")).startswith("anymail.")


def _is_recipients_refused(error: Exception) -> bool:
    return _is_provider() and isinstance(error, late("anymail.exceptions").AnymailRecipientsRefused)


def _status_of(error: Exception) -> Any:
    """The status of HTTP with which a provider answered."""
    return getattr(error, "status_code", None) if _is_provider() else None
