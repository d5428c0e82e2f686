"""Which code this is, by what the files look like: cheap enough to ask at every start."""

import hashlib
import os
from pathlib import Path

NOT_CODE = {"var", "tests", "docs", "benchmarks", "__pycache__", "node_modules"}


def fingerprint_of_code(root: Path) -> str:
    """A digest over path, size and time of every file below ``root`` that is code, content or configuration."""
    digest = hashlib.sha256()
    for directory, directories, files in os.walk(root):
        directories[:] = sorted(name for name in directories if name not in NOT_CODE and name[0] != ".")
        for name in sorted(files):
            path = Path(directory, name)
            stat = path.stat()
            digest.update(f"{path.relative_to(root)} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:32]
