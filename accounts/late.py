"""What is loaded only once somebody needs it: passkeys bring 11 MB of cryptography into a web worker."""

from collections.abc import Callable
from typing import Any

from django.utils.module_loading import import_string


def late(path: str) -> Callable[..., Any]:
    """The view or function that ``path`` names, loaded when it is first called."""

    def call(*args: Any, **kwargs: Any) -> Any:
        return import_string(path)(*args, **kwargs)

    return call
