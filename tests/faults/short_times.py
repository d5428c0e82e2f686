"""./run's settings with a heart that beats faster, so that a test of deafness need not wait as long as a person would."""

import datetime as dt

from config.settings.dev import *  # noqa: F403 -- a settings module is its base plus what differs
from config.settings.dev import CELERY_BEAT_SCHEDULE

HEARTBEAT_IS_STALE_AFTER = dt.timedelta(seconds=10)
CELERY_BEAT_SCHEDULE = {
    **CELERY_BEAT_SCHEDULE,
    "heartbeat": {"task": "operations.heartbeat", "schedule": 1.0, "options": {"expires": 10}},
}
