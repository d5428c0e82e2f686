"""*I have stopped*: one person's word that they no longer use what was suspended."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Membership
from audit.actions import record
from governance.models import RouteDecision, StopSeen
from governance.queries.stops import last_suspension, must_stop
from operations.errors import ActionRefused


@transaction.atomic
def say_stopped(*, decision: RouteDecision, by: Membership, at: dt.datetime) -> StopSeen:
    """Keep that somebody has seen that they must stop, and says that they have; twice is once.

    :raises ActionRefused: when it is not suspended any more, or never was for them.
    """
    row = RouteDecision.objects.select_related("organization").get(pk=decision.pk, organization=by.organization)
    suspension = last_suspension(row)
    if suspension is None or not must_stop(row, since=suspension.at).filter(pk=by.pk).exists():
        raise ActionRefused(_("This is not suspended for you any more."))
    seen, is_new = StopSeen.objects.get_or_create(
        organization=by.organization,
        decision=row,
        membership=by,
        suspended_at=suspension.at,
        defaults={"at": at},
    )
    if is_new:
        record(
            "decision.stop_seen",
            by=by.user_id,
            organization_id=by.organization_id,
            at=at,
            target=f"decision:{row.pk}",
        )
    return seen
