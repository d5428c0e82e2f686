"""The benchmarks, with a handful of people: what they say is meaningless, that they still say all of it is not."""

import os
import re
import subprocess
import sys

from tests.faults.installation import OURS, ROOT

LINE = re.compile(r"(ok  |OVER) +\d+\.\d\d [× ]    of +[\d.]+  (.+): .+")
EXPECTED = {
    "nothing due: checklists.settle",
    "a material change, until everybody is due",
    "lists and counts have caught up",
    "… and notices",
    "server time of the task list",
    "rows read by one item",
    "answering one item",
    "statements to answer one item",
    "rows read to answer one item",
    "a material verdict on a clause, until everybody is due",
    "… and lists and counts have caught up",
    "comparing two versions of a vendor's page",
    "SQL queries of the task list",
    "counts that differ from a recount",
    "progress that differs from a recount",
    "people whose rows are not as the predicate",
}


def test_they_print_their_lines_and_nothing_else() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--people=7", "--rounds=1", "--without-starting"],
        env={name: value for name, value in os.environ.items() if name not in OURS},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=240,
    )

    lines = [LINE.fullmatch(line) for line in done.stdout.splitlines()]
    assert done.stderr == ""
    assert None not in lines, done.stdout
    assert {line[2] for line in lines} >= EXPECTED
    assert done.returncode == any(line[1] == "OVER" for line in lines)
