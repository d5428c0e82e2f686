"""Processes of ours beside the test: they see the test's database, broker and clock, and can be killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from django.db import connection

ROOT = Path(__file__).resolve().parent.parent
DJANGO = "import django; django.setup()"


class Process(subprocess.Popen[bytes]):
    """A process that leads a group of its own."""

    def kill_group(self) -> None:
        """Kill it and its children at once, as a power cut would."""
        os.killpg(self.pid, signal.SIGKILL)
        self.wait()


@contextmanager
def python(code: str, **environment: str) -> Iterator[Process]:
    """Run ``code`` with Django set up; killed at the end if it still runs."""
    with _running([sys.executable, "-c", f"{DJANGO}\n{code}"], environment) as process:
        yield process


@contextmanager
def celery_worker(log: Path | None = None, **environment: str) -> Iterator[Process]:
    """A real Celery worker, ready when it takes its first task; killed at the end if it still runs.

    :param log: where what it writes goes; None: where ours goes.
    """
    command = [sys.executable, "-m", "celery", "-A", "config", "worker", "--pool", "prefork", "--concurrency", "1"]
    quiet = ["--loglevel", "error", "--without-gossip", "--without-mingle"]
    with _running([*command, *quiet], environment, log) as process:
        yield process


@contextmanager
def _running(command: list[str], environment: dict[str, str], log: Path | None = None) -> Iterator[Process]:
    file = log.open("wb") if log else None
    process = Process(
        command,
        stdout=file,
        stderr=file,
        cwd=ROOT,
        env={**os.environ, **same_services(), **environment},
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill_group()
        if file:
            file.close()


def same_services() -> dict[str, str]:
    url = urlsplit(os.environ["DATABASE_URL"])
    return {
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "DATABASE_URL": url._replace(path=f"/{connection.settings_dict['NAME']}").geturl(),
    }
