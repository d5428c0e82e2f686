"""Why a page is unavailable: a code that is kept, and the words that are shown for it."""

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from operations.outbound.reasons import WORDS as WORDS_OF_CALLS

WORDS: dict[str, Promise] = {
    **WORDS_OF_CALLS,
    # What came with 200 and is not the page: the codes of missing.yaml.
    "empty": _("there is no text in it"),
    "short": _("it is much shorter than the last version"),
    "log-in": _("a page to log in came instead"),
    "bot-wall": _("a page that wants to know whether we are a machine came instead"),
    "no-page": _("a page that says “not found” came instead"),
    "maintenance": _("a page that says that the site is being worked on came instead"),
    "home-page": _("it leads to the site’s home page"),
}


def words(code: str, detail: str = "") -> str:
    """The reason as the end of a sentence; empty for none."""
    return str(WORDS[code]) % {"detail": detail} if code in WORDS else gettext(code.replace("-", " "))
