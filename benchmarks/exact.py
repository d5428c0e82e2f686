"""Readiness and progress of everybody, compared with a recount after several processes did things at random."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from accounts.models import Organization
from benchmarks import figures as measured
from benchmarks.figures import Figure
from checklists.actions import fold_counts, settle_due
from checklists.queries import differing_cells
from operations import clock
from tests.checklists.crowd import progress_that_differs, unsettled_in
from tests.faults.storm.apart import PROCESSES

ROOT = Path(__file__).resolve().parent.parent
ACTIONS = 40
OF_A_ROUND = 10
GO = "import logging, django; django.setup(); logging.disable(logging.INFO)\nfrom tests.faults.storm.apart import go\ngo({slug!r}, seed={seed}, actions={actions})"


def figures(organization: Organization) -> Iterator[Figure]:
    """Answers, moves, leavings, publications and suspensions at once, while this process settles and folds."""
    actions = min(ACTIONS, OF_A_ROUND * measured.most_rounds)
    running = [
        subprocess.Popen(  # noqa: S603 -- our own code
            [sys.executable, "-c", GO.format(slug=organization.slug, seed=seed, actions=actions)], cwd=ROOT
        )
        for seed in range(PROCESSES)
    ]
    differing = looks = 0
    while any(one.poll() is None for one in running):
        settle_due(at=clock.now())
        differing += len(differing_cells())
        fold_counts()
        differing += len(differing_cells())
        looks += 2
    assert [one.returncode for one in running] == [0] * PROCESSES, "a process that acts failed"
    settle_due(at=clock.now())
    people = f"{organization.memberships.count():,} people"
    did = f"{people}, {PROCESSES} processes with {actions} actions each"
    yield Figure("counts that differ from a recount", differing, 0, "", f"{did}, looked at {looks} times meanwhile")
    shown = progress_that_differs(organization, at=clock.now())
    yield Figure("progress that differs from a recount", len(shown), 0, "", f"of everybody and of each team, {did}")
    rows = unsettled_in(organization, at=clock.now())
    yield Figure("people whose rows are not as the predicate", len(rows), 0, "", f"assignments and clearances, {did}")
