"""Canaille, a real OpenID provider, in a process of its own on a free port.

with running(people=[Account("nora")], clients={"wayleave": [address]}) as provider:
    provider.issuer
    address = provider.sign_in(door, "nora")   # as a browser would, up to where it is sent back to
"""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from tempfile import TemporaryDirectory

import httpx

from tests.processes import ROOT

HOST = "127.0.0.1"
PASSWORD = "the provider's own"


@dataclass(frozen=True)
class Account:
    """Somebody at the provider."""

    user_name: str
    name: str
    email: str
    group: str | None = None
    title: str | None = None
    verified: bool = True


@dataclass(frozen=True)
class Running:
    """A provider that answers."""

    port: int
    process: subprocess.Popen[bytes]
    signed_in: dict[str, float] = field(default_factory=dict)

    @property
    def issuer(self) -> str:
        return f"http://{HOST}:{self.port}"

    def sign_in(self, door: str, user_name: str) -> str:
        """Go where our page leads, sign in there, and say where that leads back to.

        Never twice as the same person within a second: the provider would give out the same token twice, which it refuses.
        """
        time.sleep(max(0.0, self.signed_in.get(user_name, 0.0) + 2 - time.monotonic()))
        with httpx.Client(base_url=self.issuer) as browser:
            response = browser.get(door)
            for _step in range(10):
                if response.is_redirect:
                    address = str(response.next_request.url)
                    if not address.startswith(self.issuer):
                        self.signed_in[user_name] = time.monotonic()
                        return address
                    response = browser.get(address)
                    continue
                asked = "password" if 'name="password"' in response.text else "login"
                typed = {"login": user_name, "password": PASSWORD}[asked]
                response = browser.post(str(response.url), data={asked: typed, "answer": "Continue"})
        raise AssertionError(response.text)

    def stop(self) -> None:
        """From now on nobody answers."""
        self.process.terminate()
        self.process.wait(10)


@contextmanager
def running(*, people: Sequence[Account], clients: Mapping[str, Sequence[str]]) -> Iterator[Running]:
    """A provider that knows these people, and these clients by the addresses they may send people back to.

    The secret of each client is ``secret of <its id>``.
    """
    with socket.socket() as free:
        free.bind((HOST, 0))
        port = free.getsockname()[1]
    said = json.dumps({"people": [asdict(person) for person in people], "clients": dict(clients)}).encode()
    command = [sys.executable, "-m", "tests.provider.serve", str(port)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with (
        TemporaryDirectory() as folder,
        subprocess.Popen([*command, folder], cwd=ROOT, stdin=subprocess.PIPE, **quiet) as process,
    ):
        provider = Running(port, process)
        process.stdin.write(said)
        process.stdin.close()
        _until_it_answers(provider)
        try:
            yield provider
        finally:
            process.kill()


def _until_it_answers(provider: Running) -> None:
    deadline = time.monotonic() + 60
    while provider.process.poll() is None and time.monotonic() < deadline:
        try:
            httpx.get(f"{provider.issuer}/.well-known/openid-configuration").raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the provider did not start")
