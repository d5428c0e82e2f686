"""Libraries that few requests need: loaded by the first of them, so that a worker at rest stays within its memory."""

from importlib import import_module
from typing import Any


def late(module: str) -> Any:
    """The module of this name, loaded now if nobody has needed it before."""
    return import_module(module)
