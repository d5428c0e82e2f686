"""What no action of this app does."""

from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from accounts.models import Membership
from catalog.models import AccessRoute, Fact, PolicySource, Tool
from operations.errors import ActionRefused


def refuse_foreign(by: Membership, *rows: AccessRoute | Fact | PolicySource | Tool | None) -> None:
    """Nothing of an organization may point to what another one keeps, however its id was come by."""
    if any(row is not None and row.organization_id not in {None, by.organization_id} for row in rows):
        raise ActionRefused(_("That is not in your catalog."))


def refuse_address(address: str) -> None:
    """An address is one of the web, and nobody's password stands in it.

    :raises ActionRefused: saying what to write instead.
    """
    try:
        parts = urlsplit(address)
        is_of_the_web = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_of_the_web = False
    if not is_of_the_web:
        raise ActionRefused(_("Write an address of the web: https://…"))
    if "@" in parts.netloc:
        raise ActionRefused(
            _("Leave name and password out of the address: everybody who reads policies would see them.")
        )
