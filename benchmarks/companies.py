"""A small company, then a big one beside it, and everything that is measured of both."""

import datetime as dt
from collections.abc import Iterator
from io import StringIO

from django.core.management import call_command
from django.db import connection

from benchmarks import answering, catching_up, company, exact, importing, pages, policies, sweeps, verdicts
from benchmarks.figures import Figure
from operations import clock

SMALL = 100
JOINED_DAYS_AGO = 30


def figures(people: int) -> Iterator[Figure]:
    """Every figure that needs Django's settings, most of them a database.

    :param people: how many the big company has.
    """
    for command in ("migrate", "load_catalog", "load_checklists"):
        call_command(command, verbosity=0, stdout=StringIO())
    joined = clock.now() - dt.timedelta(days=JOINED_DAYS_AGO)
    small, big = (company.found(slug, at=joined) for slug in ("small", "big"))
    company.fill(small, people=SMALL, at=joined)
    company.fill(big, people=SMALL, at=joined)
    quiet = sweeps.quiet()
    company.fill(big, people=people, at=joined)
    yield from sweeps.figures(quiet, sweeps.quiet())
    yield from catching_up.figures(big, small)
    company.add_teams(small, upto=big.teams.count())  # from here on they differ by their people alone
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")  # as autovacuum would in a minute: what was folded away is not read
    yield from pages.figures(big, small)
    yield from answering.figures(big, small)
    yield from verdicts.figures(big, small)
    yield from policies.figures()
    yield from exact.figures(big)
    yield from importing.figures(big, people=people)
