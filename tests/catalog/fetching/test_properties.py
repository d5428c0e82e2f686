"""Whatever a server sends and whatever an address says, a fetch ends with an answer or a reason, never with anything else."""

import contextlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from catalog.fetching.charsets import charset_of
from catalog.fetching.fetch import Answer, Asked, Limits, Way, fetch
from catalog.fetching.missing import why_missing
from catalog.fetching.reasons import WORDS
from catalog.policy_diff.documents import Unreadable, document_of, read_bytes
from operations import clock
from operations.outbound.addresses import Target
from operations.outbound.reasons import Unavailable
from tests.catalog.fetching.asking import way
from tests.website import WebSite, dripping

pieces = [
    *(b"HTTP/1.1 ", b"200 OK\r\n", b"302 Found\r\n", b"304 \r\n", b"404 x\r\n", b"100 Continue\r\n\r\n", b"HTTP/0.9"),
    *(
        b"Location: ",
        b"http://[",
        b"//u:p@h/",
        b"http://127.0.0.1:1/",
        b"\xc3\xbc",
        b"Content-Encoding: gzip\r\n",
        b"\r\n\r\n",
    ),
    *(
        b"Content-Length: 5\r\n",
        b"Content-Length: -1\r\n",
        b"Transfer-Encoding: chunked\r\n",
        b"5\r\nhello\r\n0\r\n\r\n",
    ),
    *(
        b"Content-Type: text/html; charset=",
        b"undefined\r\n",
        b"Retry-After: \r\n",
        b"ETag: \xff\r\n",
        b"\x1f\x8b\x08\0",
        b"x" * 900,
    ),
]
answers = some.lists(some.sampled_from(pieces) | some.binary(max_size=8), max_size=12).map(b"".join)


@pytest.mark.parametrize("start", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rest=answers)
def test_every_answer_is_an_answer_or_a_reason(site: WebSite, start: bytes, rest: bytes) -> None:
    site.pages["/"] = dripping(start, [rest], pause=0)
    by = Way("W", way().allowed, Limits(redirects=2, size=1000, seconds=1))

    reason = None
    try:
        answer = fetch(Asked((site.url(),), known=site.url(), etag="1"), way=by, at=clock.now())
        assert len(answer.content) <= 1000
    except Unavailable as error:
        reason = error

    assert reason is None or (reason.code in WORDS and reason.hosts)


letters = some.text(alphabet=some.sampled_from("htp:/@.[]%?#ü🙂\\ \r\n\t\0-x1é"), max_size=30)


@settings(max_examples=400, deadline=None)
@given(letters | letters.map("http://".__add__) | letters.map("https://a.example/".__add__))
def test_every_address_is_a_target_or_is_refused(address: str) -> None:
    with contextlib.suppress(Unavailable):
        target = Target.of(address)
        assert target.scheme in {"http", "https"}
        assert target.host.isascii()
        assert target.path.isascii()
        assert target.path.startswith("/")
        assert not set(target.path + target.host_header) & set("\r\n\0 ")
        assert target.url


charsets = [
    "utf-8",
    "utf-16",
    "latin-1",
    "ascii",
    "idna",
    "undefined",
    "hex",
    "utf-7",
    "shift_jis",
    "iso-2022-jp",
    "ü",
    "",
]


@settings(max_examples=300, deadline=None)
@given(some.binary(max_size=60), some.sampled_from(charsets), some.booleans())
def test_every_text_has_a_charset_in_which_it_can_be_read(content: bytes, name: str, is_meta: bool) -> None:
    content = f"<meta charset={name}>".encode() + content if is_meta else content

    charset = charset_of(content, f"text/html; charset={name}")

    assert len(charset) <= 40
    with contextlib.suppress(Unreadable):  # a PDF, or no text at all
        assert read_bytes(content, charset=charset) == content.decode(charset)


@settings(max_examples=200, deadline=None)
@given(
    some.lists(
        some.sampled_from(["<title>", "</title>", "<p>", "Page not found ", "log in to ", "\n# ", "&lt;", "<", "ü"])
    ).map("".join)
)
def test_every_text_is_the_page_or_has_a_reason_not_to_be(text: str) -> None:
    try:
        page = document_of(text)
    except Unreadable:
        page = None

    assert why_missing(Answer("http://a/b", "http://a/"), text=text, page=page, words_before=100) in {"", *WORDS}
