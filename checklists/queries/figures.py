"""Whether lists and counts have caught up, as figures for ``/metrics`` (operations/metrics.py)."""

import datetime as dt

from checklists.models import SettleJob
from operations.metrics import Figure


def settling(at: dt.datetime) -> list[Figure]:
    """Passes that are not through, and since when the oldest is."""
    started = list(SettleJob.objects.filter(done_at=None).values_list("started_at", flat=True))
    age = (at - min(started)).total_seconds() if started else 0
    return [
        Figure.one(
            "settle_jobs_waiting", "Organizations whose lists and counts are being brought up to date.", len(started)
        ),
        Figure.one("settle_oldest_seconds", "How long the oldest of these passes has been under way.", age),
    ]
