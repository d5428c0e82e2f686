"""A web site of a vendor, and what is fetched of it."""

from collections.abc import Iterator

import pytest

from accounts.models import User
from tests.cast import Company, company
from tests.website import WebSite


@pytest.fixture
def site() -> Iterator[WebSite]:
    with WebSite() as made:
        yield made


@pytest.fixture
def acme() -> Company:
    return company()


@pytest.fixture
def operator() -> User:
    return User.objects.create_user("operator@wayleave.example", name="Opal", is_staff=True)
