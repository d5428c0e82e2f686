"""A collector of errors that speaks Sentry's protocol, and keeps the very bytes it was sent."""

import gzip
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Collector:
    """Listens between ``with`` and its end; ``dsn`` names it, ``bodies`` are what came in."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.heads: list[str] = []
        self._arrived = threading.Condition()
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                if self.headers.get("Content-Encoding") == "gzip":
                    body = gzip.decompress(body)
                with collector._arrived:
                    collector.heads.append(f"{self.path}\n{self.headers}")
                    collector.bodies.append(body)
                    collector._arrived.notify_all()
                self.send_response(200)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *_args: Any) -> None:
                """Nothing on the terminal."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def __enter__(self) -> "Collector":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def dsn(self) -> str:
        return f"http://key@127.0.0.1:{self._server.server_port}/1"

    def wait_for(self, count: int, *, timeout: float = 60) -> None:
        with self._arrived:
            if not self._arrived.wait_for(lambda: len(self.bodies) >= count, timeout):
                raise TimeoutError(f"{len(self.bodies)} of {count} arrived")

    @property
    def events(self) -> list[dict[str, Any]]:
        """What each envelope carries: its last line."""
        return [json.loads(body.strip().splitlines()[-1]) for body in self.bodies]

    @property
    def everything(self) -> str:
        """Every byte that came, heads included."""
        return "\n".join([*self.heads, *(body.decode() for body in self.bodies)])
