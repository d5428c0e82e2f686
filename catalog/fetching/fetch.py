"""Fetching one address: redirects, sizes, times and addresses within limits; nothing is sent that we were not told to send."""

import datetime as dt
import email.utils
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urljoin

import httpcore

from catalog.fetching.charsets import charset_of
from operations.outbound.addresses import Allowed, CheckedBackend, Target
from operations.outbound.client import MEGABYTE, certificates, why, within
from operations.outbound.deadline import Deadline
from operations.outbound.reasons import Unavailable

ACCEPT = "text/markdown, text/x-markdown;q=0.95, text/plain;q=0.9, text/html;q=0.8, application/xhtml+xml;q=0.8"
_REDIRECTS = {301, 302, 303, 307, 308}
_NOT_THERE = {404, 410}
_BUSY = {429, 503}
_TEXT = {"", "application/xhtml+xml"}
_CHUNK = 65_536
_GZIP = zlib.MAX_WBITS | 16


@dataclass(frozen=True)
class Limits:
    """What a fetch may take: redirects, bytes (as sent, and unpacked), seconds for everything together."""

    redirects: int = 5
    size: int = 2 * MEGABYTE
    seconds: float = 20


@dataclass(frozen=True)
class Way:
    """How this installation calls others: who it says it is, whom it may call, what it takes."""

    agent: str
    allowed: Allowed = field(default_factory=Allowed)
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True)
class Asked:
    """What is fetched: the addresses of a page, the preferred first, and what is known of the one that answered last."""

    addresses: tuple[str, ...]
    known: str = ""
    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True)
class Answer:
    """What came with 200, or nothing new (304).

    :ivar asked: the address that was asked for; ``url``: the one that answered, after redirects.
    :ivar content: the bytes as they were before they were packed for the way.
    """

    asked: str
    url: str
    is_unchanged: bool = False
    content: bytes = b""
    charset: str = ""
    etag: str = ""
    last_modified: str = ""
    hosts: tuple[str, ...] = ()


def fetch(asked: Asked, *, way: Way, at: dt.datetime) -> Answer:
    """The text of the first address that is there; what is not there (404, 410) leaves it to the next.

    :param at: now, for a site that names the moment at which we may come back.
    :raises Unavailable: where none can be had.
    """
    deadline = Deadline(way.limits.seconds)
    backend = CheckedBackend(allowed=way.allowed, deadline=deadline)
    with httpcore.ConnectionPool(
        ssl_context=certificates(), network_backend=backend, max_keepalive_connections=0
    ) as pool:
        going = _Fetch(pool, way, at)
        for place, address in enumerate(asked.addresses, start=1):
            conditions = {"If-None-Match": asked.etag, "If-Modified-Since": asked.last_modified}
            said = {name: value for name, value in conditions.items() if value} if address == asked.known else {}
            try:
                return going.to(address, said)
            except Unavailable as error:
                if error.code != "not-there" or place == len(asked.addresses):
                    error.hosts = going.called
                    raise
    raise Unavailable("address")


@dataclass
class _Fetch:
    """One fetch on its way: over redirects, and to another address of the same page where the first is not there."""

    pool: httpcore.ConnectionPool
    way: Way
    at: dt.datetime
    hosts: list[str] = field(default_factory=list)

    @property
    def called(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.hosts))

    def to(self, address: str, conditions: dict[str, str]) -> Answer:
        url = address
        for _hop in range(self.way.limits.redirects + 1):
            target = Target.of(url)
            self.hosts.append(target.place)
            try:
                with self.pool.stream("GET", target.url, headers=self._headers(target, conditions)) as response:
                    if response.status not in _REDIRECTS:
                        return self._read(response, address, url, is_conditional=bool(conditions))
                    url = followed(url, _location(response))
            except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException, ValueError) as error:
                raise why(error, target, seconds=self.way.limits.seconds) from error
        raise Unavailable("redirects", str(self.way.limits.redirects))

    def _headers(self, target: Target, conditions: dict[str, str]) -> list[tuple[bytes | str, bytes | str]]:
        headers = {
            "Host": target.host_header,
            "User-Agent": self.way.agent,
            "Accept": ACCEPT,
            "Accept-Encoding": "gzip",
            "Connection": "close",
            **conditions,
        }
        # As they are read: a tag goes back letter by letter.
        return [(name, value.encode("latin-1", errors="replace")) for name, value in headers.items()]

    def _read(self, response: httpcore.Response, asked: str, url: str, *, is_conditional: bool) -> Answer:
        found, status = _headers_of(response), response.status
        if status == 304 and is_conditional:
            return Answer(asked, url, is_unchanged=True, hosts=self.called)
        if status in _BUSY:
            raise Unavailable("busy", str(status), retry_after=_retry_after(found, self.at))
        if status != 200:
            raise Unavailable("not-there" if status in _NOT_THERE else "status", str(status))
        kind = found.get("content-type", "").partition(";")[0].strip().lower()
        if not kind.startswith("text/") and kind not in _TEXT:
            raise Unavailable("kind", kind)
        size = self.way.limits.size
        content = b"".join(within(_unpacked(response, found, size), size))
        return Answer(
            asked,
            url,
            content=content,
            charset=charset_of(content, found.get("content-type", "")),
            etag=found.get("etag", ""),
            last_modified=found.get("last-modified", ""),
            hosts=self.called,
        )


def followed(url: str, location: str) -> str:
    """Where a redirect leads.

    :raises Unavailable: from https to anything that somebody on the way could change.
    """
    leads_to = urljoin(url, location)
    if Target.of(url).scheme == "https" and Target.of(leads_to).scheme != "https":
        raise Unavailable("downgrade", Target.of(leads_to).host)
    return leads_to


def _headers_of(response: httpcore.Response) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}


def _location(response: httpcore.Response) -> str:
    for name, value in response.headers:
        if name.lower() == b"location" and value:
            return value.decode(errors="replace")
    raise Unavailable("status", str(response.status))


def _unpacked(response: httpcore.Response, found: dict[str, str], most: int) -> Iterator[bytes]:
    packed = within(response.iter_stream(), most)
    encoding = found.get("content-encoding", "").strip().lower()
    if encoding in {"", "identity"}:
        return packed
    if encoding in {"gzip", "x-gzip"}:
        return _gunzipped(packed)
    raise Unavailable("encoding")


def _gunzipped(packed: Iterable[bytes]) -> Iterator[bytes]:
    """Unpacked a little at a time, so that whoever counts it stops it early; several parts may follow each other."""
    unpack, has_begun = zlib.decompressobj(wbits=_GZIP), False
    try:
        for chunk in packed:
            rest, has_begun = chunk, True
            while rest:
                if unpack.eof and not rest.startswith(b"\x1f"):
                    return  # what some servers add behind the end
                if unpack.eof:
                    unpack = zlib.decompressobj(wbits=_GZIP)
                yield unpack.decompress(rest, _CHUNK)
                rest = unpack.unconsumed_tail or unpack.unused_data
    except zlib.error as error:
        raise Unavailable("encoding") from error
    if has_begun and not unpack.eof:
        raise Unavailable("cut")


def _retry_after(found: dict[str, str], at: dt.datetime) -> int | None:
    """In seconds, or as a date; what is neither was not said."""
    said = found.get("retry-after", "").strip()
    if said.isdecimal():
        return int(said[:9])
    try:
        moment = email.utils.parsedate_to_datetime(said)
        return max(0, int((moment - at).total_seconds()))
    except (ValueError, TypeError, OverflowError):
        return None
