"""The one clock."""

import datetime as dt

from operations import clock


def test_now_is_aware_and_in_utc():
    assert clock.now().utcoffset() == dt.timedelta()


def test_now_moves_with_the_offset_file(move_clock):
    before = clock.now()

    move_clock(days=183)

    assert dt.timedelta(days=183) <= clock.now() - before < dt.timedelta(days=183, minutes=1)


def test_without_an_offset_file_the_clock_is_right(settings):
    settings.CLOCK_OFFSET_FILE = None

    assert abs(clock.now() - dt.datetime.now(dt.UTC)) < dt.timedelta(seconds=5)  # noqa: TID251 -- the clock under test


def test_today_is_the_day_in_the_time_zone_asked_for():
    assert clock.today("Pacific/Kiritimati") - clock.today("Pacific/Honolulu") == dt.timedelta(days=1)
