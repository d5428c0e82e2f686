"""How far a tool that acts may act alone: the modes that ship, from the least to the most."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from catalog.models import AccessRoute

SHIPPED = Path(__file__).resolve().parent.parent / "data" / "permission_modes.yaml"

# Where people meet a tool that changes nothing by itself, there is nothing to say.
ONLY_ANSWERS = frozenset({AccessRoute.Surface.CHAT, AccessRoute.Surface.API})


@dataclass(frozen=True)
class PermissionMode:
    """One mode: what it means, and what clients call it, for whoever sets it."""

    key: str
    name: str
    means: str
    called: str


@cache
def permission_modes() -> tuple[PermissionMode, ...]:
    """Every mode that ships, in order."""
    shipped = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))["permission_modes"]
    return tuple(PermissionMode(**mode) for mode in shipped)


def modes_in_words(keys: Collection[str]) -> list[PermissionMode]:
    """The modes of these keys, in order; one that no longer ships reads by its key."""
    known = {mode.key: mode for mode in permission_modes()}
    gone = (PermissionMode(key, key, "", key) for key in keys if key not in known)
    return [*(mode for mode in known.values() if mode.key in keys), *gone]


def acts(route: AccessRoute) -> bool:
    """Whether the tool on this route may do something by itself."""
    return route.surface not in ONLY_ANSWERS
