"""One call to a server of somebody else: https, no redirects, within a size and a deadline, to checked addresses only."""

import json
import ssl
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpcore

from operations.outbound.addresses import Allowed, CheckedBackend, Target
from operations.outbound.deadline import Deadline
from operations.outbound.reasons import Unavailable

MEGABYTE = 1024 * 1024
_THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True)
class Reply:
    """What a server answered, whatever the status."""

    status: int
    content: bytes

    def json(self) -> dict[str, Any]:
        """:raises Unavailable: for what is no object in JSON."""
        try:
            found = json.loads(self.content)
        except ValueError as error:
            raise Unavailable("unreadable") from error
        if not isinstance(found, dict):
            raise Unavailable("unreadable")
        return found


def call(
    url: str,
    *,
    allowed: Allowed,
    deadline: Deadline,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
) -> Reply:
    """GET ``url``, or POST ``body`` to it. A redirect is an answer like any other: it is not followed.

    Plain http is spoken to this very machine only, which ``allowed`` has to name.

    :raises Unavailable: where no whole answer can be had.
    """
    refuse_plain(url)
    target = Target.of(url)
    sent = {
        "Host": target.host_header,
        "Accept": "application/json",
        "Connection": "close",
        **(headers or {}),
        **({"Content-Length": str(len(body))} if body is not None else {}),
    }
    backend = CheckedBackend(allowed=allowed, deadline=deadline)
    method = "GET" if body is None else "POST"
    try:
        with (
            httpcore.ConnectionPool(ssl_context=certificates(), network_backend=backend) as pool,
            pool.stream(method, target.url, headers=list(sent.items()), content=body) as response,
        ):
            return Reply(response.status, b"".join(within(response.iter_stream(), MEGABYTE)))
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException, ValueError) as error:
        raise why(error, target, seconds=deadline.seconds) from error


def refuse_plain(url: str) -> None:
    """:raises Unavailable: for what could be read on the way; nobody is between a machine and itself."""
    target = Target.of(url)
    if target.scheme != "https" and target.host not in _THIS_MACHINE:
        raise Unavailable("plain", target.host)


@cache
def certificates() -> ssl.SSLContext:
    """Reading them takes longer than many a call."""
    return httpcore.default_ssl_context()


def why(error: Exception, target: Target, *, seconds: float) -> Unavailable:
    """What a failed connection comes to.

    :param seconds: how long it was given.
    """
    if isinstance(error, httpcore.TimeoutException):
        return Unavailable("timeout", f"{seconds:g}")
    causes = {type(one) for one in _causes(error)}
    if any(issubclass(cause, ssl.SSLError) for cause in causes):
        return Unavailable("tls", target.host)
    if isinstance(error, httpcore.ConnectError):
        return Unavailable("connection", target.host)
    if isinstance(error, ValueError):
        return Unavailable("address")
    return Unavailable("cut")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def within(chunks: Iterable[bytes], most: int) -> Iterator[bytes]:
    """:raises Unavailable: once there are more than ``most`` bytes."""
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > most:
            raise Unavailable("too-large", f"{most / MEGABYTE:g}")
        yield chunk
