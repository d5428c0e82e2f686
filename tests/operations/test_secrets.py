"""Secrets that are kept to be read again."""

from typing import Any

import pytest

from operations.secrets import UnreadableSecret, decrypt, encrypt


def test_what_is_kept_says_nothing_and_comes_back_whole() -> None:
    kept = encrypt("s3cret of a client")

    assert "s3cret" not in kept
    assert kept != encrypt("s3cret of a client")
    assert decrypt(kept) == "s3cret of a client"


def test_a_former_secret_key_reads_what_it_wrote(settings: Any) -> None:
    kept = encrypt("s3cret")

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", [settings.SECRET_KEY]

    assert decrypt(kept) == "s3cret"


def test_a_key_that_is_gone_reads_nothing(settings: Any) -> None:
    kept = encrypt("s3cret")
    settings.SECRET_KEY = "another"

    with pytest.raises(UnreadableSecret):
        decrypt(kept)
