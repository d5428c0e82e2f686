"""Keys of what an organization adds itself: made from the name once, and kept when it is renamed."""

from django.utils.text import slugify


def free_key(name: str, *, taken: set[str]) -> str:
    """A key from the name; names without a Latin letter get a plain one."""
    stem = slugify(name)[:50] or "own"
    if stem not in taken:
        return stem
    number = next(number for number in range(2, len(taken) + 3) if f"{stem}-{number}" not in taken)
    return f"{stem}-{number}"
