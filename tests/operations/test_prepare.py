"""`manage.py prepare` runs once at a time on one database."""

from io import StringIO

import pytest
from django.core.management import call_command

from operations.locks import held_apart
from tests.sessions import Beside, until_one_waits

pytestmark = pytest.mark.django_db(transaction=True)
NOBODY_WAITS = {"alias": "default", "say_waiting": lambda: pytest.fail("waited for nobody")}


@pytest.fixture(autouse=True)
def _only_asks_for_the_database(settings) -> None:
    settings.START_COMMANDS = [("await_database",)]


def test_it_waits_for_another_says_so_and_goes_on() -> None:
    said = StringIO()

    other = Beside(lambda: call_command("prepare", stderr=said))
    with held_apart("prepare", **NOBODY_WAITS):
        other.start()
        until_one_waits()
        assert "waiting for it" in said.getvalue()
    other.result()


def test_nobody_else_there_it_says_nothing_and_holds_nothing_afterwards() -> None:
    said = StringIO()

    call_command("prepare", stderr=said)

    assert said.getvalue() == ""
    with held_apart("prepare", **NOBODY_WAITS):
        pass
