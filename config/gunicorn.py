"""How gunicorn serves: ./run and docker-compose.yml both start it with ``gunicorn -c python:config.gunicorn``."""

import os

from config.log_lines import LOGGING

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
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
