"""Days read as people say them."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from operations.templatetags.dates import day, distance, iso, moment, month, relative_day

TODAY = dt.date(2026, 11, 21)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (dt.date(2026, 11, 21), "today (21 Nov 2026)"),
        (dt.date(2026, 11, 22), "tomorrow (22 Nov 2026)"),
        (dt.date(2026, 11, 20), "yesterday (20 Nov 2026)"),
        (dt.date(2026, 11, 24), "in 3 days (24 Nov 2026)"),
        (dt.date(2026, 11, 17), "4 days ago (17 Nov 2026)"),
        (dt.date(2027, 5, 21), "in 6 months (21 May 2027)"),
        (dt.date(2026, 5, 21), "6 months ago (21 May 2026)"),
        (dt.date(2029, 11, 21), "in 3 years (21 Nov 2029)"),
        (None, ""),
    ],
)
def test_relative_day_says_distance_and_day(value: dt.date | None, said: str) -> None:
    assert relative_day(value, TODAY) == said


def test_a_moment_is_the_day_of_the_active_time_zone() -> None:
    late_evening_in_utc = dt.datetime(2026, 11, 23, 23, 30, tzinfo=dt.UTC)

    with timezone.override(ZoneInfo("Europe/Berlin")):
        assert day(late_evening_in_utc) == "24 Nov 2026"
        assert distance(late_evening_in_utc, TODAY) == "in 3 days"
        assert moment(late_evening_in_utc) == "24 Nov 2026, 00:30 CET"


def test_a_month_is_all_that_is_known() -> None:
    assert month(dt.date(2026, 11, 1)) == "Nov 2026"


def test_nothing_is_an_empty_text() -> None:
    assert [day(None), month(None), moment(None), distance(None, TODAY), iso(None)] == [""] * 5
