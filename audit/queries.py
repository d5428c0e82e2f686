"""The part of ``current(at=)`` about bases and time; governance and checklists add theirs."""

import datetime as dt

from django.db.models import Exists, OuterRef, Q

from audit.models import Withdrawal


def is_withdrawn(snapshot: str, *, at: dt.datetime) -> Exists:
    """True where the row's snapshot rests on something a reopening, standing at ``at``, has re-opened.

    :param snapshot: the name of the row's snapshot id column, such as ``snapshot_id``.
    """
    undone = Q(reopening__undone_by__at__lte=at)
    return Exists(Withdrawal.objects.filter(snapshot_id=OuterRef(snapshot), reopening__at__lte=at).exclude(undone))
