"""``python -m devstack.keep NAME``: keeps one process of the Procfile running in a container of its own.

A container's own restart policy sees only what has died; this also restarts what runs and does not hear, as ./run does.
"""

import os
import signal
import sys
from pathlib import Path
from types import FrameType

from devstack.supervisor import Kept, Supervisor, read_procfile

ROOT = Path(__file__).resolve().parent.parent


def main(name: str) -> int:
    """Keep it until asked to stop; what it writes goes where ours goes."""
    kept = Kept(name, read_procfile(ROOT / "Procfile")[name], env=dict(os.environ), cwd=ROOT, log=None)
    supervisor = Supervisor([kept], health=os.environ.get("HEALTH_URL", ""), say=say)

    def ask_to_stop(_number: int, _frame: FrameType | None) -> None:
        supervisor.is_stopping = True

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, ask_to_stop)
    supervisor.start()
    supervisor.watch()
    supervisor.stop()
    return 0


def say(line: str) -> None:
    """To the container's log."""
    sys.stderr.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
