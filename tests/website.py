"""A real web server for tests, on this machine and a free port: it answers what a test says, and keeps what it was asked.

with WebSite() as site:
    site.pages["/terms"] = Page("# Terms")
    fetch(site.url("/terms"))
    site.asked[0].headers["User-Agent"]
"""

import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HOST = "127.0.0.1"


@dataclass
class Page:
    """What one address answers.

    :ivar says: the bytes as they go out; ``length`` what the header says of them, where that is not true.
    """

    says: str | bytes = ""
    kind: str = "text/html; charset=utf-8"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    length: int | None = None

    @property
    def content(self) -> bytes:
        return self.says.encode() if isinstance(self.says, str) else self.says


@dataclass
class Request:
    path: str
    headers: Message


Answers = Page | Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: "_Server"

    def do_GET(self) -> None:
        site = self.server.site
        site.asked.append(Request(self.path, self.headers))
        page = site.pages.get(self.path, Page("Not here", status=404))
        if callable(page):
            page(self)
            return
        self.send(page)

    def send(self, page: Page) -> None:
        self.send_response(page.status)
        length = len(page.content) if page.length is None else page.length
        for name, value in {"Content-Type": page.kind, "Content-Length": str(length), **page.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(page.content)

    def log_message(self, *_args: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    site: "WebSite"

    def handle_error(self, *_args: object) -> None:
        """Who asked has hung up: that is what many of the tests are about."""


class WebSite:
    """Listens between ``with`` and its end."""

    def __init__(self) -> None:
        self.pages: dict[str, Answers] = {}
        self.asked: list[Request] = []
        self._server = _Server((HOST, 0), Handler)
        self._server.site = self
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    def __enter__(self) -> "WebSite":
        self._thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def port(self) -> int:
        return self._server.server_address[1]

    def url(self, path: str = "/", *, host: str = HOST) -> str:
        return f"http://{host}:{self.port}{path}"

    @property
    def paths(self) -> list[str]:
        return [request.path for request in self.asked]


def moved(to: str, *, status: int = 302) -> Page:
    return Page(status=status, headers={"Location": to})


def zipped(content: bytes, kind: str = "text/html") -> Page:
    return Page(gzip.compress(content), kind=kind, headers={"Content-Encoding": "gzip"})


def unchanged_if_known(page: Page, etag: str) -> Callable[[Handler], None]:
    """304 to whoever names the tag, the page to others."""

    def answer(handler: Handler) -> None:
        known = handler.headers["If-None-Match"] == etag
        handler.send(Page(status=304) if known else Page(page.says, page.kind, headers={"ETag": etag}))

    return answer


def dripping(start: bytes, drops: Iterable[bytes], pause: float = 0.02) -> Callable[[Handler], None]:
    """Bytes one by one, each soon enough for a limit that only looks at one reading."""

    def answer(handler: Handler) -> None:
        handler.wfile.write(start)
        for drop in drops:
            handler.wfile.write(drop)
            handler.wfile.flush()
            time.sleep(pause)

    return answer


def nobody_there() -> str:
    """An address of this machine at which nobody listens."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return f"http://{HOST}:{probe.getsockname()[1]}/"
