"""A proxy in front of the web server, as a company has one: it adds what proxies add, and cuts a path off where it is told to."""

import http.client
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

NOT_PASSED_ON = {"connection", "transfer-encoding", "keep-alive", "content-length", "date", "server"}


class Proxy:
    """Passes on what is asked below ``prefix`` to this machine's port ``to``; anything else is somebody else's (404).

    :param cuts: whether ``prefix`` is cut off on the way.
    """

    def __init__(self, *, prefix: str, cuts: bool) -> None:
        self.to = 0
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            def pass_on(self) -> None:
                if self.path != prefix and not self.path.startswith((f"{prefix}/", f"{prefix}?")):
                    self.answer(404, [], b"another program's page")
                    return
                path = (self.path[len(prefix) :] or "/") if cuts else self.path
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                headers = {name: value for name, value in self.headers.items() if name.lower() not in NOT_PASSED_ON}
                headers |= {"X-Forwarded-For": self.client_address[0], "X-Forwarded-Proto": "http"}
                behind = http.client.HTTPConnection("127.0.0.1", proxy.to, timeout=30)
                behind.request(self.command, path, body or None, headers)
                came = behind.getresponse()
                said = [(name, value) for name, value in came.getheaders() if name.lower() not in NOT_PASSED_ON]
                self.answer(came.status, said, came.read())
                behind.close()

            do_GET = do_POST = do_HEAD = pass_on

            def answer(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
                self.send_response(status)
                for name, value in headers:
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_args: Any) -> None:
                """Nothing on the terminal."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_port

    def __enter__(self) -> "Proxy":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.shutdown()
        self._server.server_close()
