"""A company with one route allowed for everybody, decided and signed through the actions themselves."""

import pytest

from tests.cast import Company, company
from tests.checklists.steps import decide, route


@pytest.fixture
def acme(db: None) -> Company:
    """Acme with nothing decided."""
    return company()


@pytest.fixture
def decided(acme: Company) -> Company:
    """Acme, where one route is allowed for everybody."""
    decide(acme, route("team-plan", "TP1"))
    return acme
