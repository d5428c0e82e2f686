"""The browser of the tests and of the screenshots: needs no Django."""

import os
import shutil
from pathlib import Path


def _found() -> Path:
    """The one that CHROMIUM names, as ``./test`` does; else what Debian installs, without windows if that is there."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium-headless-shell") or "/usr/bin/chromium"
    return Path(found)


CHROMIUM = _found()
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
