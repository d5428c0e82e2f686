"""Where services keep their data and their sockets: reachable for their account, short enough for a socket."""

import hashlib
import tempfile
from pathlib import Path

from devstack.accounts import Account

LONGEST_SOCKET_PATH = 100  # the system's limit is 107 bytes (103 on macOS), a little is kept for PostgreSQL's lock file
SYSTEM_STATE = Path("/var/lib")


def fingerprint(path: Path) -> str:
    """A short name that stands for ``path`` and differs for every other path."""
    return hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:12]


def service_directory(state: Path, account: Account | None) -> Path:
    """Where the services of ``state`` keep their data: in it, or under /var/lib where their account can't reach it."""
    state.mkdir(parents=True, exist_ok=True)
    if account and not account.can_enter(state.resolve()):
        state = SYSTEM_STATE / f"wayleave-{fingerprint(state)}"
        state.mkdir(mode=0o755, exist_ok=True)
    return state.resolve()


def socket_directory(services: Path, account: Account | None) -> Path:
    """A directory only the services' account may enter, with a path short enough for a socket in it."""
    directory = services / "sockets"
    if len(str(directory / ".s.PGSQL.5432")) > LONGEST_SOCKET_PATH:
        directory = Path(tempfile.gettempdir()).resolve() / f"wl-{fingerprint(services)}"
    directory.mkdir(mode=0o700, exist_ok=True)
    if account:
        account.owns_from_now(directory)
    return directory
