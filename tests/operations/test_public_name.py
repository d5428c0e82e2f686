"""PUBLIC_URL: one value, and a page for whoever comes by another name."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.settings.public_url import PublicUrl


@pytest.fixture(autouse=True)
def _one_name(settings):
    settings.ALLOWED_HOSTS = ["wayleave.example"]
    settings.PUBLIC = PublicUrl.read("https://wayleave.example")


def test_another_name_gets_a_page_that_says_which_value_to_set(client):
    response = client.get("/", HTTP_HOST="intranet.example:8443")

    assert response.status_code == 421
    assert "PUBLIC_URL=http://intranet.example:8443" in response.text
    assert response.text.count("<h1>") == 1


def test_that_page_tells_neither_our_name_nor_what_is_no_name(client):
    response = client.get("/", HTTP_HOST="<script>alert(1)</script>")

    assert response.status_code == 421
    assert 'wayleave.example"' not in response.text
    assert "alert" not in response.text


def test_that_page_does_not_tell_our_name(client, settings):
    settings.ALLOWED_HOSTS = ["secret-name.internal"]
    settings.PUBLIC = PublicUrl.read("https://secret-name.internal")

    assert "secret-name" not in client.get("/", HTTP_HOST="other.example").text


def test_that_page_is_under_the_same_content_security_policy(client):
    response = client.get("/", HTTP_HOST="other.example")

    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert "<script>" not in response.text


def test_probes_may_ask_by_address(client):
    assert client.get("/healthz", HTTP_HOST="10.0.0.7:8000").status_code == 200


@pytest.mark.parametrize(
    ("text", "origin", "host"),
    [
        ("https://wayleave.example.com/", "https://wayleave.example.com", "wayleave.example.com"),
        ("http://localhost:8000", "http://localhost:8000", "localhost"),
        ("http://[::1]:8000", "http://[::1]:8000", "[::1]"),
        ("https://Wayleave.Example.com", "https://Wayleave.Example.com", "wayleave.example.com"),
        ("https://intranet.example/tools/wayleave/", "https://intranet.example", "intranet.example"),
    ],
)
def test_public_url_is_read(text, origin, host):
    public = PublicUrl.read(text)

    assert public.address == text.rstrip("/")
    assert (public.origin, public.host, public.is_https) == (origin, host, text.startswith("https"))


@pytest.mark.parametrize(
    "text",
    [
        "wayleave.example.com",
        "ftp://x",
        "https://",
        "https://a/b c",
        "https://a//b",
        "https://a/../b",
        "https://a/b?c",
        "https://a/b#c",
        "https://a b",
        "https://*",
        "https://u:p@host",
    ],
)
def test_public_url_that_is_none_is_refused_with_an_example(text):
    with pytest.raises(ImproperlyConfigured, match=r"https://wayleave\.example\.com"):
        PublicUrl.read(text)
