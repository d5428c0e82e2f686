"""Libraries that few requests need: loaded by the first of them, so that a worker at rest stays within its memory."""

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any

from django.utils.module_loading import import_string


@cache
def late(module: str) -> Any:
    """The module of this name, loaded now if nobody has needed it before."""
    return import_module(module)


def loaded_late(path: str) -> Callable[..., Any]:
    """The view or function that ``path`` names, loaded when it is first called."""

    def call(*args: Any, **kwargs: Any) -> Any:
        return import_string(path)(*args, **kwargs)

    return call
