"""Fetching by schedule, against a real web server: what is asked for, and what becomes a version."""

import datetime as dt

import pytest

from audit.models import AuditEvent
from catalog import actions
from catalog.actions import fetches
from catalog.models import PolicySource, PolicyVersion, SourceHealth
from operations import clock
from tests.catalog.fetches.texts import (
    CHANGED,
    LONG,
    MARKDOWN,
    REFORMATTED,
    again,
    assert_chains_are_whole,
    health,
)
from tests.website import Page, unchanged_if_known

pytestmark = pytest.mark.django_db


def test_nothing_is_called_unless_the_operator_has_switched_it_on(shipped, site, settings) -> None:
    settings.POLICY_FETCHING = False

    assert actions.fetch_due() == 0
    assert (site.asked, SourceHealth.objects.count()) == ([], 0)


def test_a_first_text_is_a_version_of_everybody(shipped, site) -> None:
    before = clock.now()

    assert actions.fetch_due() == 1

    version, state = PolicyVersion.objects.get(), health(shipped)
    assert (version.organization, version.by, version.origin, bytes(version.content)) == (
        None,
        None,
        "fetched",
        LONG.encode(),
    )
    assert (version.seen_on, version.charset) == (clock.now().date(), "utf-8")
    assert before <= state.last_success_at <= clock.now()
    assert (state.last_change_at, state.unavailable_since, state.fetched_url) == (None, None, shipped.url)
    assert dt.timedelta(days=6, hours=23) < state.next_fetch_at - before < dt.timedelta(days=7, hours=1)
    assert actions.fetch_due() == 0
    assert_chains_are_whole()


def test_what_an_organization_cites_itself_is_its_own(ours, acme) -> None:
    actions.fetch_due()

    version = PolicyVersion.objects.get()
    assert version.organization == acme.organization
    assert list(AuditEvent.objects.filter(action="version.added").values_list("organization_id", flat=True)) == [
        acme.organization.pk
    ]
    assert_chains_are_whole()


@pytest.mark.parametrize(
    "change", [{"url": ""}, {"cadence_days": 0}, {"retired_at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)}]
)
def test_what_has_no_address_no_cadence_or_no_use_is_not_fetched(shipped, change) -> None:
    PolicySource.objects.update(**change)

    assert actions.fetch_due() == 0
    fetches.take_up_changes(at=clock.now())
    assert not PolicySource.objects.get().is_fetched


def test_what_is_no_longer_fetched_waits_for_nobody(shipped) -> None:
    actions.fetch_due()
    PolicySource.objects.update(cadence_days=0)
    SourceHealth.objects.update(next_fetch_at=clock.now())

    assert actions.fetch_due() == 0


@pytest.mark.parametrize("text", [LONG, REFORMATTED])
def test_the_same_words_are_no_version(shipped, site, text) -> None:
    actions.fetch_due()
    site.pages["/terms"] = Page(text, kind=MARKDOWN)

    state = again(shipped)

    assert PolicyVersion.objects.count() == 1
    assert (state.failures_in_a_row, state.last_change_at) == (0, None)


def test_the_same_words_as_html_are_no_version(shipped, site) -> None:
    actions.fetch_due()
    paragraphs = "".join(f"<p>{line}</p>" for line in LONG.split("\n\n")[1:])
    site.pages["/terms"] = Page(f"<html><body><nav>Home</nav><main><h1>Terms</h1>{paragraphs}</main></body></html>")

    again(shipped)

    assert PolicyVersion.objects.count() == 1


def test_a_changed_text_is_a_version(shipped, site) -> None:
    actions.fetch_due()
    site.pages["/terms"] = Page(CHANGED, kind=MARKDOWN)

    state = again(shipped)

    assert [bytes(version.content) for version in PolicyVersion.objects.order_by("pk")] == [
        LONG.encode(),
        CHANGED.encode(),
    ]
    assert state.last_change_at == state.last_success_at
    assert_chains_are_whole()


def test_nothing_new_is_asked_for_by_its_tag_and_is_no_version(shipped, site) -> None:
    site.pages["/terms"] = unchanged_if_known(Page(LONG, kind=MARKDOWN), '"7"')
    actions.fetch_due()

    state = again(shipped)

    assert site.asked[-1].headers["If-None-Match"] == '"7"'
    assert (PolicyVersion.objects.count(), state.etag, state.failures_in_a_row) == (1, '"7"', 0)


def test_a_tag_is_said_to_the_address_that_gave_it(shipped, site) -> None:
    """Markdown is there, then it is not: its tag means nothing to the page itself."""
    PolicySource.objects.update(markdown_url=site.url("/terms.md"))
    site.pages["/terms.md"] = unchanged_if_known(Page(LONG, kind=MARKDOWN), '"7"')
    actions.fetch_due()
    assert health(shipped).fetched_url == site.url("/terms.md")
    del site.pages["/terms.md"]

    state = again(shipped)

    assert [request.headers["If-None-Match"] for request in site.asked] == [None, '"7"', None]
    assert (state.fetched_url, state.etag, PolicyVersion.objects.count()) == (shipped.url, "", 1)


@pytest.mark.parametrize("has_been_there", [True, False])
def test_another_address_is_fetched_at_once_and_tried_again_later_and_later(shipped, site, has_been_there) -> None:
    if has_been_there:
        site.pages["/terms"] = unchanged_if_known(Page(LONG, kind=MARKDOWN), '"7"')
    else:
        del site.pages["/terms"]
    actions.fetch_due()
    PolicySource.objects.update(url=site.url("/new"))

    assert actions.fetch_due() == 1
    assert site.asked[-1].headers["If-None-Match"] is None
    assert (health(shipped).last_failure_detail, actions.fetch_due()) == ("404", 0)

    site.pages["/new"] = Page(LONG, kind=MARKDOWN)
    assert again(shipped).unavailable_since is None
    assert PolicyVersion.objects.count() == 1


def test_a_shorter_cadence_counts_at_once_and_a_longer_one_from_the_next_fetch(shipped) -> None:
    actions.fetch_due()
    week = health(shipped).next_fetch_at

    PolicySource.objects.update(cadence_days=30)
    actions.fetch_due()
    assert health(shipped).next_fetch_at == week
    PolicySource.objects.update(cadence_days=1)
    actions.fetch_due()
    assert round((health(shipped).next_fetch_at - clock.now()) / dt.timedelta(hours=1)) == 24
