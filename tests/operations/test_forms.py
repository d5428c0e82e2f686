"""Fields that every app uses."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from operations.forms import DayField


@pytest.mark.parametrize("day", ["0001-01-01", "1989-12-31", "2100-01-01", "9999-12-31"])
def test_a_day_centuries_away_is_a_typing_error(day) -> None:
    with pytest.raises(ValidationError, match="between 1990 and 2099"):
        DayField().clean(day)


def test_a_day_of_this_century_is_taken() -> None:
    assert DayField().clean("2026-11-21") == dt.date(2026, 11, 21)
