"""Keeps the processes of a Procfile running: restarts what dies, and what is said to be deaf."""

import contextlib
import json
import shlex
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from devstack import processes

FIRST_PAUSE = 0.5  # seconds before what died is started again; doubled each time …
LONGEST_PAUSE = 30.0
STEADY_AFTER = 30.0  # … until it has run so long
ASK_EVERY = 5.0
DEAF_FOR = 20.0  # asked to be restarted without a break for so long
GRACE_AFTER_START = 45.0  # a worker just started may not have been rung yet
STOP_WITHIN = 10.0
LONGEST_LOG = 20 * 1024**2
TICK = 0.1

Say = Callable[[str], None]


def read_procfile(path: Path) -> dict[str, list[str]]:
    """The commands of a Procfile by name: one ``name: command`` a line."""
    lines = [line.partition(":") for line in path.read_text().splitlines() if line.strip() and line[0] != "#"]
    return {name.strip(): shlex.split(command) for name, _, command in lines}


class Kept:
    """One process that is kept running, its output in a log of its own."""

    def __init__(self, name: str, command: list[str], *, env: dict[str, str], cwd: Path, log: Path | None) -> None:
        self.name = name
        self.command = command
        self.env = env
        self.cwd = cwd
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None
        self.started_at = 0.0
        self.pause = FIRST_PAUSE
        self.start_again_at: float | None = None
        self.asked_since: float | None = None
        self.grace = GRACE_AFTER_START
        self.deaf_for = DEAF_FOR

    def start(self) -> None:
        """Start it; kill -9 of us ends it too, without waiting for its work (SIGQUIT to gunicorn and to Celery)."""
        self.process = self._launch()
        self.started_at = time.monotonic()
        self.start_again_at = self.asked_since = None

    def _launch(self) -> subprocess.Popen[bytes]:
        return processes.start(self.command, env=self.env, cwd=self.cwd, log=self.log, death_signal=signal.SIGQUIT)

    def look_after(self, say: Say) -> bool:
        """Start it again when its pause is over (True), or begin one when it has died."""
        now = time.monotonic()
        if self.start_again_at is not None:
            if now >= self.start_again_at:
                self.start()
                return True
        elif self.process and self.process.poll() is not None:
            processes.kill_group(self.process)  # what it had started
            self.pause = FIRST_PAUSE if now - self.started_at > STEADY_AFTER else min(self.pause * 2, LONGEST_PAUSE)
            self.start_again_at = now + self.pause
            where = f" See {self.log}." if self.log else ""
            say(f"{self.name} ended ({ending(self.process.returncode)}): again in {self.pause:g} s.{where}")
        return False

    def is_asked_to_restart(self, asked: bool) -> bool:
        """Whether it has been asked to for long enough to believe it."""
        now = time.monotonic()
        if not asked or now - self.started_at < self.grace:
            self.asked_since = None
            return False
        self.asked_since = self.asked_since or now
        return now - self.asked_since >= self.deaf_for

    def restart(self, say: Say) -> None:
        """End it, also if it does not listen, and start it afresh."""
        say(f"{self.name} runs but does not hear: restarting it.")
        if self.process:
            processes.stop(self.process, patience=STOP_WITHIN)
            processes.kill_group(self.process)
        self.start()

    def trim_log(self) -> None:
        """Keep the log's last stretch beside it and begin anew; the process goes on appending to the same file."""
        if self.log and self.log.exists() and self.log.stat().st_size > LONGEST_LOG:
            shutil.copyfile(self.log, self.log.with_suffix(".log.1"))
            with self.log.open("r+b") as file:
                file.truncate(0)


class Service(Protocol):
    """What the others rest on, a database or a broker: started before them by somebody else, stopped after them."""

    name: str
    process: subprocess.Popen[bytes] | None

    @property
    def log(self) -> Path: ...

    def launch(self) -> subprocess.Popen[bytes]: ...


class KeptService(Kept):
    """A service that runs, and is started again when it dies; who uses it waits for it meanwhile."""

    def __init__(self, service: Service) -> None:
        super().__init__(service.name, [], env={}, cwd=Path("/"), log=service.log)
        self.service = service
        self.process = service.process
        self.started_at = time.monotonic()

    def _launch(self) -> subprocess.Popen[bytes]:
        return self.service.launch()


class Once:
    """A step beside the kept ones that ends by itself; what it prints is for the person. Killed, it is run again."""

    def __init__(self, name: str, command: list[str], *, env: dict[str, str], cwd: Path, log: Path) -> None:
        self.name = name
        self.command = command
        self.env = env
        self.cwd = cwd
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None
        self.has_ended = False

    def start(self) -> None:
        """Start it; what it does must be whole or not at all, because kill -9 of us ends it too."""
        self.log.write_bytes(b"")
        self.process = processes.start(
            self.command, env=self.env, cwd=self.cwd, log=self.log, aloud=True, death_signal=signal.SIGKILL
        )

    def look_after(self, say: Say) -> bool:
        """Start it (True) first of all, and again where a signal ended it; say so where it failed, and leave it."""
        if self.has_ended or (self.process and self.process.poll() is None):
            return False
        if self.process:
            self.has_ended = self.process.returncode >= 0
            if self.process.returncode > 0:
                say(f"`{' '.join(self.command)}` failed ({processes.last_line(self.log)}): see {self.log}.")
            elif not self.has_ended:
                say(f"{self.name} ended ({ending(self.process.returncode)}): again. See {self.log}.")
        if self.has_ended:
            return False
        self.start()
        return True


class Supervisor:
    """Starts, watches and stops several processes.

    :param health: address that answers with JSON; its ``restart`` lists the names of processes to restart.

    :param beside: what runs once when they have started.
    :param services: what they rest on; it is looked after too, but whoever started it stops it.

    ``changed`` is called whenever one was started.
    """

    def __init__(
        self,
        kept: list[Kept],
        *,
        health: str,
        say: Say,
        ask_every: float = ASK_EVERY,
        beside: Once | None = None,
        services: Sequence[KeptService] = (),
    ) -> None:
        self.changed: Callable[[], None] = lambda: None
        self.kept = kept
        self.beside = beside
        self.services = services
        self.health = health
        self.say = say
        self.ask_every = ask_every
        self.is_stopping = False

    def start(self) -> None:
        """Start those that don't run yet."""
        for kept in self.kept:
            if kept.process is None:
                kept.start()
        self.changed()

    def watch(self) -> None:
        """Look after them until ``is_stopping``; looks often, so that stopping never waits for a pause."""
        ask_at = time.monotonic() + self.ask_every
        while not self.is_stopping:
            for one in (*self.services, *self._ours()):
                if one.look_after(self.say):
                    self.changed()
            if time.monotonic() >= ask_at:
                self._ask()
                ask_at = time.monotonic() + self.ask_every
            time.sleep(TICK)

    def running(self) -> list[subprocess.Popen[bytes]]:
        """Every process that was started here and may still run."""
        return [one.process for one in self._ours() if one.process]

    def _ours(self) -> list[Kept | Once]:
        return [*self.kept, *([self.beside] if self.beside else [])]

    def stop(self) -> None:
        """Ask all at once, wait for each, and end what does not listen."""
        running = self.running()
        for process in running:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + STOP_WITHIN
        for process in running:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, deadline - time.monotonic()))
            processes.kill_group(process)
            process.wait()

    def _ask(self) -> None:
        asked = ask_what_to_restart(self.health)
        for kept in (*self.services, *self.kept):
            kept.trim_log()
        for kept in self.kept:
            if kept.is_asked_to_restart(kept.name in asked) and not self.is_stopping:
                kept.restart(self.say)
                self.changed()


def ask_what_to_restart(address: str) -> list[str]:
    """The names that the application's own health page asks to have restarted; none while it does not answer."""
    if not address:
        return []
    try:
        with urllib.request.urlopen(address, timeout=3) as answer:  # noqa: S310 -- our own address
            return list(json.load(answer).get("restart", []))
    except urllib.error.HTTPError as error:
        with error:
            try:
                return list(json.load(error).get("restart", []))
            except ValueError:
                return []
    except (OSError, ValueError):
        return []


def ending(returncode: int) -> str:
    """How a process ended, in words."""
    return signal.Signals(-returncode).name if returncode < 0 else f"exit status {returncode}"
