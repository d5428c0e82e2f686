"""How often something may be asked for by whoever holds a link: counted in the cache, by windows."""

import hashlib

from django.core.cache import cache


def is_within(name: str, key: str, *, most: int, seconds: int) -> bool:
    """Whether this is among the first ``most`` of its key since the window began.

    :param name: what is counted.
    :param key: whose; only its digest is kept.
    :param seconds: how long a window is.
    """
    counter = f"limit:{name}:{hashlib.sha256(key.encode()).hexdigest()}"
    if cache.add(counter, 1, timeout=seconds):
        return True
    try:
        return cache.incr(counter) <= most
    except ValueError:  # the window has just ended
        return True
