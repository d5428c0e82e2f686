"""``python -m devstack``: what ./run does once Python and the requirements are there."""

import os
import signal
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType

from devstack import processes
from devstack.accounts import service_account
from devstack.broker import Broker
from devstack.errors import Refused
from devstack.postgres import APPLICATION_ROLE, Postgres
from devstack.release import Release
from devstack.state import State, port_must_be_free, unwritable
from devstack.supervisor import Kept, KeptService, Once, Supervisor, read_procfile

ROOT = Path(__file__).resolve().parent.parent
FIRST_PAGE_WITHIN = 60.0
NOTED = ("SECRET_KEY", "DATABASE_URL", "MIGRATION_DATABASE_URL", "REDIS_URL", "DEMO", "SOLO", "PUBLIC_URL")
LOCAL = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 -- compared with, not listened on


class Stopped(Exception):
    """Somebody asked us to stop before everything was up."""


class Run:
    """One start of everything, from the lock to the last process gone."""

    def __init__(self) -> None:
        self.host = os.environ.get("HOST") or "127.0.0.1"
        self.port = read_port(os.environ.get("PORT") or "8000")
        self.services: list[Postgres | Broker] = []
        self.release: Release | None = None
        self.supervisor: Supervisor | None = None
        self.directory: Path | None = None
        self.is_stopping = False

    @property
    def name(self) -> str:
        """What people type; the same name as in mails and on set-up links, because a sign-in holds for one name only."""
        host = "localhost" if self.host in {"127.0.0.1", "::1", *LOCAL} else self.host
        return f"http://{host}:{self.port}"

    @property
    def address(self) -> str:
        """Where this machine reaches the web server."""
        host = LOCAL.get(self.host, self.host)
        return f"http://{f'[{host}]' if ':' in host and host[0] != '[' else host}:{self.port}"

    def serve(self) -> None:
        """Start everything, say where it is, and keep it running until asked to stop.

        :raises Refused: with what to do; nothing is left running.
        """
        began = time.monotonic()
        state = State(Path(os.environ.get("STATE_DIR") or ROOT / "var"))
        self.directory = state.directory
        processes.end_leftovers(state.directory / "processes")
        port_must_be_free(self.host, self.port)
        env = self._environment(state)
        commands = read_procfile(ROOT / "Procfile")
        logs = state.directory / "logs"
        logs.mkdir(exist_ok=True)
        self._name_services(state, env)
        self._prepare(Release(commands.pop("release"), state=state, env=env, cwd=ROOT, log=logs / "release.log"))
        greeting = commands.pop("greeting")
        env["MIGRATION_DATABASE_URL"] = ""  # what runs from here on has no need of the owner
        kept = [Kept(name, command, env=env, cwd=ROOT, log=logs / f"{name}.log") for name, command in commands.items()]
        greet = Once("greeting", greeting, env=env, cwd=ROOT, log=logs / "greeting.log")
        services = [KeptService(service) for service in self.services]
        health = f"{self.address}/readyz"
        self.supervisor = Supervisor(kept, health=health, say=say, beside=greet, services=services)
        self.supervisor.changed = lambda: self._note(state)
        self._check_stopping()
        web = next(one for one in kept if one.name == "web")
        web.start()
        self._note(state)
        self._wait_for_first_page(web)
        said = f"Wayleave is ready at {env.get('PUBLIC_URL') or self.name}"
        say(f"{said} after {time.monotonic() - began:.1f} s. Ctrl-C stops it.")
        self.supervisor.start()
        self.supervisor.watch()

    def ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        """Signal handler: says so, and lets the loop end."""
        self.is_stopping = True
        if self.supervisor:
            self.supervisor.is_stopping = True

    def end(self) -> None:
        """Stop what was started, last first."""
        if self.supervisor:
            self.supervisor.stop()
        if self.release:
            self.release.stop()
        for service in reversed(self.services):
            service.stop()
        if self.directory:
            (self.directory / "processes").unlink(missing_ok=True)

    def _note(self, state: State) -> None:
        services = [service.process for service in self.services if service.process]
        running = [*services, *(self.supervisor.running() if self.supervisor else [])]
        processes.note(state.directory / "processes", running)

    def _environment(self, state: State) -> dict[str, str]:
        env = {
            "DJANGO_SETTINGS_MODULE": "config.settings.dev",
            "DEMO": "1",
            **os.environ,
            "STATE_DIR": str(state.directory),
            "HOST": self.host,
            "PORT": str(self.port),
            "PYTHONUNBUFFERED": "1",
            "PATH": f"{Path(sys.prefix) / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}",
        }
        env["SECRET_KEY"] = env.get("SECRET_KEY") or state.secret()
        return env

    def _name_services(self, state: State, env: dict[str, str]) -> None:
        """The services to start, where the environment names none; their addresses stand before they do."""
        account = service_account()
        if not env.get("DATABASE_URL"):
            postgres = Postgres(state.directory, account)
            self.services.append(postgres)
            env["DATABASE_URL"] = postgres.url(role=APPLICATION_ROLE)
            env["MIGRATION_DATABASE_URL"] = postgres.url()
        if not env.get("REDIS_URL"):
            broker = Broker(state.directory, account)
            self.services.append(broker)
            env["REDIS_URL"] = broker.url()

    def _prepare(self, release: Release) -> None:
        """Start the services, and run the release step; on a first start it begins while the database is being made."""
        self.release = release
        if any(isinstance(service, Postgres) and service.is_new for service in self.services):
            release.begin()
        for service in self.services:
            self._check_stopping()
            service.start()
        release.state.note({name: release.env[name] for name in NOTED if name in release.env})
        release.finish(is_stopping=lambda: self.is_stopping, say=say)
        self._check_stopping()

    def _wait_for_first_page(self, web: Kept) -> None:
        def is_settled() -> bool:
            ended = web.process is None or web.process.poll() is not None
            return self.is_stopping or ended or answers(f"{self.address}/healthz")

        processes.wait_until(is_settled, within=FIRST_PAGE_WITHIN, every=0.05)
        self._check_stopping()
        if not answers(f"{self.address}/healthz"):
            said = processes.last_line(web.log) if web.log else ""
            raise Refused(f"The web server does not start ({said}): see {web.log}.")

    def _check_stopping(self) -> None:
        if self.is_stopping:
            raise Stopped


def answers(address: str) -> bool:
    """Whether a page is served at ``address``."""
    try:
        with urllib.request.urlopen(address, timeout=3):  # noqa: S310 -- our own address
            return True
    except (urllib.error.URLError, OSError):
        return False


def read_port(text: str) -> int:
    """A port number.

    :raises Refused: it is none.
    """
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise Refused(f"PORT={text} is no port: choose a number from 1024 to 65535.")
    return int(text)


def say(line: str) -> None:
    """To the person at the terminal."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    """Exit status 0 when asked to stop, 1 when starting was refused."""
    run = None
    try:
        run = Run()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, run.ask_to_stop)
        run.serve()
    except Refused as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 1
    except OSError as error:
        where = error.filename or (run and run.directory) or ROOT
        sys.stderr.write(f"{unwritable(Path(where), error)}\n")
        return 1
    except Stopped:
        pass
    finally:
        if run:
            run.end()
    say("Stopped.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
