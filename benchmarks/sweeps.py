"""Sweeps that find nothing due: as cheap with a big company in the database as with a small one."""

from collections.abc import Callable, Iterator

from celery import current_app
from django.conf import settings
from django.db import transaction

from benchmarks.figures import Figure, median
from tests.plans import rows_read_by_table

ROUNDS = 9
# Once a night, and it counts everything: that is what it is for.
NOT_FLAT = {"checklists.recount", "checklists.clean_files"}


def quiet() -> dict[str, tuple[float, int]]:
    """Per sweep of the timetable: the median of its seconds, and the rows it reads, when nothing is due."""
    current_app.loader.import_default_modules()
    names = sorted({str(entry["task"]) for entry in settings.CELERY_BEAT_SCHEDULE.values()} - NOT_FLAT)
    sweeps = {name: current_app.tasks[name] for name in names}
    for _round in range(3):  # whatever was due is done
        for sweep in sweeps.values():
            sweep()
    return {name: (median(sweep, rounds=ROUNDS), _rows(sweep)) for name, sweep in sweeps.items()}


def figures(small: dict[str, tuple[float, int]], big: dict[str, tuple[float, int]]) -> Iterator[Figure]:
    """What :func:`quiet` said before and after the big company came."""
    for name, (took, rows) in big.items():
        before, rows_before = small[name]
        yield Figure(
            f"nothing due: {name}",
            took / before,
            2,
            "×",
            f"{took * 1000:.1f} ms, {rows} rows; before {rows_before} rows",
        )


def _rows(sweep: Callable[[], object]) -> int:
    with transaction.atomic(), rows_read_by_table() as counts:
        sweep()
    return sum(counts.values())
