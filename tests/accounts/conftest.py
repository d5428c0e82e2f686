"""Acme, and nobody's attempts counted yet."""

from typing import Any

import pytest
from django.core.cache import cache

from tests.cast import Company, company


@pytest.fixture
def acme(db: None) -> Company:
    return company()


@pytest.fixture(autouse=True)
def _attempts_are_counted_anew() -> None:
    cache.clear()


@pytest.fixture(autouse=True)
def _mail_is_written_down(settings: Any) -> None:
    settings.EMAIL_BACKEND = "notifications.mail.OutgoingMailBackend"  # pytest-django puts a locker in its place
