"""Fetching from a real server on this machine, which the operator's word allows: one test for each fault a site can have."""

import gzip
import socket
import threading
from collections.abc import Iterator

import pytest

from catalog.fetching.fetch import followed
from catalog.fetching.reasons import WORDS, words
from catalog.policy_diff.documents import document_of
from operations.outbound.reasons import Unavailable
from tests.catalog.fetching.asking import TERMS, get, names, refusal, text_of, way
from tests.website import HOST, Page, dripping, moved, nobody_there, unchanged_if_known, zipped


def test_a_page_is_fetched_and_the_request_says_who_asks_and_no_more(site) -> None:
    site.pages["/terms?of=use"] = Page(TERMS, headers={"ETag": '"7"', "Set-Cookie": "who=you"})

    answer = get(site.url("/terms?of=use"))

    assert answer.content == TERMS.encode()
    assert (answer.etag, answer.charset, answer.hosts) == ('"7"', "utf-8", (f"{HOST}:{site.port}",))
    headers = site.asked[0].headers
    assert headers["User-Agent"] == "Wayleave/1 (+https://x.example)"
    assert headers["Accept"].startswith("text/markdown")
    assert set(headers) == {"Host", "User-Agent", "Accept", "Accept-Encoding", "Connection"}


def test_neither_cookies_nor_proxies_of_the_machine_are_used(site, monkeypatch) -> None:
    monkeypatch.setenv("http_proxy", nobody_there())
    site.pages["/a"] = Page(status=302, headers={"Location": "/b", "Set-Cookie": "who=you; Path=/"})
    site.pages["/b"] = Page(TERMS)

    get(site.url("/a"))

    assert site.asked[1].headers["Cookie"] is None


def test_what_is_known_is_asked_for_only_if_it_changed(site) -> None:
    site.pages["/terms"] = unchanged_if_known(Page(TERMS), '"7"')
    url = site.url("/terms")

    assert not get(url, known=url, etag='"6"').is_unchanged
    assert get(url, known=url, etag='"7"', last_modified="yesterday").is_unchanged
    assert site.asked[-1].headers["If-Modified-Since"] == "yesterday"
    assert not get(url, known="https://another.example/", etag='"7"').is_unchanged


def test_a_tag_goes_back_as_it_came_whatever_stands_in_it(site) -> None:
    site.pages["/terms"] = Page(TERMS, headers={"ETag": '"für\x80"'})
    url = site.url("/terms")

    tag = get(url).etag
    get(url, known=url, etag=tag)

    assert site.asked[-1].headers["If-None-Match"] == tag == '"für\x80"'


def test_nothing_new_to_one_who_knew_nothing_is_an_error(site) -> None:
    site.pages["/terms"] = Page(status=304)

    assert refusal(site.url("/terms")).code == "status"


def test_redirects_are_followed_as_far_as_the_limit(site) -> None:
    for step in range(5):
        site.pages[f"/{step}"] = moved(f"/{step + 1}" if step % 2 else site.url(f"/{step + 1}"), status=301)
    site.pages["/5"] = Page(TERMS)

    answer = get(site.url("/0"))

    assert (answer.asked, answer.url) == (site.url("/0"), site.url("/5"))
    error = refusal(site.url("/0"), by=way(redirects=4))
    assert (error.code, error.detail) == ("redirects", "4")


def test_who_redirects_in_circles_is_left(site) -> None:
    site.pages["/a"] = moved("/a")

    assert refusal(site.url("/a")).code == "redirects"
    assert len(site.asked) == 6


@pytest.mark.parametrize("to", ["ftp://files.example/terms", "file:///etc/passwd", "http://u:p@127.0.0.1/", "http://["])
def test_a_redirect_leads_to_the_web_alone(site, to) -> None:
    site.pages["/a"] = moved(to)

    assert refusal(site.url("/a")).code == "address"


def test_what_is_larger_than_the_limit_is_left(site) -> None:
    site.pages["/exact"] = Page(b"x" * 1000)
    site.pages["/more"] = Page(b"x" * 1001)

    assert len(get(site.url("/exact"), by=way(size=1000)).content) == 1000
    assert refusal(site.url("/more"), by=way(size=1000)).code == "too-large"


def test_what_goes_on_without_saying_how_long_is_left_at_the_limit(site) -> None:
    start = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
    site.pages["/"] = dripping(start, (b"x" * 10_000 for _ in range(1000)), pause=0)

    assert refusal(site.url(), by=way(size=50_000)).code == "too-large"


def test_what_unpacks_to_more_than_the_limit_is_left_before_it_is_unpacked(site) -> None:
    bomb = zipped(b"\0" * 50_000_000)
    site.pages["/bomb"] = bomb

    assert len(bomb.content) < 100_000
    assert refusal(site.url("/bomb"), by=way(size=100_000)).code == "too-large"


def test_what_came_packed_is_kept_unpacked(site) -> None:
    parts = gzip.compress(TERMS[:40].encode()) + gzip.compress(TERMS[40:].encode())
    site.pages["/one"] = zipped(TERMS.encode())
    site.pages["/two"] = Page(parts, headers={"Content-Encoding": "gzip"})
    site.pages["/more"] = Page(gzip.compress(TERMS.encode()) + b"\0\0", headers={"Content-Encoding": "gzip"})

    assert {get(site.url(path)).content for path in ("/one", "/two", "/more")} == {TERMS.encode()}


def test_what_is_packed_wrongly_is_said(site) -> None:
    site.pages["/not"] = Page(TERMS, headers={"Content-Encoding": "gzip"})
    site.pages["/other"] = Page(TERMS, headers={"Content-Encoding": "br"})
    site.pages["/half"] = Page(gzip.compress(TERMS.encode())[:-20], headers={"Content-Encoding": "gzip"})

    assert [refusal(site.url(path)).code for path in ("/not", "/other", "/half")] == ["encoding", "encoding", "cut"]


@pytest.mark.parametrize(
    "start",
    [b"", b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"],
    ids=["status", "header", "body"],
)
def test_a_drop_at_a_time_ends_with_the_time_for_everything(site, start) -> None:
    """Each drop comes soon enough for a limit on one reading; the server would go on for longer than a test may take."""
    sent = []

    def drops() -> Iterator[bytes]:
        while True:
            sent.append(1)
            yield b"H"

    site.pages["/"] = dripping(start, drops())

    assert refusal(site.url(), by=way(seconds=0.3)).code == "timeout"


def test_a_look_up_that_never_answers_ends_too(monkeypatch) -> None:
    answer = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: answer.wait(20))

    assert refusal("https://slow.example/", by=way(seconds=0.2)).code == "timeout"
    answer.set()


def test_a_host_that_says_nothing_is_left(site) -> None:
    site.pages["/"] = dripping(b"", [b""], pause=2)

    assert refusal(site.url(), by=way(seconds=0.2)).code == "timeout"


UMLAUTS = "# Bedingungen\n\nWir löschen „alles“ nach 30 Tagen, für 5 €."
CYRILLIC = "# Условия\n\nМы храним данные 30 дней."


@pytest.mark.parametrize(
    ("content", "kind", "text"),
    [
        (UMLAUTS.encode(), "text/markdown; charset=utf-8", UMLAUTS),
        (UMLAUTS.encode(), "text/markdown", UMLAUTS),
        (UMLAUTS.encode(), "text/markdown; charset=iso-8859-1", UMLAUTS),  # said of everything it sends
        (UMLAUTS.encode(), "text/markdown; charset=ascii", UMLAUTS),
        (UMLAUTS.encode("cp1252"), "text/markdown; charset=utf-8", UMLAUTS),
        (UMLAUTS.encode("cp1252"), "text/markdown; charset=nonsense", UMLAUTS),
        (UMLAUTS.encode("cp1252"), "text/markdown; charset=undefined", UMLAUTS),
        (UMLAUTS.encode("utf-8-sig"), "text/markdown; charset=iso-8859-1", UMLAUTS),
        (UMLAUTS.encode("utf-16"), "text/markdown; charset=utf-8", UMLAUTS),
        (UMLAUTS.encode("utf-16-le"), "text/markdown; charset=utf-16le", UMLAUTS),
        (CYRILLIC.encode("cp1251"), "text/plain; charset=windows-1251", CYRILLIC),
        (b'<html><meta charset="windows-1251"><body>' + "<p>Мы храним".encode("cp1251"), "text/html", "Мы храним"),
        (b'<html><meta charset="utf-16"><body>' + "<p>für".encode(), "text/html", "für"),
        (
            b'<html><meta http-equiv=x content="text/html; charset=koi8-r"><body>' + "<p>Мы".encode("koi8-r"),
            "text/html",
            "Мы",
        ),
        ("<html><body><p>規約".encode("shift_jis"), "text/html; charset=Shift_JIS", "規約"),
        (b"<html><body><p>a\x81b", "text/html", "a\x81b"),
    ],
)
def test_letters_come_as_they_were_meant_whatever_is_said_of_them(site, content, kind, text) -> None:
    site.pages["/"] = Page(content, kind=kind)

    answer = get(site.url())

    assert answer.content == content
    assert text_of(answer) == document_of(text).text


def test_broken_html_is_read_as_browsers_do(site) -> None:
    site.pages["/"] = Page("<html><body><h1>Terms<h2>Keeping</h1><p>30 days<b>.</p></div></b><table><td>x")

    assert text_of(get(site.url())).split() == ["Keeping", "30", "days.", "x"]


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (404, "not-there"),
        (410, "not-there"),
        (401, "status"),
        (403, "status"),
        (500, "status"),
        (503, "busy"),
        (206, "status"),
    ],
)
def test_an_error_is_said_with_its_number(site, status, code) -> None:
    site.pages["/"] = Page(TERMS, status=status)

    error = refusal(site.url())

    assert (error.code, error.detail) == (code, str(status))


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("120", 120),
        ("Mon, 02 Mar 2026 10:00:00 GMT", 3600),
        ("Mon, 02 Mar 2020 10:00:00 GMT", 0),
        ("soon", None),
        ("9" * 5000, 999999999),
        ("", None),
        ("-5", None),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_site_says_when_to_come_back(site, status, said, seconds) -> None:
    site.pages["/"] = Page(status=status, headers={"Retry-After": said})

    error = refusal(site.url())

    assert (error.code, error.retry_after) == ("busy", seconds)


def test_an_empty_answer_is_an_answer(site) -> None:
    site.pages["/"] = Page("")
    site.pages["/packed"] = Page("", headers={"Content-Encoding": "gzip"})

    assert get(site.url()).content == get(site.url("/packed")).content == b""


@pytest.mark.parametrize("kind", ["application/pdf", "image/png", "application/octet-stream", "application/json"])
def test_what_is_no_text_is_said_with_its_kind(site, kind) -> None:
    site.pages["/"] = Page(b"%PDF-1.7", kind=kind)

    error = refusal(site.url())

    assert (error.code, error.detail) == ("kind", kind)


def test_a_port_at_which_nobody_listens_is_said() -> None:
    assert refusal(nobody_there()).code == "connection"


def test_a_server_without_the_certificate_of_its_name_is_not_believed(site) -> None:
    assert refusal(site.url().replace("http:", "https:")).code == "tls"


@pytest.mark.parametrize("start", [b"", b"HTTP/1.1 200 OK\r\nContent-Le", b"220 mail.example ESMTP\r\n"])
def test_what_breaks_off_or_is_no_http_is_said(site, start) -> None:
    site.pages["/"] = dripping(start, [], pause=0)

    assert refusal(site.url()).code == "cut"


def test_what_is_cut_in_the_middle_is_no_page(site) -> None:
    site.pages["/"] = Page(TERMS, length=1000)

    assert refusal(site.url()).code == "cut"


@pytest.mark.parametrize("status", [404, 410])
def test_markdown_is_preferred_and_the_page_itself_is_there_without_it(site, status) -> None:
    both = site.url("/terms.md"), site.url("/terms")
    site.pages["/terms.md"] = Page("# Terms", kind="text/markdown")
    site.pages["/terms"] = Page(TERMS)

    assert get(*both).asked == both[0]
    site.pages["/terms.md"] = Page(status=status)
    assert get(*both).asked == both[1]
    site.pages["/terms.md"] = Page(status=500)
    assert refusal(*both).code == "status"
    assert site.paths == ["/terms.md", "/terms.md", "/terms", "/terms.md"]


def test_hosts_on_the_way_are_named_in_success_and_failure(site, monkeypatch) -> None:
    names(monkeypatch, moved=["127.0.0.1"])
    site.pages["/a"] = moved(site.url("/b", host="moved.example"))
    hosts = (f"{HOST}:{site.port}", f"moved.example:{site.port}")

    assert refusal(site.url("/a")).hosts == hosts
    site.pages["/b"] = Page(TERMS)
    assert get(site.url("/a")).hosts == hosts


def test_the_words_of_every_reason_take_a_detail() -> None:
    assert all(words(code, "x.example") for code in WORDS)


def test_a_redirect_leads_from_https_to_https_alone() -> None:
    page = "https://orbit.example/terms"

    assert followed(page, "/legal/terms") == "https://orbit.example/legal/terms"
    assert followed("http://orbit.example/terms", page) == page
    with pytest.raises(Unavailable) as refused:
        followed(page, "http://orbit.example/terms")
    assert (refused.value.code, refused.value.detail) == ("downgrade", "orbit.example")
