"""Paths in the log, without the keys that stand in some. Imported by the settings: knows nothing of Django."""

import re

# Keys of invitations and the like; slugs of ours are shorter.
LOOKS_SECRET = re.compile(r"(?<=/)[^/\s]{24,}")


def without_keys(text: str) -> str:
    """The same path, or words with one in them, with a dot for every part of a path that looks like a key."""
    return LOOKS_SECRET.sub("…", text)
