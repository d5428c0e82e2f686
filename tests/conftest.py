"""What every test may use. People and things to act on are made in factories.py."""

import datetime as dt
import gc
import os
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest
from celery import Celery, current_app
from django.conf import settings as django_settings
from django.db import connection, connections, transaction
from django.test import TransactionTestCase
from hypothesis import settings as hypothesis_settings
from pytest_django import DjangoDbBlocker

from catalog.loading.catalog import load, read
from operations import clock
from tests.browser.chromium import CHROMIUM, CHROMIUM_FLAGS

# Playwright runs an event loop in the test's own thread; the ORM calls around it are plain and blocking.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
# Nothing here lives long: looking for cycles as often as a server does takes a twelfth of the suite.
gc.set_threshold(100_000, 50, 50)

# What takes minutes for a handful of tests: with both hands full, the browsers before all …
LONGEST = ("browser/test_every_page.py", "browser/test_story.py", "browser/", "test_benchmarks.py")
# … or mostly waiting for processes of its own to start, to be missed and to end.
WAITING = (
    "faults/test_deaf_worker.py",
    "faults/test_storm.py",
    "faults/test_full_disk.py",
    "devstack/test_production.py",
    "faults/test_offline.py",
    "faults/test_mail_killed.py",
    "faults/test_run.py",  # says what it waits for within a minute, which a browser beside it takes away
    "faults/test_supervisor.py",
)

# No test is timed against the wall clock.
hypothesis_settings.register_profile("untimed", deadline=None)
hypothesis_settings.load_profile("untimed")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The order in which xdist hands out files: the longest first, so that no worker sits idle at the end while another is
    at a story of minutes; then those of most tests. What mostly waits goes in between, one by one: two that wait at once
    leave the machine idle, two browsers at once are in each other's way. Within a file everything stays as it is."""
    here = Path(__file__).parent
    tests = Counter(item.path for item in items)
    names = {path: path.relative_to(here).as_posix() for path in tests}
    waiting = sorted((path for path in tests if names[path] in WAITING), key=lambda path: WAITING.index(names[path]))
    busy = sorted(
        (path for path in tests if names[path] not in WAITING),
        key=lambda path: (_rank(names[path]), -tests[path], path),
    )
    in_turn = [path for pair in zip_longest(busy, waiting) for path in pair if path]
    place = {path: number for number, path in enumerate(in_turn)}
    items.sort(key=lambda item: place[item.path])


def _rank(name: str) -> int:
    return next((rank for rank, begins in enumerate(LONGEST) if name.startswith(begins)), len(LONGEST))


def _flush_as_replica(case: TransactionTestCase) -> None:
    """Empty the tables after a transactional test, and let every number begin at one again.

    The append-only triggers stay as they are: the session steps around them, which only the superuser of the test database
    can. Only what holds rows is deleted from; Django's TRUNCATE of every table takes a second, this some milliseconds.
    """
    for alias in case._databases_names(include_mirrors=False):  # type: ignore[attr-defined]  # as Django's own teardown
        database = connections[alias]
        tables = [database.ops.quote_name(name) for name in _tables(alias)]
        holding = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in tables)
        with database.cursor() as cursor:
            cursor.execute(holding)
            if not (held := [name for (name,) in cursor.fetchall()]):
                continue
            deleting = "".join(f"DELETE FROM {name};" for name in held)
            cursor.execute(
                f"SET session_replication_role = replica; {deleting} SET session_replication_role = origin;"
                "SELECT setval(sequence.oid::regclass, 1, false) FROM pg_class sequence"
                " JOIN pg_namespace schema ON schema.oid = sequence.relnamespace"
                " WHERE sequence.relkind = 'S' AND schema.nspname = current_schema()"
            )
            # What is measured next walks past no dead rows, and is planned as on a new table.
            cursor.execute(f"VACUUM {', '.join(held)}")
            cursor.execute(
                "SELECT pg_clear_relation_stats(current_schema(), relname) FROM pg_class WHERE oid = ANY(%s::regclass[])",
                [held],
            )


@cache
def _tables(alias: str) -> list[str]:
    return connections[alias].introspection.django_table_names(only_existing=True)


@pytest.fixture(autouse=True, scope="session")
def _transactional_tests_flush_as_replica() -> None:
    TransactionTestCase._fixture_teardown = _flush_as_replica  # type: ignore[method-assign]  # Django has no setting


@pytest.fixture(autouse=True, scope="session")
def _static_files_have_a_place() -> None:
    Path(django_settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


@pytest.fixture(scope="module")
def shipped_catalog(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The catalog that ships, loaded once for all tests of a module that read it; each test rolls back to it. Tests in
    one module with those that use it find it loaded too, and none of them may be transactional."""
    with django_db_blocker.unblock(), transaction.atomic():
        load(read(), at=clock.now())
        connection.check_constraints()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def move_clock(settings: Any, tmp_path: Path) -> Callable[..., None]:
    """Move the one clock: ``move_clock(days=183)`` from now on, counted from the real present; web, worker and beat read
    the same file."""
    path = settings.CLOCK_OFFSET_FILE = settings.CLOCK_OFFSET_FILE or tmp_path / "clock"

    def move(**duration: float) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(str(dt.timedelta(**duration).total_seconds()))

    return move


@pytest.fixture(autouse=True)
def _clock_is_right_again(settings: Any) -> Iterator[None]:
    yield
    if settings.CLOCK_OFFSET_FILE:
        settings.CLOCK_OFFSET_FILE.unlink(missing_ok=True)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's Chromium, never a download."""
    executable = {"executable_path": str(CHROMIUM)} if CHROMIUM.exists() else {}
    return {**browser_type_launch_args, **executable, "args": CHROMIUM_FLAGS}


@pytest.fixture
def broker_is_down() -> Iterator[None]:
    """Whoever rings finds nobody; a Celery app of its own, so that no connection to nowhere stays in a pool."""
    before = current_app._get_current_object()
    Celery("unheard", broker="redis://127.0.0.1:1/0").set_current()
    yield
    before.set_current()
