"""What no action of this app does."""

from django.utils.translation import gettext as _

from accounts.models import Membership
from catalog.models import AccessRoute, Fact, PolicySource, Tool
from operations.errors import ActionRefused


def refuse_foreign(by: Membership, *rows: AccessRoute | Fact | PolicySource | Tool | None) -> None:
    """Nothing of an organization may point to what another one keeps, however its id was come by."""
    if any(row is not None and row.organization_id not in {None, by.organization_id} for row in rows):
        raise ActionRefused(_("That is not in your catalog."))
