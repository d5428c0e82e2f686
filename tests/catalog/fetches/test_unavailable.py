"""A missing page is not a change: what is held back, when it is tried again, who is told."""

import datetime as dt

import pytest

from accounts.models import AccessPeriod, User
from catalog import actions
from catalog.actions import fetches
from catalog.models import HeldBackText, PolicySource, PolicyVersion
from notifications.models import Notice, OutgoingMail
from operations import clock
from tests.catalog.fetches.texts import (
    LONG,
    MARKDOWN,
    WALL,
    again,
    assert_chains_are_whole,
    events,
    health,
)
from tests.website import Page, moved, nobody_there, unchanged_if_known

pytestmark = pytest.mark.django_db


def test_a_page_that_is_missing_changes_nothing_and_is_tried_again_later_and_later(shipped, site) -> None:
    actions.fetch_due()
    del site.pages["/terms"]

    waits = []
    for _ in range(10):
        state = again(shipped)
        waits.append(round((state.next_fetch_at - clock.now()) / dt.timedelta(hours=1)))

    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 168, 168]
    assert (state.last_failure, state.last_failure_detail, state.failures_in_a_row) == ("not-there", "404", 10)
    assert state.why == "the page is not there (404)"
    assert state.unavailable_since <= state.last_failure_at
    assert PolicyVersion.objects.count() == 1
    assert events("source.unavailable") == 1
    assert_chains_are_whole()


@pytest.mark.parametrize(("said", "hours"), [("7200", 2), ("60", 1), (str(10**9), 168)])
def test_a_busy_site_is_left_alone_as_long_as_it_asks_but_not_forever(shipped, site, said, hours) -> None:
    site.pages["/terms"] = Page(status=429, headers={"Retry-After": said})

    actions.fetch_due()

    state = health(shipped)
    assert round((state.next_fetch_at - clock.now()) / dt.timedelta(hours=1)) == hours
    assert state.last_failure == "busy"


@pytest.mark.parametrize(
    ("page", "why"),
    [
        (Page(""), "empty"),
        (Page("<html><body></body></html>"), "empty"),
        (Page(LONG[:400], kind=MARKDOWN), "short"),
        (Page(WALL), "bot-wall"),
        (Page("<html><body><form><input type=password></form>Welcome</body></html>"), "log-in"),
        (Page("<html><title>Page not found</title><body>Sorry.</body></html>"), "no-page"),
        (Page("We are down for maintenance.", kind="text/plain"), "maintenance"),
    ],
)
def test_what_came_in_its_place_is_held_back_and_no_version(shipped, site, page, why) -> None:
    actions.fetch_due()
    site.pages["/terms"] = page

    state = again(shipped)

    held = HeldBackText.objects.get()
    assert (held.why, held.organization, held.settled_at, bytes(held.content)) == (why, None, None, page.content)
    assert (state.last_failure, PolicyVersion.objects.count()) == (why, 1)
    assert events("source.text_held_back") == 1
    assert_chains_are_whole()


@pytest.mark.parametrize(
    ("page", "why"),
    [
        (Page(b"%PDF-1.7", kind="application/pdf"), "kind"),
        (Page(b"%PDF-1.7", kind="text/html"), "unreadable"),
        (Page(b"a\0b", kind="text/html"), "unreadable"),
        (Page("<div>" * 20_000), "unreadable"),
        (Page(status=500), "status"),
        (Page(LONG, length=99_999), "cut"),
        (moved("http://10.0.0.1/"), "refused"),
        (moved("/terms"), "redirects"),
        (Page("x" * 100_001), "too-large"),
    ],
)
def test_what_can_not_be_had_is_no_text_to_hold_back(shipped, site, page, why) -> None:
    actions.fetch_due()
    site.pages["/terms"] = page

    state = again(shipped)

    assert (state.last_failure, HeldBackText.objects.count(), PolicyVersion.objects.count()) == (why, 0, 1)


def test_a_redirect_to_a_page_to_log_in_elsewhere_is_no_page(shipped, site) -> None:
    site.pages["/terms"] = moved(site.url("/sso/login"))
    site.pages["/sso/login"] = Page("<html><body>Welcome back</body></html>")

    actions.fetch_due()

    assert (health(shipped).last_failure, HeldBackText.objects.get().why) == ("log-in", "log-in")


def test_the_same_wall_is_held_back_once_and_another_takes_its_place(shipped, site) -> None:
    site.pages["/terms"] = Page(WALL.format("1"))
    actions.fetch_due()
    site.pages["/terms"] = Page(WALL.format("1").replace("<title>", "<title> "))  # other bytes, the same words
    again(shipped, 2)
    assert HeldBackText.objects.count() == 1
    site.pages["/terms"] = Page(WALL.format("2"))
    again(shipped)

    assert [held.settled_at is None for held in HeldBackText.objects.order_by("pk")] == [False, True]


def test_when_the_same_text_returns_nothing_has_happened(ours, site, acme) -> None:
    actions.fetch_due()
    site.pages["/contract"] = Page(WALL)
    again(ours, 3)
    assert Notice.objects.filter(withdrawn_at=None).count() == 1
    site.pages["/contract"] = Page(LONG, kind=MARKDOWN)

    state = again(ours)

    assert PolicyVersion.objects.count() == 1
    assert (state.failures_in_a_row, state.unavailable_since, state.last_change_at) == (0, None, None)
    assert HeldBackText.objects.get().settled_at
    assert not Notice.objects.filter(withdrawn_at=None).exists()
    assert (events("source.unavailable"), events("source.available")) == (1, 1)
    assert_chains_are_whole()


def test_a_tag_of_the_text_before_the_wall_means_that_it_is_back(shipped, site) -> None:
    page = unchanged_if_known(Page(LONG, kind=MARKDOWN), '"7"')
    site.pages["/terms"] = page
    actions.fetch_due()
    site.pages["/terms"] = Page(WALL, headers={"ETag": '"wall"'})
    again(shipped)
    site.pages["/terms"] = page

    state = again(shipped)

    assert site.asked[-1].headers["If-None-Match"] == '"7"'
    assert (state.unavailable_since, PolicyVersion.objects.count()) == (None, 1)


def test_the_keeper_is_told_after_three_failures_and_once(ours, site, acme) -> None:
    site.pages["/contract"] = Page(status=500)
    actions.fetch_due()
    again(ours)
    assert Notice.objects.count() == 0

    again(ours, 3)

    notice = Notice.objects.get()
    assert (notice.recipient, notice.rule, notice.subject_key) == (acme.mara, "source-unavailable", f"source:{ours.pk}")
    assert notice.title == "Contract can’t be fetched any more"
    assert notice.body == "3 times in a row: the site answered with an error (500). The last version stays."
    assert notice.link == f"/o/acme/policies/{ours.pk}/"


def test_who_stands_in_for_a_keeper_who_left_is_told(ours, site, acme) -> None:
    AccessPeriod.objects.filter(membership=acme.mara).update(ended_at=clock.now())
    site.pages["/contract"] = Page(status=500)
    actions.fetch_due()

    again(ours, 2)

    assert Notice.objects.get().recipient == acme.olga


def test_nobody_of_an_organization_is_told_of_what_ships(shipped, acme) -> None:
    PolicySource.objects.update(url=nobody_there())
    actions.fetch_due()

    state = again(shipped, 4)

    assert (Notice.objects.count(), state.last_failure) == (0, "connection")


def test_the_operators_are_mailed_what_of_what_ships_is_gone_once_for_each_outage(shipped, site, settings) -> None:
    settings.EMAIL_BACKEND = "notifications.mail.OutgoingMailBackend"  # pytest-django puts a locker in its place
    User.objects.create_user("operator@host.example", is_staff=True)
    site.pages["/terms"] = Page(status=500)
    actions.fetch_due()
    again(shipped)
    assert OutgoingMail.objects.count() == 0

    again(shipped, 3)

    mail = OutgoingMail.objects.get()
    assert (mail.to, mail.subject) == ("operator@host.example", "Policies that can’t be fetched")
    assert f"- {shipped.title}: the site answered with an error (500)" in mail.text
    assert "/operate/sources/" in mail.text


def test_of_each_outage_of_a_day_the_keeper_is_told_while_it_lasts(ours, site, acme) -> None:
    fetches.take_up_changes(at=clock.now())
    for _outage in range(2):
        site.pages["/contract"] = Page(status=500)
        again(ours, 5)
        assert Notice.objects.filter(withdrawn_at=None).count() == 1
        site.pages["/contract"] = Page(LONG, kind=MARKDOWN)
        again(ours)
        assert Notice.objects.filter(withdrawn_at=None).count() == 0
