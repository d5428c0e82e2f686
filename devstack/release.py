"""The release step: everything between new code and the first request, run once for each version of the code."""

import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

from devstack import processes
from devstack.errors import Refused
from devstack.state import State
from devstack.version import fingerprint_of_code

PATIENCE = 6.0  # seconds


class Release:
    """One run of the Procfile's ``release``, unless this very code has done so on this very database.

    It waits for its database by itself, so that on a first start it can begin before there is one.
    """

    def __init__(self, command: list[str], *, state: State, env: dict[str, str], cwd: Path, log: Path) -> None:
        self.command = command
        self.state = state
        self.env = env
        self.cwd = cwd
        self.log = log
        self.version = fingerprint_of_code(cwd)
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def database(self) -> str:
        """The address under which it may change the tables."""
        return self.env.get("MIGRATION_DATABASE_URL") or self.env["DATABASE_URL"]

    def begin(self) -> subprocess.Popen[bytes]:
        """Start it; what it says is its log."""
        self.log.write_bytes(b"")
        self.process = processes.start(
            self.command, log=self.log, env=self.env, cwd=self.cwd, death_signal=signal.SIGKILL
        )
        return self.process

    def finish(self, *, is_stopping: Callable[[], bool], say: Callable[[str], None]) -> None:
        """Return when the database is prepared, or somebody asks to stop; whoever waits is told for what.

        :raises Refused: it failed.
        """
        if self.process is None and self.state.is_prepared(self.database, self.version):
            return
        process = self.process or self.begin()

        def is_settled() -> bool:
            return is_stopping() or process.poll() is not None

        told = None
        while not processes.wait_until(is_settled, within=PATIENCE):
            said = processes.last_line(self.log) if self.log.stat().st_size else ""
            if said != told:
                say(f"Still preparing the database. {said}".rstrip())
                told = said
        if is_stopping():
            return
        if process.returncode != 0:
            said = f"`{' '.join(self.command)}` failed ({processes.last_line(self.log)})"
            raise Refused(f"{said}: see {self.log}.")
        self.state.note_prepared(self.database, self.version)

    def stop(self) -> None:
        """End it; what it has not committed is undone."""
        if self.process:
            processes.stop(self.process)
