"""The web server as it is started for real, on the test's own database."""

import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.installation import OURS, ROOT, eventually
from tests.processes import same_services


@contextmanager
def web_server(
    state: Path, port: int, *, host: str = "127.0.0.1", **environment: str
) -> Iterator[subprocess.Popen[bytes]]:
    """gunicorn, answering; what it writes is in ``state/log``."""
    env = {
        **{name: value for name, value in os.environ.items() if name not in OURS},
        "REDIS_URL": os.environ["REDIS_URL"],
        **same_services(),
        "STATE_DIR": str(state),
        "HOST": host,
        "PORT": str(port),
        **environment,
    }
    command = [sys.executable, "-m", "gunicorn", "-c", "python:config.gunicorn", "config.wsgi"]
    with (state / "log").open("wb") as log:
        process = subprocess.Popen(command, env=env, cwd=ROOT, stdout=log, stderr=log)
    try:
        assert eventually(lambda: _answers(host, port), within=60), (state / "log").read_text()[-2000:]
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _answers(host: str, port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://{f'[{host}]' if ':' in host else host}:{port}/healthz", timeout=5):
            return True
    except (urllib.error.URLError, OSError):
        return False
