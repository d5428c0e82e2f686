"""What was held back is accepted with a reason, or tried again."""

import datetime as dt
import hashlib

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from catalog import actions
from catalog.models import HeldBackText, PolicySource, PolicyVersion, SourceHealth
from notifications.models import Notice
from operations import clock
from operations.errors import ActionRefused
from tests.cast import company
from tests.catalog.fetches.texts import (
    LONG,
    MARKDOWN,
    WALL,
    again,
    assert_chains_are_whole,
    events,
    health,
    held_back,
)
from tests.website import Page

pytestmark = pytest.mark.django_db


REASON = "They moved the rest to another page."


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
