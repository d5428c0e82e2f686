"""Several processes of each kind on one database and one broker, and everything that can be done to them."""

import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import redis

from devstack import processes
from devstack.accounts import service_account
from devstack.broker import Broker
from devstack.postgres import Postgres
from devstack.supervisor import TICK, Kept
from tests.faults.installation import ROOT, free_port, readiness_at
from tests.faults.wire import Wire

AN_HOUR = 3600.0


@dataclass(frozen=True)
class Size:
    """How many processes of each kind."""

    web: int
    workers: int
    beats: int


class Fleet:
    """Web, workers and beats that are started again when they die; the broker stands behind a wire.

    :ivar trouble: what is being done at the moment; empty while all is well.
    :ivar done: how often each trouble was made.
    """

    def __init__(self, state: Path, size: Size, *, chance: random.Random, say: Callable[[str], None]) -> None:
        account = service_account()
        self.state, self.size, self.chance, self.say = state, size, chance, say
        self.postgres = Postgres(state / "services", account)
        self.broker = Broker(state / "services", account)
        self.wire: Wire | None = None
        self.kept: list[Kept] = []
        self.port = free_port()
        self.offset = 0.0
        self.trouble = ""
        self.done: Counter[str] = Counter()

    def start_services(self) -> dict[str, str]:
        """Database, broker and the wire; returns how Django finds them."""
        self.postgres.start()
        self.broker.start()
        self.wire = Wire(str(self.broker.socket))
        return {
            "DATABASE_URL": self.postgres.url(),
            "REDIS_URL": f"redis://127.0.0.1:{self.wire.port}/0",
            "STATE_DIR": str(self.state),
            "DJANGO_SETTINGS_MODULE": "tests.faults.storm.settings",
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "WEB_WORKERS": str(self.size.web),
        }

    def start_processes(self) -> None:
        """Everything that is kept running, and return when the web answers."""
        python, celery = [sys.executable, "-m"], ["celery", "--quiet", "-A", "config"]
        alone = [
            "--pool",
            "prefork",
            "--concurrency",
            "1",
            "--without-gossip",
            "--without-mingle",
            "--without-heartbeat",
        ]
        self._keep("web", [*python, "gunicorn", "-c", "python:config.gunicorn", "config.wsgi"])
        for number in range(self.size.workers):
            self._keep(f"worker-{number}", [*python, *celery, "worker", *alone, "-n", f"worker-{number}@storm"])
        for number in range(self.size.beats):
            self._keep(f"beat-{number}", [*python, *celery, "beat"])
        for kept in self.kept:
            kept.start()
        assert processes.wait_until(lambda: readiness_at(self.port)["status"] != "down", within=60), "no web"

    def _keep(self, name: str, command: list[str]) -> None:
        self.kept.append(Kept(name, command, env=dict(os.environ), cwd=ROOT, log=self.state / f"{name}.log"))

    def watch(self, seconds: float) -> None:
        """Look after what has died for so long."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for kept in self.kept:
                kept.pause = 0.25  # the next is twice as long: half a second, however often it was killed
                kept.look_after(self.say)
            time.sleep(TICK)

    def set_clock(self, offset: float) -> None:
        """So many seconds from the real present, for everybody."""
        self.offset = offset
        fresh = self.state / "clock.new"
        fresh.write_text(str(offset))
        fresh.rename(self.state / "clock")

    def end(self, names: str = "") -> None:
        """Stop the processes whose names begin so; all of them and the services, where nothing is named."""
        going = [kept for kept in self.kept if kept.name.startswith(names)]
        self.kept = [kept for kept in self.kept if kept not in going]
        running = [kept.process for kept in going if kept.process]
        for process in running:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in running:
            processes.stop(process)
            processes.kill_group(process)
        if not names:
            if self.wire:
                self.wire.close()
            self.broker.stop()
            self.postgres.stop()

    # What can be done to them.

    def make(self, trouble: str, *, pause: float) -> None:
        """One of ``TROUBLES``, and then let all be well for a while.

        :param pause: how long what is broken stays broken, and how long all is well afterwards.
        """
        self.say(trouble)
        self.trouble = trouble
        TROUBLES[trouble](self, pause)
        self.done[trouble] += 1
        self.trouble = ""
        self.watch(pause)

    def _kill(self, kind: str) -> None:
        victim = self.chance.choice([kept for kept in self.kept if kept.name.startswith(kind)])
        if victim.process:
            processes.kill_group(victim.process)

    def kill_worker(self, pause: float) -> None:
        self._kill("worker")

    def kill_beat(self, pause: float) -> None:
        self._kill("beat")

    def kill_web(self, pause: float) -> None:
        """One of gunicorn's children, in the middle of what it serves."""
        web = next(kept for kept in self.kept if kept.name == "web").process
        children = Path(f"/proc/{web.pid}/task/{web.pid}/children").read_text().split() if web else []
        if children:
            os.kill(int(self.chance.choice(children)), signal.SIGKILL)

    def restart_postgres(self, pause: float) -> None:
        self.postgres.stop()
        self.postgres.start()

    def kill_postgres(self, pause: float) -> None:
        """As a power cut would: it comes back by its log."""
        if self.postgres.process:
            processes.kill_group(self.postgres.process)
            self.postgres.process.wait()
        self.postgres.start()

    def flush_redis(self, pause: float) -> None:
        with redis.Redis.from_url(self.broker.url()) as client:
            client.flushall()

    def stop_redis(self, pause: float) -> None:
        self.broker.stop()
        self.watch(pause)
        self.broker.start()

    def cut_redis(self, pause: float) -> None:
        self.wire.cut()

    def swallow_redis(self, pause: float) -> None:
        """Every connection stays open and carries nothing, and so does every new one; then they break."""
        self.wire.serves_newcomers = False
        self.wire.forget()
        self.watch(pause)
        self.wire.cut()

    def set_clock_back(self, pause: float) -> None:
        offset = self.offset
        self.set_clock(offset - AN_HOUR)
        self.watch(pause)
        self.set_clock(offset)


TROUBLES: dict[str, Callable[[Fleet, float], None]] = {
    "a worker is killed": Fleet.kill_worker,
    "beat is killed": Fleet.kill_beat,
    "a web process is killed": Fleet.kill_web,
    "PostgreSQL is restarted": Fleet.restart_postgres,
    "PostgreSQL is killed": Fleet.kill_postgres,
    "Redis is flushed": Fleet.flush_redis,
    "Redis is stopped for a while": Fleet.stop_redis,
    "Redis is cut off": Fleet.cut_redis,
    "Redis is a black hole for a while": Fleet.swallow_redis,
    "the clock is set back by an hour, and right again": Fleet.set_clock_back,
}
