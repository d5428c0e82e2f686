"""The WSGI application that gunicorn serves."""

import os
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.prod")


def without_prefix(serve: Callable[..., Iterable[bytes]], prefix: str) -> Callable[..., Iterable[bytes]]:
    """The application for an address below ``prefix`` (PUBLIC_URL's path), whether or not the proxy in front cuts it off."""

    def call(asked: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = asked.get("PATH_INFO", "")
        if path == prefix or path.startswith(f"{prefix}/"):
            asked["PATH_INFO"] = path[len(prefix) :] or "/"
        return serve(asked, start_response)

    return call if prefix else serve


application = without_prefix(get_wsgi_application(), settings.PUBLIC.path)
