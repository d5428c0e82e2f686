"""What every writing into a draft begins and ends with."""

import datetime as dt

from django.utils.translation import gettext as _

from accounts.models import Membership
from governance.actions.moves import lock
from governance.models import DecisionEditor, RouteDecision
from operations.errors import ActionRefused


class DraftChanged(ActionRefused):
    """Somebody has written in the draft since the page that was sent had been opened."""


def lock_draft(decision: RouteDecision) -> RouteDecision:
    """The draft, locked.

    :raises ActionRefused: when it is no longer a draft.
    """
    decision = lock(decision)
    if decision.status != RouteDecision.Status.DRAFT:
        raise ActionRefused(
            _("This revision is “%(status)s” and frozen; propose a new one to change anything.")
            % {"status": decision.get_status_display()}
        )
    return decision


def note_editor(decision: RouteDecision, *, by: Membership, at: dt.datetime) -> None:
    """Remember that this person wrote in the draft, and therefore may not sign it."""
    DecisionEditor.objects.get_or_create(
        decision=decision, user_id=by.user_id, defaults={"organization_id": decision.organization_id, "at": at}
    )
