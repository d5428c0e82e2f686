"""Which system account the services run under: PostgreSQL refuses root."""

import os
import pwd
from dataclasses import dataclass
from pathlib import Path

from devstack.errors import Refused

CANDIDATES = ("postgres", "nobody")
READ_AND_ENTER = 0o5
ENTER = 0o1


@dataclass(frozen=True)
class Account:
    """A system account that services are handed to when we are root."""

    name: str
    uid: int
    gid: int

    def owns_from_now(self, path: Path) -> None:
        """Give ``path`` and everything below it to this account."""
        for entry in (path, *path.rglob("*")):
            os.chown(entry, self.uid, self.gid, follow_symlinks=False)

    def can_enter(self, directory: Path) -> bool:
        """Whether this account reaches ``directory``: each of its parents lets it through."""
        return all(self._may(parent, ENTER) for parent in (directory, *directory.parents))

    def can_read(self, directory: Path) -> bool:
        """Whether this account reaches ``directory`` and lists it."""
        return self.can_enter(directory) and self._may(directory, READ_AND_ENTER)

    def _may(self, path: Path, wanted: int) -> bool:
        stat = path.stat()
        if stat.st_uid == self.uid:
            granted = stat.st_mode >> 6
        elif stat.st_gid == self.gid:
            granted = stat.st_mode >> 3
        else:
            granted = stat.st_mode
        return granted & wanted == wanted


def service_account() -> Account | None:
    """The account to hand services to; None for an ordinary user, whose services are their own.

    :raises Refused: root on a system that has neither candidate.
    """
    if os.geteuid() != 0:
        return None
    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    raise Refused("PostgreSQL does not run as root: add an account for it with `useradd --system postgres`.")
