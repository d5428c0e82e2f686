"""People to tell, and a mail server that listens."""

import datetime as dt
import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from accounts.models import AccessPeriod, Membership, Organization, User
from tests.smtp import MailServer

WRITTEN = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)


@pytest.fixture
def organization(db: None) -> Organization:
    return Organization.objects.create(slug="acme", name="Acme", created_at=WRITTEN)


@pytest.fixture
def demo(db: None) -> Organization:
    return Organization.objects.create(slug="demo", name="Demo", is_demo=True, created_at=WRITTEN)


@pytest.fixture
def make_member() -> Callable[..., Membership]:
    """``make_member(organization, level="member", timezone="")``: a person who belongs to it."""
    numbers = itertools.count(1)

    def make(organization: Organization, *, level: str = "member", **fields: Any) -> Membership:
        number = next(numbers)
        fields = {"email": f"person{number}@acme.example", "name": f"Person {number}", **fields}
        user = User.objects.create_user(**fields)
        membership = Membership.objects.create(organization=organization, user=user, created_at=WRITTEN)
        AccessPeriod.objects.create(organization=organization, membership=membership, level=level, started_at=WRITTEN)
        return membership

    return make


@pytest.fixture
def smtp(settings: Any) -> Iterator[MailServer]:
    """A real SMTP server on a free port, and the settings that send there."""
    with MailServer() as server:
        settings.MAIL_TRANSPORT = server.transport
        yield server
