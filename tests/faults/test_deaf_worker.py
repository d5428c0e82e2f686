"""A connection to the broker that carries nothing any more and is never closed, as behind a firewall that forgot it:
the worker runs and does not hear. Whoever supervises finds out by the heartbeat and starts it afresh."""

import os
import re
import shutil
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
from tests.faults.wire import Wire

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")


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
