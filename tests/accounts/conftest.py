"""Acme, and nobody's attempts counted yet."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache

from tests.accounts.sign_ons import HOME, PEOPLE
from tests.cast import Company, company
from tests.provider import Running, running


@pytest.fixture
def acme(db: None) -> Company:
    return company()


@pytest.fixture(autouse=True)
def _attempts_are_counted_anew() -> None:
    cache.clear()


@pytest.fixture(autouse=True)
def _mail_is_written_down(settings: Any) -> None:
    settings.EMAIL_BACKEND = "notifications.mail.OutgoingMailBackend"  # pytest-django puts a locker in its place


@pytest.fixture(scope="module")
def provider() -> Iterator[Running]:
    """The provider of Acme and of Globex."""
    addresses = {slug: [f"{HOME}/account/single-sign-on/{slug}/callback/"] for slug in ("acme", "globex")}
    with running(people=PEOPLE, clients=addresses) as found:
        yield found


@pytest.fixture
def this_machine_may_be_called(settings: Any) -> None:
    settings.SSO_ALLOW = ["127.0.0.1"]
    settings.PUBLIC_URL = HOME
    settings.SSO_SECONDS = 60  # however busy this machine is
