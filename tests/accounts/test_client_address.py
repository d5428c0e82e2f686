"""Whose sign-in attempts are counted together: by address, over IPv6 by network, and behind proxies by what ours wrote."""

import pytest
from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.test import RequestFactory


def counted_as(**meta: str) -> str:
    request = RequestFactory().get("/", **meta)
    return get_adapter(request).get_client_ip(request)


@pytest.mark.parametrize(
    ("came_from", "counts"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::"),
        ("2001:db8:1:3::1", "2001:db8:1:3::"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("::1", "::"),
    ],
)
def test_an_address_counts_as_its_network(came_from, counts):
    assert counted_as(REMOTE_ADDR=came_from) == counts


@pytest.mark.parametrize(
    ("forwarded", "counts"),
    [
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("[2001:db8:1:2::9]:4711", "2001:db8:1:2::"),
        ("198.51.100.1, 2001:db8:9:9::1", "2001:db8:9:9::"),  # what the client wrote itself stands before
        ("198.51.100.1, 203.0.113.7", "203.0.113.7"),
    ],
)
def test_behind_a_proxy_what_it_wrote_last_counts(settings, forwarded, counts):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1

    assert counted_as(REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=forwarded) == counts


def test_what_is_no_address_is_refused(settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1

    with pytest.raises(PermissionDenied):
        counted_as(REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="me")
