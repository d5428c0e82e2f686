"""An upgrade: two begun at the same moment, on nothing and on what an earlier release left; all of it is there afterwards."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.faults.installation import ROOT
from tests.faults.older import count, empty_database, fill

PREPARE = [sys.executable, "manage.py", "prepare"]


@pytest.fixture
def database() -> Iterator[str]:
    with empty_database(os.environ["DATABASE_URL"]) as address:
        yield address


def env(database: str, state: Path) -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": database,
        "STATE_DIR": str(state),
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
    }


def prepare(database: str, state: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        PREPARE, env=env(database, state), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def end_well(*upgrades: "subprocess.Popen[str]") -> list[str]:
    """What each of them said, once all have ended well."""
    said = [one.communicate(timeout=300)[1] for one in upgrades]
    assert [one.returncode for one in upgrades] == [0] * len(upgrades), said
    return said


def whole(database: str, state: Path) -> str:
    """What opening every page said; the models are what the tables are, and each migration was applied once."""
    with psycopg.connect(database) as connection:
        twice = "SELECT app, name FROM django_migrations GROUP BY 1, 2 HAVING count(*) > 1"
        assert connection.execute(twice).fetchall() == []
    left = [sys.executable, "manage.py", "migrate", "--check"]
    subprocess.run(left, env=env(database, state), cwd=ROOT, check=True, timeout=60)
    walk = [sys.executable, "-m", "tests.faults.open_every_page"]
    done = subprocess.run(walk, env=env(database, state), cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_two_at_once_on_an_empty_database(database, tmp_path):
    end_well(prepare(database, tmp_path / "one"), prepare(database, tmp_path / "other"))

    assert "0 pages opened" in whole(database, tmp_path / "one")


def test_two_at_once_on_what_an_earlier_release_left_lose_nothing_of_it(database, tmp_path):
    held = fill(database, env(database, tmp_path / "one"))

    end_well(prepare(database, tmp_path / "one"), prepare(database, tmp_path / "other"))

    now = count(database, list(held))
    assert {table: rows for table, rows in held.items() if now[table] < rows} == {}
    opened = re.search(r"^(\d+) pages opened", whole(database, tmp_path / "one"), re.M)
    assert int(opened[1]) > 50
