"""Which addresses are called: checked on the very one connected to, whatever led there."""

import ipaddress
import socket

import pytest

from operations.outbound.addresses import Allowed, Target, is_public, unwrapped
from tests.catalog.fetching.asking import TERMS, get, names, refusal, way
from tests.website import Page, moved


@pytest.mark.parametrize("host", ["127.0.0.2", "[::1]", "2130706434", "0x7f.2", "localhost.", "169.254.169.254", "0"])
def test_a_redirect_into_a_private_network_is_refused(site, host) -> None:
    site.pages["/a"] = moved(f"http://{host}:{site.port}/b")

    error = refusal(
        site.url("/a"), by=way("127.0.0.1/32") if host != "localhost." else way("10.0.0.0/8", "127.0.0.1:1")
    )

    assert error.code == "refused"
    assert site.paths in (["/a"], [])  # nobody was called there


def test_nothing_private_is_called_unless_the_operator_allows_it(site) -> None:
    site.pages["/"] = Page(TERMS)

    assert refusal(site.url(), by=way("10.0.0.0/8")).code == "refused"
    assert site.asked == []
    assert get(site.url(host="localhost"), by=way("localhost")).content


def test_a_name_that_leads_elsewhere_after_it_was_checked_is_not_followed(site, monkeypatch) -> None:
    """Public when it is checked, private when it is called: the address that was checked is called, whatever follows."""
    called = []

    def connect(address: tuple, *_args: object, **_more: object) -> socket.socket:
        called.append(address[0])
        raise ConnectionRefusedError

    asked = names(monkeypatch, policies=["93.184.215.14", "127.0.0.1"])
    monkeypatch.setattr(socket, "create_connection", connect)

    assert refusal(site.url("/", host="policies.example"), by=way("192.0.2.0/24")).code == "connection"
    assert (called, asked) == (["93.184.215.14"], ["policies.example"])


def test_a_name_that_leads_elsewhere_after_a_redirect_is_refused(site, monkeypatch) -> None:
    names(monkeypatch, policies=["127.0.0.1", "127.0.0.2"])
    site.pages["/a"] = moved("/b")
    site.pages["/b"] = Page(TERMS)

    assert refusal(site.url("/a", host="policies.example")).code == "refused"
    assert site.paths == ["/a"]


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch) -> None:
    def look_up(*_args: object, **_more: object) -> list:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 80)) for one in ("93.184.215.14", "10.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)

    assert refusal("http://policies.example/").code == "refused"


def test_a_name_that_nobody_has_is_said(monkeypatch) -> None:
    def look_up(*_args: object, **_more: object) -> list:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", look_up)

    error = refusal("https://gone.example/")
    assert (error.code, error.detail) == ("unknown-host", "gone.example")


PRIVATE = [
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",  # noqa: S104 -- nothing listens there
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "192.0.0.8",
    "192.0.0.192",  # where a large cloud keeps the keys of its machines
    "192.88.99.1",
    "192.0.2.1",
    "::1",
    "::",
    "fe80::1",
    "fc00::1",
    "fec0::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "2002:7f00:1::",
    "2002:a00:1::",
    "64:ff9b::127.0.0.1",
    "64:ff9b::a00:1",
    "64:ff9b:1::1",
    "2001:0:1234::1",
    "::127.0.0.1",
    "2001:db8::1",
    "3fff::1",
    "5f00::1",
    "100:0:0:1::1",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_no_address_of_a_private_network_is_public_however_it_is_wrapped(address) -> None:
    assert not Allowed().allows("policies.example", ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "2606:2800:220:1::1", "::ffff:93.184.215.14", "64:ff9b::5db8:d70e"]
)
def test_addresses_of_the_internet_are_called(address) -> None:
    one = ipaddress.ip_address(address)

    assert Allowed().allows("policies.example", one)
    assert is_public(unwrapped(one))


def test_the_operator_allows_networks_and_hosts() -> None:
    allowed = Allowed.of(["10.1.0.0/16", "Wiki.Intranet.Example"])

    assert allowed.allows("any.example", ipaddress.ip_address("10.1.2.3"))
    assert allowed.allows("any.example", ipaddress.ip_address("::ffff:10.1.2.3"))
    assert allowed.allows("wiki.intranet.example.", ipaddress.ip_address("192.168.0.1"))
    assert not allowed.allows("any.example", ipaddress.ip_address("10.2.0.1"))


@pytest.mark.parametrize(
    "address",
    ["", "terms", "ftp://a.example/", "http:///terms", "http://u:p@a.example/", "http://u@a.example/", "http://a:0/"],
)
def test_what_is_no_address_on_the_web_is_said(address) -> None:
    assert refusal(address).code == "address"


def test_an_address_in_any_script_goes_out_as_the_web_writes_it() -> None:
    target = Target.of("https://bücher.example/nutzungs bedingungen/ü?q=ä%20&b")

    assert (target.host, target.path) == ("xn--bcher-kva.example", "/nutzungs%20bedingungen/%C3%BC?q=%C3%A4%20&b")
    assert target.place == "xn--bcher-kva.example"
