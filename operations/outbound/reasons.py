"""Why a call to somebody else's server came to nothing: a code that is kept, and the words that are shown for it."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LONGEST_DETAIL = 300
# ``%(detail)s``: a host, a status, a kind of content: never a part of what came.
WORDS: dict[str, Promise] = {
    "address": _("its address can’t be fetched: http or https, a host, and no password"),
    "refused": _(
        "%(detail)s leads into a network that is not public, which is not called unless the operator allows it"
    ),
    "downgrade": _("it leads from https to %(detail)s without: anybody on the way could change what comes"),
    "plain": _("%(detail)s is not called without https: anybody on the way could read and change what is said"),
    "unknown-host": _("no host has the name %(detail)s"),
    "connection": _("nobody answered at %(detail)s"),
    "tls": _("%(detail)s could not show that it is who it says it is (TLS)"),
    "timeout": _("it took longer than %(detail)s seconds"),
    "cut": _("the answer broke off, or made no sense"),
    "too-large": _("it is larger than %(detail)s MB"),
    "redirects": _("it leads on and on: more than %(detail)s redirects"),
    "not-there": _("the page is not there (%(detail)s)"),
    "busy": _("the site asks to come back later (%(detail)s)"),
    "status": _("the site answered with an error (%(detail)s)"),
    "kind": _("it is served as %(detail)s, which is not text"),
    "encoding": _("it is packed in a way that can’t be unpacked"),
    "unreadable": _("it can’t be read as text"),
}


class Unavailable(Exception):
    """What was asked for could not be had.

    :ivar code: of ``WORDS``.
    :ivar retry_after: seconds for which the site asks to be left alone, if it does.
    :ivar hosts: who was called on the way.
    """

    def __init__(self, code: str, detail: str = "", *, retry_after: int | None = None) -> None:
        self.code = code
        self.detail = detail[:LONGEST_DETAIL]
        self.retry_after = retry_after
        self.hosts: tuple[str, ...] = ()
        super().__init__(code, self.detail)

    def __str__(self) -> str:
        """The reason as the end of a sentence."""
        return str(WORDS[self.code]) % {"detail": self.detail} if self.code in WORDS else self.code
