"""Fetching by schedule, against a real web server: what becomes a version, what is held back, who is told, what is tried again."""

import datetime as dt
import hashlib
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import AccessPeriod, User
from audit import chain
from audit.models import AuditEvent
from catalog import actions
from catalog.actions import fetches
from catalog.actions import health as health_actions
from catalog.models import HeldBackText, PolicySource, PolicyVersion, SourceHealth
from notifications.models import Notice, OutgoingMail
from operations import clock
from operations.errors import ActionRefused
from tests import processes
from tests.cast import Company, company
from tests.website import Page, WebSite, moved, nobody_there, unchanged_if_known

pytestmark = pytest.mark.django_db

LONG = "# Terms\n\n" + "\n\n".join(f"Rule {n}: we keep what you type for 30 days and tell nobody." for n in range(20))
CHANGED = LONG.replace("Rule 7: we keep what you type for 30 days", "Rule 7: we keep what you type for five years")
REFORMATTED = LONG.replace("we keep", "we **keep**").replace("\n\n", "\n\n\n")
WALL = "<html><title>Just a moment...</title><body>Checking your browser. Ray {0}</body></html>"
MARKDOWN = "text/markdown"


@pytest.fixture(autouse=True)
def _fetching_is_on(settings: Any, move_clock: Callable[..., None]) -> None:
    settings.POLICY_FETCHING = True
    settings.POLICY_FETCH_ALLOW = ["127.0.0.1", "localhost"]
    settings.POLICY_FETCH_LIMITS = {"redirects": 3, "size": 100_000, "seconds": 5}
    move_clock(hours=0)


@pytest.fixture
def shipped(site: WebSite) -> PolicySource:
    site.pages["/terms"] = Page(LONG, kind=MARKDOWN)
    return PolicySource.objects.create(key="terms", title="Terms", url=site.url("/terms"))


@pytest.fixture
def ours(site: WebSite, acme: Company) -> PolicySource:
    site.pages["/contract"] = Page(LONG, kind=MARKDOWN)
    return PolicySource.objects.create(
        organization=acme.organization,
        key="contract",
        title="Contract",
        url=site.url("/contract", host="localhost"),
        keeper=acme.mara,
    )


def health(source: PolicySource) -> SourceHealth:
    return SourceHealth.objects.select_related("source").get(source=source)


def again(source: PolicySource, times: int = 1) -> SourceHealth:
    """As often as its time comes."""
    for _ in range(times):
        SourceHealth.objects.filter(source=source).update(next_fetch_at=clock.now())
        assert actions.fetch_due() == 1
    return health(source)


def events(action: str) -> int:
    return AuditEvent.objects.filter(action=action).count()


def assert_chains_are_whole() -> None:
    connection.check_constraints()
    assert [chain.verify(one).broken for one in chain.chains()] == [""] * len(chain.chains())


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


def test_of_each_outage_of_a_day_the_keeper_is_told_while_it_lasts(ours, site, acme) -> None:
    fetches.take_up_changes(at=clock.now())
    for _outage in range(2):
        site.pages["/contract"] = Page(status=500)
        again(ours, 5)
        assert Notice.objects.filter(withdrawn_at=None).count() == 1
        site.pages["/contract"] = Page(LONG, kind=MARKDOWN)
        again(ours)
        assert Notice.objects.filter(withdrawn_at=None).count() == 0


def test_hosts_that_were_called_are_kept(shipped, site) -> None:
    site.pages["/old"] = moved(site.url("/terms", host="localhost"))
    PolicySource.objects.update(url=site.url("/old"))

    actions.fetch_due()

    assert health(shipped).called_hosts == [f"127.0.0.1:{site.port}", f"localhost:{site.port}"]


REASON = "They moved the rest to another page."


def held_back(source: PolicySource, site: WebSite) -> HeldBackText:
    actions.fetch_due()
    site.pages[f"/{source.key}"] = Page("# Terms\n\nWe keep it for 30 days.", kind=MARKDOWN, headers={"ETag": '"8"'})
    again(source, 3)
    return HeldBackText.objects.get()


def test_the_keeper_accepts_a_text_that_was_held_back(ours, site, acme) -> None:
    held = held_back(ours, site)

    version = actions.accept(held=held, by=acme.mara, reason=f" {REASON} ", at=clock.now())

    assert (version.origin, version.by, version.organization) == ("accepted", acme.mara.user, acme.organization)
    assert (version.reason.body, version.sha256, version.seen_on) == (REASON, held.sha256, version.seen_on)
    state = health(ours)
    assert (state.unavailable_since, state.failures_in_a_row, state.etag) == (None, 0, "")
    held.refresh_from_db()
    assert held.settled_at
    assert not Notice.objects.filter(withdrawn_at=None).exists()
    assert again(ours).failures_in_a_row == 0  # and now it is the page
    assert PolicyVersion.objects.count() == 2
    assert_chains_are_whole()


def test_what_an_organization_accepts_of_what_ships_is_its_own(shipped, site, acme) -> None:
    held = held_back(shipped, site)

    version = actions.accept(held=held, by=acme.mara, reason=REASON, at=clock.now())

    assert version.organization == acme.organization
    assert not PolicyVersion.objects.visible_to(company("globex").organization).filter(origin="accepted").exists()
    held.refresh_from_db()
    assert held.settled_at is None
    assert health(shipped).unavailable_since
    assert_chains_are_whole()
    with pytest.raises(ActionRefused, match="settled in the meantime"):
        actions.accept(held=held, by=acme.olga, reason=REASON, at=clock.now())


def test_what_the_operator_accepts_is_everybodys(shipped, site, acme, operator) -> None:
    held = held_back(shipped, site)

    version = actions.accept(held=held, by=operator, reason=REASON, at=clock.now())

    assert (version.organization, version.by, version.reason.body) == (None, operator, REASON)
    assert health(shipped).unavailable_since is None
    assert_chains_are_whole()


def test_what_is_accepted_needs_a_reason_a_text_and_somebody_who_may(ours, shipped, site, acme, operator) -> None:
    site.pages["/terms"] = Page("")
    actions.fetch_due()
    empty = HeldBackText.objects.get()
    site.pages["/contract"] = Page("# Terms\n\nWe keep it.", kind=MARKDOWN)
    again(ours)
    held = HeldBackText.objects.get(source=ours)
    at = clock.now()

    for one, by, reason, why in [
        (held, acme.mara, " because ", "in a sentence"),
        (empty, acme.mara, REASON, "no text in it"),
        (held, operator, REASON, "belongs to an organization"),
        (held, company("globex").mara, REASON, "not in your catalog"),
    ]:
        with pytest.raises(ActionRefused, match=why):
            actions.accept(held=one, by=by, reason=reason, at=at)

    assert not PolicyVersion.objects.filter(origin="accepted").exists()
    assert HeldBackText.objects.filter(settled_at=None).count() == 2


def test_what_was_settled_is_not_accepted(ours, site, acme) -> None:
    held = held_back(ours, site)
    site.pages["/contract"] = Page(LONG, kind=MARKDOWN)
    again(ours)

    with pytest.raises(ActionRefused, match="settled in the meantime"):
        actions.accept(held=held, by=acme.mara, reason=REASON, at=clock.now())


def test_trying_again_makes_it_due_and_asks_no_site_every_second(ours, shipped, site, acme, operator) -> None:
    site.pages["/contract"] = Page(status=500)
    actions.fetch_due()
    at = health(ours).last_failure_at

    actions.try_again(source=ours, by=acme.mara, at=at)
    assert health(ours).next_fetch_at == at + dt.timedelta(minutes=1)
    actions.try_again(source=ours, by=acme.mara, at=at + dt.timedelta(hours=1))
    assert health(ours).next_fetch_at == at + dt.timedelta(hours=1)
    actions.try_again(source=shipped, by=operator, at=at + dt.timedelta(hours=1))
    assert health(shipped).next_fetch_at == at + dt.timedelta(hours=1)
    assert events("source.fetch_asked") == 3


def test_trying_again_is_for_who_looks_after_it(ours, shipped, acme, operator, settings) -> None:
    at, theirs = clock.now(), PolicySource.objects.create(organization=acme.organization, key="paper", title="Paper")
    for source, by, why in [
        (shipped, acme.mara, "the operator of this installation looks after it"),
        (ours, operator, "the operator"),
        (ours, company("globex").mara, "the operator"),
        (theirs, acme.mara, "is not fetched"),
    ]:
        with pytest.raises(ActionRefused, match=why):
            actions.try_again(source=source, by=by, at=at)
    settings.POLICY_FETCHING = False
    with pytest.raises(ActionRefused, match="Fetching is off"):
        actions.try_again(source=ours, by=acme.mara, at=at)
    assert not SourceHealth.objects.exists()


def refused(sql: str, match: str, *values: object) -> None:
    with pytest.raises(IntegrityError, match=match), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_database_holds_what_is_held_back_to_its_bytes_and_to_one(shipped, ours, site, acme) -> None:
    site.pages["/terms"] = Page(WALL)
    actions.fetch_due()
    copy = "INSERT INTO catalog_heldbacktext (source_id, content, sha256, charset, why, seen_at) SELECT source_id, content, {0}, '', why, now() FROM catalog_heldbacktext"

    refused(copy.format("sha256"), "one_text_is_held_back_at_a_time")
    refused(copy.format("repeat('0', 64)"), "held_back_hash_is_of_its_bytes")
    refused("UPDATE catalog_heldbacktext SET source_id = %s", "only_closes|closed once", ours.pk)
    refused(
        "UPDATE catalog_policysource SET keeper_id = %s WHERE id = %s",
        "shipped_source_is_kept",
        acme.mara.pk,
        shipped.pk,
    )
    refused(
        "UPDATE catalog_policysource SET keeper_id = %s WHERE id = %s",
        "same_tenant",
        company("globex").mara.pk,
        ours.pk,
    )
    refused(
        "UPDATE catalog_sourcehealth SET failures_in_a_row = 0 WHERE source_id = %s",
        "unavailable_after_failures",
        shipped.pk,
    )


def test_an_accepted_version_has_somebodys_reason(shipped) -> None:
    content = b"# Terms"
    row = {
        "source": shipped,
        "content": content,
        "sha256": hashlib.sha256(content).hexdigest(),
        "seen_on": clock.now().date(),
        "added_at": clock.now(),
    }

    for words, name in [
        ({"origin": "pasted"}, "version_is_fetched_or_somebodys"),
        ({"origin": "accepted", "by": User.objects.create_user("a@b.example")}, "accepted_version_has_a_reason"),
    ]:
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            PolicyVersion.objects.create(**row, **words)


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
