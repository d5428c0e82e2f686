"""What follows from PUBLIC_URL, the one setting for host names, paths, CSRF origins, secure cookies and links in mail."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

SCHEMES = ("http", "https")
PATH = re.compile(r"(/[A-Za-z0-9_.~-]*[A-Za-z0-9_~-])*")
HOST_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:]+\]")


@dataclass(frozen=True)
class PublicUrl:
    """The address people type.

    :ivar path: what stands before every path of ours, such as ``/wayleave``; usually empty.
    """

    origin: str
    host: str
    path: str
    is_https: bool

    @property
    def address(self) -> str:
        """All of it, without a slash at the end. For a page, put ``origin`` before what ``reverse`` says: that has the path."""
        return self.origin + self.path

    @classmethod
    def read(cls, text: str) -> "PublicUrl":
        """Read ``https://wayleave.example.com`` or ``https://intranet.example.com/wayleave``; a trailing slash is forgiven.

        :raises ImproperlyConfigured: it is no such address, with an example of one.
        """
        parts = urlsplit(text.strip().rstrip("/"))
        host, _, _port = parts.netloc.rpartition(":") if re.search(r":\d+$", parts.netloc) else (parts.netloc, "", "")
        is_address = parts.scheme in SCHEMES and HOST_NAME.fullmatch(host) and PATH.fullmatch(parts.path)
        if not is_address or parts.query or parts.fragment:
            raise ImproperlyConfigured(
                f"PUBLIC_URL={text!r} is not an address people can type: write it like https://wayleave.example.com"
            )
        return cls(
            origin=f"{parts.scheme}://{parts.netloc}",
            host=host.lower(),
            path=parts.path,
            is_https=parts.scheme == "https",
        )
