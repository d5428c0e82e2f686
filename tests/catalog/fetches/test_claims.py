"""Who fetches what, and when: one at a time, in turn, and nothing lost where somebody is killed."""

import datetime as dt
import time
from typing import Any

import pytest
from django.db import IntegrityError

from catalog import actions
from catalog.actions import fetches
from catalog.actions import health as health_actions
from catalog.models import PolicySource, PolicyVersion, SourceHealth
from operations import clock
from tests import processes
from tests.catalog.fetches.texts import (
    CHANGED,
    LONG,
    MARKDOWN,
    health,
)
from tests.website import Page, moved

pytestmark = pytest.mark.django_db


def test_what_came_after_the_lease_was_taken_over_is_dropped(shipped, site) -> None:
    """Killed, or asleep, in the middle: another has fetched it since."""
    fetches.take_up_changes(at=clock.now())
    asleep = actions.claim_due(at=clock.now())
    assert actions.claim_due(at=clock.now()) is None  # it is being fetched
    SourceHealth.objects.update(next_fetch_at=clock.now())
    assert actions.fetch_due() == 1
    site.pages["/terms"] = Page(CHANGED, kind=MARKDOWN)

    fetches.fetch_one(asleep, fetches.way_of_this_installation())

    assert bytes(PolicyVersion.objects.get().content) == LONG.encode()


def test_what_was_asked_of_an_address_that_changed_meanwhile_is_dropped(shipped, site) -> None:
    fetches.take_up_changes(at=clock.now())
    claim = actions.claim_due(at=clock.now())
    PolicySource.objects.update(url=site.url("/privacy"))

    fetches.fetch_one(claim, fetches.way_of_this_installation())

    assert PolicyVersion.objects.count() == 0


def test_one_that_breaks_stops_no_other(shipped, ours, monkeypatch) -> None:
    def refuse(version: PolicyVersion) -> PolicyVersion:
        if version.organization_id:
            raise IntegrityError
        return keep(version)

    keep = health_actions.keep_version
    monkeypatch.setattr(health_actions, "keep_version", refuse)

    with pytest.raises(Exception, match="IntegrityError × 1"):
        actions.fetch_due()

    assert PolicyVersion.objects.get().source == shipped
    monkeypatch.undo()


def test_a_run_that_takes_long_leaves_the_rest_to_the_next(
    shipped, ours, monkeypatch, django_capture_on_commit_callbacks
) -> None:
    monkeypatch.setattr(fetches, "SECONDS_A_RUN", -1)

    with django_capture_on_commit_callbacks() as rung:
        assert actions.fetch_due() == 1

    assert "catalog.fetch_due" in [getattr(bell, "task", "") for bell in rung]
    assert actions.fetch_due() == 1
    assert PolicyVersion.objects.count() == 2


def test_a_site_of_many_pages_is_called_for_one_in_a_turn(shipped, ours, site) -> None:
    site.pages["/privacy"] = Page(LONG, kind=MARKDOWN)
    more = PolicySource.objects.create(key="privacy", title="Privacy", url=site.url("/privacy"))

    assert [actions.fetch_due() for _turn in range(3)] == [2, 1, 0]
    assert set(PolicyVersion.objects.values_list("source", flat=True)) == {shipped.pk, ours.pk, more.pk}


def test_a_slow_site_of_many_pages_keeps_no_other_waiting(shipped, site, monkeypatch) -> None:
    for number in range(5):
        site.pages[f"/{number}"] = Page(LONG, kind=MARKDOWN)
        PolicySource.objects.create(key=f"slow-{number}", title=f"Slow {number}", url=site.url(f"/{number}"))
    fetches.take_up_changes(at=clock.now() - dt.timedelta(hours=1))
    site.pages["/other"] = Page(LONG, kind=MARKDOWN)
    PolicySource.objects.create(key="other", title="Other", url=site.url("/other", host="localhost"))
    monkeypatch.setattr(fetches, "SECONDS_A_RUN", -1)

    assert [actions.fetch_due() for _turn in range(2)] == [1, 1]

    assert "/other" in site.paths


def test_hosts_that_were_called_are_kept(shipped, site) -> None:
    site.pages["/old"] = moved(site.url("/terms", host="localhost"))
    PolicySource.objects.update(url=site.url("/old"))

    actions.fetch_due()

    assert health(shipped).called_hosts == [f"127.0.0.1:{site.port}", f"localhost:{site.port}"]


FETCH = "from catalog import actions; actions.fetch_due()"


@pytest.mark.django_db(transaction=True)
def test_who_is_killed_in_the_middle_leaves_it_to_the_next(site, move_clock) -> None:
    """Killed while the site answers: nothing is kept, nobody else calls until the lease is over, then it is fetched once."""
    source = PolicySource.objects.create(key="terms", title="Terms", url=site.url("/terms"))

    def slowly(handler: Any) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 900\r\n\r\nHalf")
        handler.wfile.flush()
        time.sleep(3)

    site.pages["/terms"] = slowly
    allowed = {"POLICY_FETCHING": "1", "POLICY_FETCH_ALLOW": "127.0.0.1"}
    with processes.python(FETCH, **allowed) as worker:
        ends = time.monotonic() + 30
        while not site.asked and time.monotonic() < ends:
            time.sleep(0.02)
        worker.kill_group()

    site.pages["/terms"] = Page(LONG, kind=MARKDOWN)
    assert actions.fetch_due() == 0
    assert (len(site.asked), PolicyVersion.objects.count()) == (1, 0)
    move_clock(minutes=11)
    assert actions.fetch_due() == 1
    assert (health(source).failures_in_a_row, PolicyVersion.objects.count()) == (0, 1)
