"""How gunicorn serves: ./run and docker-compose.yml both start it with ``gunicorn -c python:config.gunicorn``."""

import os
import shutil
from itertools import count
from pathlib import Path
from typing import Any

from config.log_lines import LOGGING

host = os.environ.get("HOST", "127.0.0.1")
bind = f"{f'[{host}]' if ':' in host and not host.startswith('[') else host}:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "1"))
threads = int(os.environ.get("WEB_THREADS", "8"))
timeout = 60
graceful_timeout = 10
control_socket_disable = True  # it would lie in the home directory; nobody here talks to it
# A worker is replaced now and then, so that nothing that leaks grows forever; not all at the same moment.
max_requests = 20_000
max_requests_jitter = 2_000
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108 -- gunicorn's own heartbeat file, off the disk
logconfig_dict = {**LOGGING, "loggers": {**LOGGING["loggers"], "gunicorn.error": {"level": "INFO", "propagate": True}}}

# What the web processes count, side by side in files, for /metrics; the library reads the variable.
counted = Path(os.environ.get("STATE_DIR") or "var", "metrics").absolute()
if os.environ.get("METRICS_TOKEN"):
    raw_env = [f"PROMETHEUS_MULTIPROC_DIR={counted}"]


def on_starting(_server: Any) -> None:
    """A start counts anew."""
    shutil.rmtree(counted, ignore_errors=True)
    if os.environ.get("METRICS_TOKEN"):
        counted.mkdir(parents=True)


def pre_fork(server: Any, worker: Any) -> None:
    """A place for the new process: the lowest that none has. Whoever replaces one goes on in its file, so that there are never
    more files than processes."""
    taken = {other.place for other in server.WORKERS.values()}
    worker.place = next(place for place in count(1) if place not in taken)


def post_fork(_server: Any, worker: Any) -> None:
    """The new process learns its place (operations/metrics.py)."""
    os.environ["WEB_PLACE"] = str(worker.place)
