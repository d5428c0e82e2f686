"""The state directory: one start at a time, the secret made once, and what manage.py needs to find the same services."""

import contextlib
import errno
import fcntl
import os
import secrets
import shutil
import socket
from pathlib import Path

import psycopg
from psycopg import sql

from devstack.errors import Refused

LEAST_FREE = 300 * 1024**2  # bytes; the database, its log and the static files of a first start, with room to work
SECRET_LENGTH = 50
CONNECT_WITHIN = 5  # seconds
PREPARED = "Wayleave: prepared by"


class State:
    """The directory that ./run keeps everything in.

    :raises Refused: it can't be made or written, is nearly full, or another ./run holds it.
    """

    def __init__(self, directory: Path, *, least_free: int = LEAST_FREE) -> None:
        self.directory = directory.absolute()
        try:
            self.directory.mkdir(parents=True, exist_ok=True)
            self._lock = (self.directory / "lock").open("a+")
        except OSError as error:
            raise Refused(unwritable(self.directory, error)) from error
        self._hold()
        free = shutil.disk_usage(self.directory).free
        if free < least_free:
            raise Refused(
                f"Only {free // 1024**2} MB are free in {self.directory}: free {least_free // 1024**2} MB,"
                " or name another place with STATE_DIR."
            )

    def secret(self) -> str:
        """The installation's secret, made once; who has it can sign in as anybody, so only we may read it."""
        path = self.directory / "secret-key"
        if not path.exists() or not path.read_text().strip():
            write_private(path, secrets.token_urlsafe(SECRET_LENGTH) + "\n")
        return path.read_text().strip()

    def note(self, environment: dict[str, str]) -> None:
        """Write what manage.py needs to reach what was started (``config/settings/base.py`` reads it)."""
        write_private(
            self.directory / "environment", "".join(f"{name}={value}\n" for name, value in environment.items())
        )

    def is_prepared(self, database: str, version: str) -> bool:
        """Whether the database says that this very ``version`` prepared it, and nothing it made is missing.

        One that does not answer, or not under this address, says nothing: preparing waits for it, and names the trouble.
        """
        try:
            with psycopg.connect(database, connect_timeout=CONNECT_WITHIN) as connection:
                said = connection.execute(
                    "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
                ).fetchone()
        except psycopg.Error:
            return False
        return said == (f"{PREPARED} {version} in {self.directory}",) and (self.directory / "static").is_dir()

    def note_prepared(self, database: str, version: str) -> None:
        """Note it on the database itself: a dump that is restored elsewhere, or an older one, does not carry it along."""
        note = sql.Literal(f"{PREPARED} {version} in {self.directory}")
        with psycopg.connect(database, autocommit=True) as connection:
            name = sql.Identifier(connection.info.dbname)
            with contextlib.suppress(psycopg.errors.InsufficientPrivilege):  # then each start prepares
                connection.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(name, note))

    def _hold(self) -> None:
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._lock.seek(0)
            holder = self._lock.read().strip()
            raise Refused(
                f"Wayleave is already running on {self.directory} (process {holder or 'unknown'}):"
                " stop that one first, or name another place with STATE_DIR."
            ) from error
        try:
            self._lock.truncate(0)
            self._lock.write(f"{os.getpid()}\n")
            self._lock.flush()
        except OSError as error:
            raise Refused(unwritable(self.directory, error)) from error


def write_private(path: Path, text: str) -> None:
    """Write a file that only we may read, in one step: a crash leaves the old one or the new one, never half of it.

    :raises Refused: the disk is full, or the directory is not ours.
    """
    fresh = path.with_name(f"{path.name}.new")
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(text)
        fresh.replace(path)
    except OSError as error:
        raise Refused(unwritable(path.parent, error)) from error


def unwritable(directory: Path, error: OSError) -> str:
    """One line on why ``directory`` can't be written, and what to do."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"The disk that holds {directory} is full: free some space, or name another place with STATE_DIR."
    return f"{directory} can't be written ({error.strerror}): name a directory of yours with STATE_DIR."


def port_must_be_free(host: str, port: int) -> None:
    """Try to listen where the web server will.

    :raises Refused: somebody listens there, or we may not.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host.strip("[]"), port))
            probe.listen(1)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise Refused(
                    f"Port {port} on {host} is taken: choose another, such as PORT={port + 1} ./run"
                ) from error
            raise Refused(f"Can't listen on {host}:{port} ({error.strerror}): set HOST and PORT to others.") from error
