"""A ZIP that is sent while it is made: it is never whole in memory or on the disk."""

import zipfile
from collections.abc import Iterable, Iterator


class _Pipe:
    """Takes what the archive writes, until it is handed on. Without ``tell`` and ``seek`` nothing is gone back to."""

    def __init__(self) -> None:
        self.written: list[bytes] = []

    def write(self, data: bytes) -> int:
        self.written.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing to do: it is taken at once."""

    def close(self) -> None:
        """Nothing to do either."""

    def take(self) -> bytes:
        taken, self.written = b"".join(self.written), []
        return taken


def streamed_zip(files: Iterable[tuple[str, Iterable[bytes]]]) -> Iterator[bytes]:
    """The bytes of an archive of these files.

    :param files: the name of each, and its content in pieces; read only when its turn has come.
    """
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, pieces in files:
            with archive.open(name, "w", force_zip64=True) as entry:
                for piece in pieces:
                    entry.write(piece)
                    yield pipe.take()
    yield pipe.take()
