"""A connection to the broker that carries nothing any more and is never closed, as behind a firewall that forgot it:
the worker runs and does not hear. Whoever supervises finds out by the heartbeat and starts it afresh."""

import os
import re
import selectors
import shutil
import socket
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from celery import Celery
from django.conf import settings

from operations.bell import Ring
from tests.faults.installation import Installation, eventually

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")


class Wire:
    """A TCP address in front of the tests' broker whose connections can be made to carry nothing any more."""

    def __init__(self, broker: str) -> None:
        self.broker = broker
        self.carried = selectors.DefaultSelector()
        self.pairs: dict[socket.socket, socket.socket] = {}
        self.door = socket.create_server(("127.0.0.1", 0))
        self.port = self.door.getsockname()[1]
        self.is_closing = self.is_asked_to_forget = False
        self.serves_newcomers = True
        self.forgotten: list[socket.socket] = []
        self.carried.register(self.door, selectors.EVENT_READ)
        self.carrier = threading.Thread(target=self._carry, daemon=True)
        self.carrier.start()

    def forget(self) -> bool:
        """What is connected now stays connected and carries nothing from here on; who comes later is served."""
        self.is_asked_to_forget = True
        return eventually(lambda: not self.is_asked_to_forget, within=10)

    def close(self) -> None:
        self.is_closing = True
        self.carrier.join()
        for one in (self.door, *self.pairs, *self.forgotten):
            one.close()
        self.carried.close()

    def _carry(self) -> None:
        while not self.is_closing:
            for key, _events in self.carried.select(timeout=0.1):
                if key.fileobj is self.door:
                    self._accept()
                elif key.fileobj in self.pairs:
                    self._pass_on(key.fileobj)
            if self.is_asked_to_forget:
                for one in self.pairs:
                    self.carried.unregister(one)
                self.forgotten += self.pairs
                self.pairs.clear()
                self.is_asked_to_forget = False

    def _accept(self) -> None:
        here, _address = self.door.accept()
        if not self.serves_newcomers:
            self.forgotten.append(here)
            return
        there = socket.socket(socket.AF_UNIX)
        there.connect(self.broker)
        self.pairs |= {here: there, there: here}
        for one in (here, there):
            self.carried.register(one, selectors.EVENT_READ)

    def _pass_on(self, one: socket.socket) -> None:
        other = self.pairs[one]
        try:
            said = one.recv(65536)
            if said:
                other.sendall(said)
                return
        except OSError:
            pass
        for end in (one, other):
            self.carried.unregister(end)
            del self.pairs[end]
            end.close()


@pytest.fixture
def wire() -> Iterator[Wire]:
    found = re.match(r"unix://([^?]+)", os.environ["REDIS_URL"])
    if not found:
        pytest.skip("REDIS_URL names a broker of yours: the wire stands in front of the tests' own only")
    one = Wire(found[1])
    yield one
    one.close()


@pytest.fixture
def installation() -> Iterator[Installation]:
    place = Path(tempfile.mkdtemp(prefix="wl-", dir="/tmp"))
    place.chmod(0o711)
    one = Installation(place / "state")
    yield one
    one.end()
    shutil.rmtree(place)


def worker_is_well(installation: Installation) -> bool:
    return re.match(r"heartbeat \d s ago", installation.readiness().get("parts", {}).get("worker", "")) is not None


def test_a_worker_that_does_not_hear_is_started_afresh_and_hears(installation, wire):
    installation.start(REDIS_URL=f"redis://127.0.0.1:{wire.port}/14", DJANGO_SETTINGS_MODULE="tests.faults.short_times")
    assert eventually(lambda: worker_is_well(installation), within=120), installation.readiness()
    deaf = installation.pid_of("config worker")

    assert wire.forget()

    assert eventually(lambda: "worker" in installation.readiness().get("restart", ()), within=120)
    assert installation.pid_of("config worker") == deaf
    assert installation.readiness()["parts"]["redis"] == "answers"
    assert eventually(lambda: "worker runs but does not hear: restarting it." in installation.says(), within=180)
    assert eventually(lambda: worker_is_well(installation), within=180), installation.readiness()
    assert installation.pid_of("config worker") not in (None, deaf)


@pytest.fixture
def rings(wire) -> Callable[[], bool]:
    """Ring a bell over the wire, as a request does in its thread, and say whether that comes to an end."""
    app = Celery("over the wire", broker=f"redis://127.0.0.1:{wire.port}/14", set_as_current=False)
    app.conf.broker_transport_options = settings.CELERY_BROKER_TRANSPORT_OPTIONS

    def ring() -> None:
        app.set_current()  # of this thread
        Ring("nothing.of_ours")()

    def come_to_an_end() -> bool:
        ringing = threading.Thread(target=ring, daemon=True)
        ringing.start()
        ringing.join(60)
        return not ringing.is_alive()

    return come_to_an_end


def test_who_rings_after_a_wire_went_dead_is_heard(rings, wire, caplog):
    assert rings()
    assert wire.forget()

    assert rings()

    assert "bell.unheard" not in caplog.text


def test_who_rings_where_nobody_answers_is_let_go(rings, wire, caplog):
    wire.serves_newcomers = False

    assert rings()

    assert "bell.unheard" in caplog.text
