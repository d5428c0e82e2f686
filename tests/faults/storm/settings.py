"""The tests' settings with a timetable in a hurry, so that every sweep falls into every trouble."""

from config.settings.test import *  # noqa: F403 -- a settings module is its base plus what differs
from config.settings.test import CELERY_BEAT_SCHEDULE

EVERY = 2.0  # seconds
# What removes, publishes or counts once a day or an hour stays as it is.
UNHURRIED = {"clear-sessions", "recount", "clean-files", "erase-due", "fetch-policies"}
CELERY_BEAT_SCHEDULE = {
    name: entry if name in UNHURRIED else {**entry, "schedule": EVERY, "options": {"expires": 3 * EVERY}}
    for name, entry in CELERY_BEAT_SCHEDULE.items()
}
