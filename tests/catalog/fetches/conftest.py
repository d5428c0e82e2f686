"""Fetching is on, and a web server has a page that ships and one of an organization."""

from collections.abc import Callable
from typing import Any

import pytest

from catalog.models import PolicySource
from tests.cast import Company
from tests.catalog.fetches.texts import LONG, MARKDOWN
from tests.website import Page, WebSite


@pytest.fixture(autouse=True)
def _fetching_is_on(settings: Any, move_clock: Callable[..., None]) -> None:
    settings.POLICY_FETCHING = True
    settings.POLICY_FETCH_ALLOW = ["127.0.0.1", "localhost"]
    settings.POLICY_FETCH_LIMITS = {"redirects": 3, "size": 100_000, "seconds": 5}
    move_clock(hours=0)


@pytest.fixture
def shipped(site: WebSite) -> PolicySource:
    site.pages["/terms"] = Page(LONG, kind=MARKDOWN)
    return PolicySource.objects.create(key="terms", title="Terms", url=site.url("/terms"))


@pytest.fixture
def ours(site: WebSite, acme: Company) -> PolicySource:
    site.pages["/contract"] = Page(LONG, kind=MARKDOWN)
    return PolicySource.objects.create(
        organization=acme.organization,
        key="contract",
        title="Contract",
        url=site.url("/contract", host="localhost"),
        keeper=acme.mara,
    )
