"""The start command, what its processes hold in memory, and what a first visit weighs."""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import zlib
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figures import Figure

ROOT = Path(__file__).resolve().parent.parent
FIRST_PAGE = "/account/login/"
WITHIN = 300.0
AT_REST = 15.0
REFERRED_TO = re.compile(rb'(?:src|href)="(/static/[^"#]+)')
FETCHED_ELSEWHERE = re.compile(rb'(?:src="|<link[^>]+href="|url\(["\']?)((?:https?:)?//[^"\')]+)')
KILOBYTE, MEGABYTE = 1024, 1024 * 1024


def figures() -> Iterator[Figure]:
    """From nothing, then again: ``python -m devstack`` is what ./run becomes once its requirements are there."""
    with tempfile.TemporaryDirectory(prefix="wl-bench-") as state:
        Path(state).chmod(0o711)
        with Started(state) as first:
            yield Figure("first page, empty database", first.took, 15, "s", "./run with the requirements installed")
        with Started(state) as again:
            yield Figure("first page, start command", again.took, 5, "s", "./run with the data there")
            yield Figure(
                "weight of a first visit", again.weight() / KILOBYTE, 150, "kB", "compressed, with all it loads"
            )
            yield Figure(
                "other hosts a first visit asks",
                len(again.other_hosts()),
                0,
                "",
                "named in the page or its style sheets",
            )
            time.sleep(AT_REST)
            for name, what in (("gunicorn", "web"), ("celery -A config worker", "Celery")):
                memory = again.memory_of(name) / MEGABYTE
                yield Figure(
                    f"memory of one {what} worker", memory, 120, "MB", "at rest, with its parent, shared pages shared"
                )


class Started:
    """./run, until its first page is served; stopped at the end.

    :ivar took: seconds from the command to the first page.
    """

    def __init__(self, state: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        unnamed = {"DATABASE_URL", "REDIS_URL", "PUBLIC_URL", "DJANGO_SETTINGS_MODULE"}
        env = {name: value for name, value in os.environ.items() if name not in unnamed}
        self.address = f"http://127.0.0.1:{port}"
        began = time.perf_counter()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "devstack"],
            env={**env, "STATE_DIR": state, "HOST": "127.0.0.1", "PORT": str(port)},
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
        )
        while self.fetch(FIRST_PAGE) is None:
            if self.process.poll() is not None or time.perf_counter() - began > WITHIN:
                raise SystemExit("./run served no first page")
            time.sleep(0.02)
        self.took = time.perf_counter() - began

    def __enter__(self) -> "Started":
        return self

    def __exit__(self, *_error: object) -> None:
        self.process.send_signal(signal.SIGINT)
        self.process.wait()

    def fetch(self, path: str) -> bytes | None:
        """The body as it travels, compressed where the server compresses; None while nothing answers."""
        asked = urllib.request.Request(self.address + path, headers={"Accept-Encoding": "gzip"})  # noqa: S310
        try:
            with urllib.request.urlopen(asked, timeout=10) as answer:  # noqa: S310 -- our own address
                return answer.read()
        except (urllib.error.URLError, OSError):
            return None

    def weight(self) -> int:
        """Bytes of the first page and of everything it refers to."""
        page = self.fetch(FIRST_PAGE) or b""
        files = sorted(set(REFERRED_TO.findall(self.plain(FIRST_PAGE))))
        assert files, "the first page refers to nothing"
        return len(page) + sum(len(self.fetch(file.decode()) or b"") for file in files)

    def other_hosts(self) -> set[bytes]:
        """Every address in the first page, and in the style sheets it refers to, that a browser would fetch elsewhere."""
        page = self.plain(FIRST_PAGE)
        sheets = [file for file in REFERRED_TO.findall(page) if file.endswith(b".css")]
        texts = [page, *(self.plain(sheet.decode()) for sheet in sheets)]
        return {address for text in texts for address in FETCHED_ELSEWHERE.findall(text)}

    def plain(self, path: str) -> bytes:
        """The body as it is read."""
        body = self.fetch(path) or b""
        return zlib.decompress(body, wbits=31) if body.startswith(b"\x1f\x8b") else body

    def memory_of(self, name: str) -> int:
        """Bytes that our processes of this command line hold, pages shared among several counted in parts."""
        ours = {self.process.pid}
        held = 0
        for process in sorted(Path("/proc").glob("[0-9]*"), key=lambda one: int(one.name)):
            try:
                parent = int((process / "stat").read_text().rpartition(")")[2].split()[1])
                if parent not in ours:
                    continue
                ours.add(int(process.name))
                command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                if all(word in command for word in name.split()):
                    rollup = (process / "smaps_rollup").read_text()
                    held += int(re.search(r"^Pss:\s+(\d+) kB", rollup, re.M)[1]) * KILOBYTE
            except (FileNotFoundError, ProcessLookupError):
                continue
        assert held, f"no process of {name}"
        return held
