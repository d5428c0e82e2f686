"""Which addresses are called: what is public, and what the operator allows. Checked on the very address connected to."""

import ipaddress
import re
import socket
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NoAnswer
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urlsplit

import httpcore

from operations.outbound.deadline import Deadline, TimedStream
from operations.outbound.reasons import Unavailable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# An IPv4 address in the last 32 bits (RFC 6052). Those of 6to4 and mapped ones are known to ``ipaddress``.
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
# Tunnels to, or translations into, what nobody can check from here: Teredo, NAT64 of one's own.
_UNCHECKABLE = [ipaddress.ip_network("2001::/32"), ipaddress.ip_network("64:ff9b:1::/48")]
# Nobody's by the registries of special addresses, which the ``ipaddress`` of older Pythons takes for somebody's.
_SPECIAL = [
    ipaddress.ip_network(network)
    for network in ("192.0.0.0/24", "192.88.99.0/24", "100:0:0:1::/64", "3fff::/20", "5f00::/16")
]
# What a redirect calls a host may be anything; a name, or an address, is this.
_HOST = re.compile(r"[a-z0-9_.:-]{1,253}", re.IGNORECASE)
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Target:
    """Where one request goes."""

    scheme: str
    host: str
    port: int
    path: str

    @classmethod
    def of(cls, address: str) -> "Target":
        """:raises Unavailable: for what is no address on the web, or holds a password."""
        try:
            parts = urlsplit(address.strip())
            port, host = parts.port, _ascii(parts.hostname or "")
        except ValueError as error:
            raise Unavailable("address") from error
        if parts.scheme not in _PORTS or not _HOST.fullmatch(host) or "@" in parts.netloc or port == 0:
            raise Unavailable("address")
        return cls(parts.scheme, host, port or _PORTS[parts.scheme], _path(parts))

    @property
    def place(self) -> str:
        """The host as a list of them shows it: with a port that is not the usual one."""
        return self.host if self.port == _PORTS[self.scheme] else f"{self.host}:{self.port}"

    @property
    def url(self) -> httpcore.URL:
        return httpcore.URL(
            scheme=self.scheme.encode(), host=self.host.encode(), port=self.port, target=self.path.encode()
        )

    @property
    def host_header(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


@dataclass(frozen=True)
class Allowed:
    """What is called beyond public addresses, by the operator's word."""

    networks: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = ()
    hosts: frozenset[str] = frozenset()

    @classmethod
    def of(cls, entries: Iterable[str]) -> "Allowed":
        """:param entries: networks or addresses (``10.1.0.0/16``), and names of hosts (``wiki.intranet.example``)."""
        networks, hosts = [], set()
        for entry in entries:
            try:
                networks.append(ipaddress.ip_network(entry, strict=False))
            except ValueError:
                hosts.add(entry.lower().rstrip("."))
        return cls(tuple(networks), frozenset(hosts))

    def allows(self, host: str, address: Address) -> bool:
        """Whether this address may be called, under whatever name it was found."""
        if host.lower().rstrip(".") in self.hosts:
            return True
        inner = unwrapped(address)
        if any(one in network for network in self.networks for one in {address, inner}):
            return True
        return is_public(inner) and (inner is not address or is_public(address))


def unwrapped(address: Address) -> Address:
    """The IPv4 address that an IPv6 address only carries: that is where the packets go."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def is_public(address: Address) -> bool:
    """Whether it is somebody's on the internet: not private, loopback, link-local, multicast, reserved or unspecified."""
    if any(address in network for network in (*_UNCHECKABLE, *_SPECIAL)):
        return False
    is_site_local = isinstance(address, ipaddress.IPv6Address) and address.is_site_local
    return address.is_global and not (address.is_multicast or address.is_reserved or is_site_local)


class CheckedBackend(httpcore.NetworkBackend):
    """Resolves a name once, checks every address it stands for, and connects to one of those: no other look-up follows."""

    def __init__(self, *, allowed: Allowed, deadline: Deadline) -> None:
        self.allowed = allowed
        self.deadline = deadline
        self.plain = httpcore.SyncBackend()

    def connect_tcp(self, host: str, port: int, *_args: object, **_more: object) -> httpcore.NetworkStream:
        addresses = self._resolved(host, port)
        if not all(self.allowed.allows(host, address) for address in addresses):
            raise Unavailable("refused", host)
        stream = self._connected(addresses, port)
        (peer, *_rest) = stream.get_extra_info("server_addr")
        if _address(peer) not in addresses:
            stream.close()
            raise Unavailable("refused", host)
        return TimedStream(stream, self.deadline)

    def _resolved(self, host: str, port: int) -> list[Address]:
        # The system's resolver takes no limit of time: it is left behind when ours is over.
        looking = ThreadPoolExecutor(max_workers=1)
        try:
            found = looking.submit(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM).result(self.deadline.left())
        except NoAnswer as error:
            raise httpcore.ConnectTimeout from error
        except (OSError, UnicodeError) as error:
            raise Unavailable("unknown-host", host) from error
        finally:
            looking.shutdown(wait=False)
        addresses = list(dict.fromkeys(_address(info[4][0]) for info in found))
        if not addresses:
            raise Unavailable("unknown-host", host)
        return addresses

    def _connected(self, addresses: list[Address], port: int) -> httpcore.NetworkStream:
        for address in addresses:
            try:
                return self.plain.connect_tcp(str(address), port, timeout=self.deadline.left())
            except httpcore.ConnectError as error:
                failed = error
        raise failed


def _address(text: object) -> Address:
    return ipaddress.ip_address(str(text).partition("%")[0])


def _ascii(host: str) -> str:
    return host if host.isascii() else host.encode("idna").decode()


def _path(parts: SplitResult) -> str:
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    return f"{path}?{quote(parts.query, safe='/%:@!$&()*+,;=~-._?')}" if parts.query else path
