"""The storm from its beginning to its count; exit status 0 where nothing was lost and nothing was doubled."""

import argparse
import logging
import os
import random
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path

import django

from tests.faults.storm.fleet import Fleet, Size
from tests.smtp import MailServer

BEGAN = time.monotonic()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.storm", description=__doc__)
    parser.add_argument("--people", type=int, default=2000)
    parser.add_argument(
        "--minutes", type=float, default=5, help="every trouble is made at least once, whatever this says"
    )
    parser.add_argument("--pause", type=float, default=4, help="seconds between two troubles")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--web", type=int, default=4, help="processes, and so on")
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--beats", type=int, default=2)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="wl-storm-") as place, MailServer() as smtp:
        Path(place).chmod(0o711)
        state = Path(place) / "state"
        state.mkdir()
        chance = random.Random(asked.seed)  # noqa: S311 -- reproducible, not secret
        fleet = Fleet(state, Size(asked.web, asked.workers, asked.beats), chance=chance, say=say)
        try:
            os.environ.update({**fleet.start_services(), "EMAIL_URL": smtp.url})
            (state / "static").mkdir()
            django.setup()
            logging.disable(logging.CRITICAL)
            return import_module("tests.faults.storm.day").run(fleet, smtp, asked)
        finally:
            fleet.end()


def say(line: str) -> None:
    sys.stdout.write(f"{time.monotonic() - BEGAN:6.1f} s  {line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
