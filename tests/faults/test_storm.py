"""The storm of ``make faults``, for seconds: every trouble once, and the count at the end."""

import os
import subprocess
import sys

import pytest

from tests.faults.installation import OURS, ROOT
from tests.faults.storm.fleet import TROUBLES

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")

SMALL = ["--people=60", "--minutes=0", "--pause=0.5", "--web=2", "--workers=2", "--beats=2", "--seed=7"]


def test_nothing_is_lost_and_nothing_is_doubled_whatever_breaks_while_people_answer():
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.storm", *SMALL],
        env={name: value for name, value in os.environ.items() if name not in OURS},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=400,
    )

    assert "Nothing lost, nothing doubled." in done.stdout, done.stdout + done.stderr
    assert all(f"× {trouble}" in done.stdout for trouble in TROUBLES)
    assert done.returncode == 0
