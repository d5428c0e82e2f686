"""Asking a server on this machine, which the operator's word allows."""

import datetime as dt
import socket

import pytest

from catalog.fetching.fetch import Answer, Asked, Limits, Way, fetch
from catalog.fetching.reasons import WORDS, words
from catalog.policy_diff.documents import document_of, read_bytes
from operations.outbound.addresses import Allowed
from operations.outbound.reasons import Unavailable
from tests.website import HOST

AT = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
TERMS = "<html><body><main><h1>Terms</h1><p>We keep it for 30 days.</p></main></body></html>"


def way(*allowed: str, **limits: float) -> Way:
    return Way("Wayleave/1 (+https://x.example)", Allowed.of(allowed or [HOST]), Limits(**limits))


def get(*addresses: str, by: Way | None = None, **known: str) -> Answer:
    return fetch(Asked(addresses, **known), way=by or way(), at=AT)


def refusal(*addresses: str, by: Way | None = None) -> Unavailable:
    with pytest.raises(Unavailable) as caught:
        get(*addresses, by=by)
    assert words(caught.value.code, caught.value.detail)
    assert caught.value.code in WORDS
    return caught.value


def text_of(answer: Answer) -> str:
    return document_of(read_bytes(answer.content, charset=answer.charset)).text


ONCE_LOOKED_UP = socket.getaddrinfo


def names(monkeypatch, **answers: list[str]) -> list[str]:
    """A resolver whose answers change from one look-up to the next; returns what it was asked."""
    asked: list[str] = []

    def look_up(host: str, port: int, *args: object, **more: object) -> list:
        found = answers.get(str(host).partition(".")[0])
        if found is None:
            return ONCE_LOOKED_UP(host, port, *args, **more)
        asked.append(host)
        address = found.pop(0) if len(found) > 1 else found[0]
        return ONCE_LOOKED_UP(address, port, type=socket.SOCK_STREAM)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked
