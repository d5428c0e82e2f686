"""The WSGI application that gunicorn serves."""

import os
import re
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.prod")


Serve = Callable[..., Iterable[bytes]]
CHARSET = re.compile(r";\s*charset\b[^;]*", re.IGNORECASE)


def read_as_utf8(serve: Serve) -> Serve:
    """The application that reads whatever is sent as UTF-8, as browsers send it, whatever it calls itself.

    Among Python's encodings are some that give no text, or letters that can't be kept; Django reads an address with them
    before any middleware is asked.
    """

    def call(asked: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if "CONTENT_TYPE" in asked:
            asked["CONTENT_TYPE"] = CHARSET.sub("", asked["CONTENT_TYPE"])
        return serve(asked, start_response)

    return call


def without_prefix(serve: Serve, prefix: str) -> Serve:
    """The application for an address below ``prefix`` (PUBLIC_URL's path), whether or not the proxy in front cuts it off."""

    def call(asked: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = asked.get("PATH_INFO", "")
        if path == prefix or path.startswith(f"{prefix}/"):
            asked["PATH_INFO"] = path[len(prefix) :] or "/"
        return serve(asked, start_response)

    return call if prefix else serve


application = read_as_utf8(without_prefix(get_wsgi_application(), settings.PUBLIC.path))
