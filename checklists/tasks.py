"""Sweeps: what is due is found in the database; each is safe to run twice, late, or by two workers at once."""

import datetime as dt
from functools import partial

import structlog
from celery import shared_task

from accounts.models import Organization
from checklists import actions, notices, queries
from checklists.leaving import tell_without_lead
from operations import clock
from operations.sweeps import each, has_run_since, sweep

RECOUNT = "checklists.recount"
CLEAN_FILES = "checklists.clean_files"
log = structlog.get_logger("checklists")


class CountsDiffer(Exception):
    """What is kept up to date is not what a recount finds; the log names each difference, and nothing was repaired."""


@shared_task(name="checklists.settle")
@sweep("checklists.settle")
def settle() -> int:
    """Settle whoever asked for it."""
    return actions.settle_due(at=clock.now())


@shared_task(name="checklists.take_lapsed")
@sweep("checklists.take_lapsed")
def take_lapsed() -> int:
    """Ask for settling of people of whom something has run out."""
    return actions.take_lapsed(at=clock.now())


@shared_task(name="checklists.fold_counts")
@sweep("checklists.fold_counts")
def fold_counts() -> int:
    """Fold the deltas of the counts into their cells, and count what people say they use."""
    return actions.fold_counts() + actions.count_usage()


@shared_task(name="checklists.remind")
@sweep("checklists.remind")
def remind() -> int:
    """Write the reminders whose day has come."""
    at = clock.now()
    present = Organization.objects.filter(locked_at__isnull=True)
    return each((f"organization:{one.pk}", partial(_remind, one, at)) for one in present)


def _remind(organization: Organization, at: dt.datetime) -> int:
    told = notices.tell_due(organization, at=at) + notices.tell_who_looks_after_the_late(organization, at=at)
    told += notices.tell_stand_in(organization, at=at) + tell_without_lead(organization, at=at)
    return told + notices.tell_about_usage(organization, at=at)


@shared_task(name=RECOUNT)
def recount() -> int:
    """Count anew, once a day (UTC): at night, or when the machine is on again; every hour while something differs."""
    at = clock.now()
    if has_run_since(RECOUNT, at.replace(hour=0, minute=0, second=0, microsecond=0)):
        return 0
    return report_differences()


@shared_task(name=CLEAN_FILES)
def clean_files() -> int:
    """Remove files that no row speaks of, once a day (UTC)."""
    at = clock.now()
    if has_run_since(CLEAN_FILES, at.replace(hour=0, minute=0, second=0, microsecond=0)):
        return 0
    return remove_files_left_over(at)


@sweep(CLEAN_FILES)
def remove_files_left_over(at: dt.datetime) -> int:
    """The same, whenever it is asked for; before that, what was brought long ago and is part of no answer is let go."""
    everybody = Organization.objects.all()
    return each((f"organization:{one.pk}", partial(_clean, one, at)) for one in everybody)


def _clean(organization: Organization, at: dt.datetime) -> int:
    return actions.discard_old(organization, at=at) + actions.remove_left_over(organization, at=at)


@sweep(RECOUNT)
def report_differences() -> int:
    """Report, never repair, counts and reminders that differ from a recount.

    :raises CountsDiffer: so that the sweep's row and ``/readyz`` say so.
    """
    cells = queries.differing_cells()
    for cell in cells:
        log.error("count.differs", **{**vars(cell), "organization_id": str(cell.organization_id)})
    unwritten = notices.unwritten_reminders()
    for organization_id, assignment in unwritten:
        log.error("reminder.missing", organization_id=str(organization_id), assignment_id=assignment)
    if cells or unwritten:
        raise CountsDiffer
    return 0
