"""``make bench``: measures every budget there is so far, prints each as a line, and fails if one is exceeded.

Every line of the budgets is printed, by these modules:

=================================================  =====================================================================
queries per page                                   ``pages`` (``tests/test_url_walk.py`` holds every other page to it)
server time of the pages people live in            ``pages``
rows read to answer, to open a list, to find       ``pages``, ``answering``
a material change, until everybody is due          ``catching_up``, ``verdicts``
… until lists, counts and notices have caught up   ``catching_up``, ``verdicts``
a sweep with nothing due                           ``sweeps``
importing people, and looking what it would bring  ``importing``
first page, memory, weight, no other host          ``starting``
counts are what a recount finds                    ``exact``
=================================================  =====================================================================

A PostgreSQL of its own is started with the settings of ./run; nothing outside the temporary directory is touched.
"""

import argparse
import logging
import os
import sys
import tempfile
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

import django

from benchmarks import figures, starting
from benchmarks.figures import Figure
from devstack.accounts import service_account
from devstack.broker import Broker
from devstack.postgres import Postgres


def main() -> int:
    """Exit status 0 when every budget holds, else 1."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.partition("\n")[0])
    parser.add_argument("--people", type=int, default=100_000, help="how many the big company has (default 100,000)")
    parser.add_argument("--without-starting", action="store_true", help="leave out what takes ./run")
    parser.add_argument("--rounds", type=int, default=figures.most_rounds, help="measure nothing more often than this")
    asked = parser.parse_args()
    figures.most_rounds = asked.rounds
    over = 0 if asked.without_starting else show(starting.figures())
    with tempfile.TemporaryDirectory(prefix="wl-bench-") as directory:
        Path(directory).chmod(0o711)
        account = service_account()
        services = [Postgres(Path(directory) / "services", account), Broker(Path(directory) / "services", account)]
        try:
            for service in services:
                service.start()
            over += measure(asked.people, database=services[0].url(), broker=services[1].url(), state=directory)
        finally:
            for service in reversed(services):
                service.stop()
    return 1 if over else 0


def measure(people: int, *, database: str, broker: str, state: str) -> int:
    """Measure what needs a database; returns how many figures exceed their budget."""
    os.environ.update(
        DATABASE_URL=database, REDIS_URL=broker, STATE_DIR=state, DJANGO_SETTINGS_MODULE="config.settings.test"
    )
    Path(state, "static").mkdir()  # or WhiteNoise warns of every client
    django.setup()
    logging.disable(logging.INFO)  # the lines of events, and of requests
    # Its models can be imported only now.
    return show(import_module("benchmarks.companies").figures(people))


def show(lines: Iterable[Figure]) -> int:
    """Print each as it comes; returns how many exceed their budget."""
    over = 0
    for figure in lines:
        print(figure, flush=True)
        over += not figure.holds
    return over


if __name__ == "__main__":
    sys.exit(main())
