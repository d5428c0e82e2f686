"""What waits for a person who leaves, and where it goes: every app says it of its own (``settings.LEAVING``).

Nothing is handed over: whoever it goes to is found by the same query that found the one who left.
"""

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

from django.conf import settings


@dataclass(frozen=True)
class Waits:
    """One kind of thing that waits for somebody.

    :ivar what: ``ngettext_lazy(…, "count")``; says too where it goes, where it doesn't go to the stand-in.
    :ivar count: a SELECT of how many, by ``%(organization)s``, ``%(membership)s`` and ``%(user)s``.
    :ivar has_stand_in: it goes to whoever stands in (``accounts_keeper``).
    """

    what: Any
    count: str
    has_stand_in: bool = True


@cache
def all_that_waits() -> tuple[Waits, ...]:
    """All kinds, in the order of the settings."""
    return tuple(one for name in settings.LEAVING for one in import_module(name).WAITS)
