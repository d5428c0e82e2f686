"""Canonical JSON and its digests: the bytes that are hashed are the bytes that are stored."""

import hashlib
import json


def dumps(value: object) -> str:
    """Canonical JSON text: sorted keys, no white space, UTF-8 kept as it is.

    :raises TypeError: for a float, or anything else JSON has no exact word for.
    """
    _refuse_floats(value)
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_exactly)


def digest(text: str) -> str:
    """SHA-256 of the text's UTF-8 bytes, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def digest_of_ids(ids: list[int]) -> str:
    """What an event says of the many it is about, by their ids in rising order; told apart from the digest of something that is
    kept, of which ``verify_audit`` looks for the row."""
    return f"ids:{digest(dumps(ids))}"


def salted_digest(salt: bytes, body: str) -> str:
    """SHA-256 of salt and text, in hexadecimal: without the salt a short text can't be guessed."""
    return hashlib.sha256(bytes(salt) + body.encode()).hexdigest()


def _exactly(value: object) -> str:
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    if hasattr(value, "hex") and hasattr(value, "int"):  # a UUID
        return str(value)
    if hasattr(value, "_proxy____cast"):  # a lazily translated text
        return str(value)
    raise TypeError(f"{type(value).__name__} has no canonical JSON form")


def _refuse_floats(value: object) -> None:
    if isinstance(value, float):
        raise TypeError("floats have no canonical JSON form; use integers or text")
    if isinstance(value, dict):
        for item in value.values():
            _refuse_floats(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _refuse_floats(item)
