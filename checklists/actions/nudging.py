"""A lead, or whoever runs the roll-out, reminds people by name: a line in their next mail."""

import dataclasses
import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions.authority import refuse_without, standing_now
from accounts.rights import Right
from audit.actions import record
from checklists import notices
from checklists.queries.nudging import Whom, reach_of_nudges
from operations.errors import ActionRefused


@transaction.atomic
def nudge(*, whom: Whom, at: dt.datetime) -> int:
    """Write a nudge to everybody it is for who was not nudged about the same checklist today; how many lines it were.

    :raises ActionRefused: whoever nudges may no longer, or there is nobody to nudge.
    """
    by = whom.by
    refuse_without(Right.TEAM_NUDGE, by)
    reach = reach_of_nudges(standing_now(by))
    if reach is not None:
        whom = dataclasses.replace(whom, team_ids=reach if whom.team_ids is None else reach & whom.team_ids)
    written = notices.tell_nudged(whom, at=at)
    if not written:
        raise ActionRefused(_("There is nobody to nudge: nothing of theirs is open, or they were nudged today."))
    record(
        "checklist.nudged",
        by=by.user_id,
        organization_id=by.organization_id,
        at=at,
        target=f"membership:{whom.person_id}" if whom.person_id else "",
        count=written,
        teams=sorted(whom.team_ids) if whom.team_ids is not None else None,
        checklist=whom.checklist_id,
        only_overdue=whom.is_overdue,
    )
    return written
