"""What follows from PUBLIC_URL, the one setting for host names, CSRF origins, secure cookies and links in mail."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

SCHEMES = ("http", "https")
HOST_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:]+\]")


@dataclass(frozen=True)
class PublicUrl:
    """The address people type."""

    origin: str
    host: str
    is_https: bool

    @classmethod
    def read(cls, text: str) -> "PublicUrl":
        """Read ``https://wayleave.example.com``; a trailing slash is forgiven.

        :raises ImproperlyConfigured: it is no such address, with an example of one.
        """
        parts = urlsplit(text.strip().rstrip("/"))
        host, _, _port = parts.netloc.rpartition(":") if re.search(r":\d+$", parts.netloc) else (parts.netloc, "", "")
        if parts.scheme not in SCHEMES or not HOST_NAME.fullmatch(host) or parts.path or parts.query or parts.fragment:
            raise ImproperlyConfigured(
                f"PUBLIC_URL={text!r} is not an address people can type: write it like https://wayleave.example.com"
            )
        return cls(origin=f"{parts.scheme}://{parts.netloc}", host=host.lower(), is_https=parts.scheme == "https")
