"""What pages count is what a recount finds, at any moment and at the end, while several processes do things at random.

``make bench`` asks the same of 100,000 people.
"""

from contextlib import ExitStack

import pytest

from checklists import actions
from checklists.queries import differing_cells
from operations import clock
from tests import processes
from tests.checklists.crowd import progress_that_differs, unsettled
from tests.faults.storm import world
from tests.faults.storm.apart import PROCESSES

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = 200
ACTIONS = 30
GO = "from tests.faults.storm.apart import go\ngo('acme', seed={seed}, actions={actions})"


def test_counts_are_exact_while_several_processes_answer_move_publish_and_suspend() -> None:
    acme = world.built(PEOPLE)
    with ExitStack() as stack:
        running = [
            stack.enter_context(processes.python(GO.format(seed=seed, actions=ACTIONS))) for seed in range(PROCESSES)
        ]
        while any(one.poll() is None for one in running):
            actions.settle_due(at=clock.now())
            assert differing_cells() == []
            actions.fold_counts()
            assert differing_cells() == []
        assert [one.returncode for one in running] == [0] * PROCESSES
    actions.settle_due(at=clock.now())

    assert unsettled(acme, at=clock.now()) == []
    assert progress_that_differs(acme.organization, at=clock.now()) == {}
    actions.fold_counts()
    assert progress_that_differs(acme.organization, at=clock.now()) == {}
