"""A whole installation, started with ./run as a person would, in a state directory and on a port of its own."""

import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
OURS = ("DATABASE_URL", "REDIS_URL", "STATE_DIR", "DJANGO_SETTINGS_MODULE", "PUBLIC_URL", "SECRET_KEY", "PORT", "HOST")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def eventually(condition: Callable[[], bool], *, within: float) -> bool:
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.1)
    return condition()


def readiness_at(port: int) -> dict:
    """What /readyz says; ``down`` while nobody answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return json.load(error)
    except OSError:
        return {"status": "down"}


class Installation:
    """What ``./run`` makes of one state directory.

    :param through: a command that does something first and then becomes the one that follows it.
    """

    def __init__(self, state: Path, *, through: Sequence[str] = ()) -> None:
        self.state = state
        self.through = through
        self.port = free_port()
        self.said = state.with_name("said.txt")
        self.process: subprocess.Popen[bytes] | None = None

    def env(self, **more: str) -> dict[str, str]:
        plain = {name: value for name, value in os.environ.items() if name not in OURS}
        return {**plain, "STATE_DIR": str(self.state), "PORT": str(self.port), "DEMO": "0", **more}

    def begin(self, **more: str) -> None:
        """Start, and wait for nothing."""
        with self.said.open("wb") as said:
            command = [*self.through, ROOT / "run"]
            self.process = subprocess.Popen(command, env=self.env(**more), stdout=said, stderr=said, cwd="/")

    def start(self, **more: str) -> float:
        """Start, and return how many seconds it took until it said that it is ready."""
        began = time.monotonic()
        self.begin(**more)
        assert eventually(lambda: "is ready" in self.says() or self.process.poll() is not None, within=90), self.says()
        assert self.process.poll() is None, self.says()
        return time.monotonic() - began

    def refusal(self, **more: str) -> str:
        """Start where it must refuse, and return the one line it says."""
        done = subprocess.run([ROOT / "run"], env=self.env(**more), capture_output=True, text=True, timeout=60, cwd="/")
        assert done.returncode == 1, done.stdout
        assert done.stdout == ""
        assert done.stderr.count("\n") == 1
        return done.stderr.strip()

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        assert self.process
        self.process.send_signal(number)
        return self.process.wait(30)

    def end(self) -> None:
        """Stop it where it runs, and whatever it has left behind."""
        if self.process and self.process.poll() is None:
            self.stop()
        for pid in self.processes():
            os.kill(pid, signal.SIGKILL)

    def page(self, path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=30) as answer:
            return answer.read().decode()

    def says(self) -> str:
        return self.said.read_text()

    def readiness(self) -> dict:
        return readiness_at(self.port)

    def processes(self) -> dict[int, str]:
        """Every process that belongs to it, by its environment or by what it was called with."""
        found = {}
        for directory in Path("/proc").glob("[0-9]*"):
            try:
                command = (directory / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                environment = (directory / "environ").read_bytes()
            except OSError:
                continue
            if f"STATE_DIR={self.state}\0".encode() in environment or f"{self.state}/" in command:
                found[int(directory.name)] = command
        return found

    def pid_of(self, part: str) -> int | None:
        """The oldest process whose command line has ``part``."""
        return min((pid for pid, command in self.processes().items() if part in command), default=None)
