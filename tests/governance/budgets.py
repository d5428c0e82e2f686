"""The query budget of a page (architecture.md): at most 12, the same for one row and for three."""

from collections.abc import Callable

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

BUDGET = 12


def costs_the_same(browser: Client, address: str | Callable[[], str], add: Callable[[int], None]) -> None:
    """Open the page with one row, then with three: as many queries each time, and no more than the budget."""
    add(1)
    one = _cost(browser, address)
    add(2)
    three = _cost(browser, address)
    assert one == three
    assert three <= BUDGET


def _cost(browser: Client, address: str | Callable[[], str]) -> int:
    with CaptureQueriesContext(connection) as queries:
        page = browser.get(address if isinstance(address, str) else address())
    assert page.status_code == 200
    return len(queries)
