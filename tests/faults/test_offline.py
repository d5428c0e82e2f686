"""Once its requirements are installed, ./run needs no network: a first start where there is none but the machine itself."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.faults.installation import Installation, eventually

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux") or os.geteuid() != 0, reason="only root on Linux can take the network away"
)

# A network of its own, in which only the machine's own address is there; then it becomes what follows.
LOOPBACK = """
import fcntl, os, socket, struct, sys
SIOCSIFFLAGS, IFF_UP = 0x8914, 1
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
    fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))
os.execv(sys.argv[1], sys.argv[1:])
"""
WITHOUT_NETWORK = ["unshare", "--net", sys.executable, "-c", LOOPBACK]


@pytest.fixture
def offline():
    place = Path(tempfile.mkdtemp(prefix="wl-", dir="/tmp"))
    place.chmod(0o711)
    one = Installation(place / "state", through=WITHOUT_NETWORK)
    yield one
    one.end()
    shutil.rmtree(place)


def asked_inside(one: Installation, *command: str) -> int:
    """Exit status of a command that runs in the installation's network."""
    inside = ["nsenter", "--target", str(one.process.pid), "--net", sys.executable, *command]
    return subprocess.run(inside, capture_output=True).returncode


def test_a_first_start_needs_no_network(offline):
    offline.start()

    home = f"http://127.0.0.1:{offline.port}"
    assert asked_inside(offline, "-c", "import socket; socket.create_connection(('192.0.2.1', 80), 5)") == 1
    assert asked_inside(offline, "-m", "devstack.probe", f"{home}/account/login/") == 0
    assert eventually(lambda: asked_inside(offline, "-m", "devstack.probe", f"{home}/readyz") == 0, within=90)
    assert "Set up your organization here" in offline.says()
    assert offline.stop() == 0
