"""Importing what was asked for: taken from the database, whole or not at all, however often its worker is killed."""

import datetime as dt
from functools import partial

import structlog
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from accounts.actions.importing.applying import apply
from accounts.models import ImportLine, PeopleImport
from operations import clock
from operations.errors import ActionRefused
from operations.sweeps import each

KEPT_FOR = dt.timedelta(days=7)
MOST_ATTEMPTS = 5
Status = PeopleImport.Status
log = structlog.get_logger("accounts")


def import_due(*, at: dt.datetime) -> int:
    """Import every list that was asked for, and forget those that nobody came back to; returns how many of either.

    :raises SomeFailed: one could not be imported; the others are.
    """
    due = PeopleImport.objects.filter(status=Status.DUE).order_by("pk").values_list("pk", flat=True)
    return each((f"import:{pk}", partial(run_import, pk)) for pk in due) + _forget(at)


def run_import(pk: int) -> int:
    """Import one list: 1 when that is settled, be it refused; 0 when another worker is at it.

    What fails is tried again by the next sweep; the attempt is counted first, and outlives a worker that is killed.
    """
    if not _claim(pk):
        return 0
    try:
        with transaction.atomic():
            people_import = _held(pk)
            if people_import is None:
                return 0
            is_done = apply(people_import, at=clock.now())
            _end(people_import) if is_done else _send_back(people_import, _changed())
    except ActionRefused as refusal:
        with transaction.atomic():
            people_import = _held(pk)
            if people_import is not None:
                _send_back(people_import, str(refusal))
    return 1


def _changed() -> str:
    return _("Something has changed since this list was checked, and lines have errors now. Nobody was imported.")


@transaction.atomic
def _claim(pk: int) -> bool:
    people_import = _held(pk)
    if people_import is None:
        return False
    if people_import.attempts >= MOST_ATTEMPTS:
        log.error("import.given_up", import_id=pk)
        _send_back(
            people_import, _("The import failed again and again; nobody was imported. The operator's log says why.")
        )
        return False
    people_import.attempts = F("attempts") + 1
    people_import.started_at = clock.now()
    people_import.save(update_fields=["attempts", "started_at"])
    return True


def _held(pk: int) -> PeopleImport | None:
    """The import as long as it is due and nobody else is at it; held until the transaction ends."""
    return (
        PeopleImport.objects.select_for_update(no_key=True, skip_locked=True, of=("self",))
        .select_related("organization", "asked_by__user")
        .filter(pk=pk, status=Status.DUE)
        .first()
    )


def _end(people_import: PeopleImport) -> None:
    people_import.status, people_import.finished_at = Status.DONE, clock.now()
    people_import.save(update_fields=["status", "finished_at", "counts"])
    people_import.lines.all().delete()


def _send_back(people_import: PeopleImport, why: str) -> None:
    people_import.status, people_import.refusal = Status.CHECKED, why
    people_import.save(update_fields=["status", "refusal", "counts"])


def _forget(at: dt.datetime) -> int:
    """A list that nobody imported within a week is cancelled: it holds names and addresses."""
    old = PeopleImport.objects.filter(status__in=[Status.BROUGHT, Status.CHECKED], brought_at__lte=at - KEPT_FOR)
    return sum(_cancel(pk, at) for pk in old.values_list("pk", flat=True))


@transaction.atomic
def _cancel(pk: int, at: dt.datetime) -> int:
    unwanted: QuerySet[PeopleImport] = PeopleImport.objects.filter(pk=pk, status__in=[Status.BROUGHT, Status.CHECKED])
    cancelled = unwanted.update(status=Status.CANCELLED, finished_at=at)
    if cancelled:
        ImportLine.objects.filter(people_import=pk).delete()
    return cancelled
