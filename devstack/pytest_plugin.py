"""Real PostgreSQL and a real broker for the tests, started before pytest-django reads the settings.

Loaded with ``-p`` (conftest is too late). The process that runs ``pytest`` starts what DATABASE_URL and REDIS_URL don't
name and stops it at its end; xdist's workers find the addresses in their environment, each with a broker database and a
state directory of its own. Several sessions run side by side: everything lives in one new temporary directory.
"""

import atexit
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from devstack.accounts import service_account
from devstack.broker import Broker, server_binary
from devstack.errors import Refused
from devstack.postgres import Postgres

SHORT = "/tmp"  # noqa: S108 -- mkdtemp makes it ours; macOS' own temporary directory is too long for a socket
DESCRIPTION = "WAYLEAVE_TEST_SERVICES"


class Services:
    """What this session started, and how to end it."""

    def __init__(self) -> None:
        self.started: list[Postgres | Broker] = []
        self.state: Path | None = None

    def start(self) -> None:
        """Start what the environment does not name, and name it there."""
        account = service_account()
        self.state = Path(tempfile.mkdtemp(prefix="wl-", dir=SHORT if os.path.isdir(SHORT) else None))
        self.state.chmod(0o711)
        atexit.register(self.stop)
        said = []
        if "DATABASE_URL" not in os.environ:
            postgres = Postgres(self.state / "services", account, careful=False)
            self._start(postgres)
            os.environ["DATABASE_URL"] = postgres.url()
            said.append(f"PostgreSQL {postgres.major} ({postgres.binaries})")
        if "REDIS_URL" not in os.environ:
            broker = Broker(self.state / "services", account, careful=False)
            self._start(broker)
            os.environ["REDIS_URL"] = broker.url()
            said.append(server_binary().name)
        os.environ["STATE_DIR"] = str(self.state / "state")
        os.environ[DESCRIPTION] = ", ".join(said) or "as DATABASE_URL and REDIS_URL name them"

    def stop(self) -> None:
        """Stop what was started and remove its directory; safe to call twice."""
        for service in reversed(self.started):
            service.stop()
        self.started.clear()
        if self.state:
            shutil.rmtree(self.state, ignore_errors=True)
            self.state = None

    def _start(self, service: Postgres | Broker) -> None:
        self.started.append(service)
        service.start()


services = Services()


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker:
        _apart(int(worker.removeprefix("gw")))
    elif not early_config.known_args_namespace.help and not early_config.known_args_namespace.version:
        try:
            services.start()
        except (Refused, OSError, subprocess.CalledProcessError) as error:
            services.stop()
            raise pytest.UsageError(str(error)) from error


def pytest_report_header() -> str:
    return f"services: {os.environ.get(DESCRIPTION, 'none')}"


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    services.stop()


def _apart(number: int) -> None:
    """Give one xdist worker its own broker database and state directory (pytest-django gives it its own database)."""
    address = os.environ["REDIS_URL"]
    if re.search(r"[?&]db=0$", address):
        os.environ["REDIS_URL"] = f"{address[:-1]}{number + 1}"
    os.environ["STATE_DIR"] = str(Path(os.environ["STATE_DIR"]) / f"worker-{number}")
