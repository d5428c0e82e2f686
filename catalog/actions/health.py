"""What became of fetching a source: nothing new, a version, or unavailable. A missing page is not a change."""

import datetime as dt
import hashlib
from dataclasses import dataclass

from django.db import transaction

from audit import actions as audit
from catalog import notices
from catalog.actions.versions import keep_version
from catalog.fetching.fetch import Answer, Asked
from catalog.fetching.missing import why_missing, words_of
from catalog.models import HeldBackText, PolicySource, PolicyVersion, SourceHealth
from catalog.policy_diff.comparing import compare
from catalog.policy_diff.documents import Document, NoText, Unreadable, document_of, read_bytes
from operations import clock, locks
from operations.outbound.reasons import Unavailable

FIRST_RETRY = dt.timedelta(hours=1)
# Failures in a row after which somebody is told: a site may be down for an evening.
TOLD_AFTER = 3
OUTCOME = [field.name for field in SourceHealth._meta.fields if not field.primary_key]


@dataclass(frozen=True)
class Claim:
    """One source that nobody else fetches until its lease is over; what comes of it later than that is dropped."""

    source: PolicySource
    asked: Asked
    until: dt.datetime


@transaction.atomic
def note_answer(*, claim: Claim, answer: Answer, at: dt.datetime) -> None:
    """Keep a text that says something new as a version; hold back what is not the page."""
    health = _locked(claim)
    if health is None:
        return
    health.called_hosts = list(answer.hosts)
    if answer.is_unchanged:
        _succeed(health, answer, at=at)
        return
    try:
        text = read_bytes(answer.content, charset=answer.charset)
        page = _page(text)
    except Unreadable:
        _fail(health, Unavailable("unreadable"), at=at)
        return
    before, page_before = last_text(health.source)
    if before and page and compare(before.text, text).formatting_only:
        _succeed(health, answer, at=at)
    elif code := why_missing(answer, text=text, page=page, words_before=words_of(page_before)):
        _hold_back(health, answer, page, code, at=at)
        _fail(health, Unavailable(code), at=at)
    else:
        keep_version(_version(health.source, answer, at))
        if before:
            health.last_change_at = at
        _succeed(health, answer, at=at)


@transaction.atomic
def note_failure(*, claim: Claim, error: Unavailable, at: dt.datetime) -> None:
    """Mark a source as unavailable and nothing else; try again later and later, at its cadence at the latest."""
    health = _locked(claim)
    if health is None:
        return
    health.called_hosts = list(error.hosts)
    _fail(health, error, at=at)


def last_text(source: PolicySource) -> tuple[PolicyVersion | None, Document | None]:
    """The newest version of the source's own layer that is a text: what fetching is compared with."""
    versions = source.versions.filter(organization=source.organization_id).texts()
    for version in versions.iterator(chunk_size=1):
        try:
            return version, version.document
        except Unreadable:
            continue
    return None, None


def mark_available(health: SourceHealth, *, at: dt.datetime) -> None:
    """The page is there again, or what stands in its place was accepted: nothing is held back, nobody is told any more."""
    if health.unavailable_since:
        _record("source.available", health.source, at=at)
        notices.withdraw_unavailable(health.source, at=at)
    health.source.held_back.filter(settled_at=None).update(settled_at=at)
    health.failures_in_a_row, health.unavailable_since = 0, None
    health.next_fetch_at = at + dt.timedelta(days=health.source.cadence_days)


def locked_health(source: PolicySource, *, at: dt.datetime) -> SourceHealth:
    """How a source is doing, with its versions, itself and its health locked in the order in which everybody locks them."""
    locks.hold(f"versions:{source.organization_id}:{source.pk}")
    of_source = PolicySource.objects.select_for_update(of=("self",)).select_related("organization").get(pk=source.pk)
    health, _is_new = SourceHealth.objects.select_for_update().get_or_create(
        source=of_source, defaults={"next_fetch_at": at}
    )
    health.source = of_source
    return health


def _locked(claim: Claim) -> SourceHealth | None:
    health = locked_health(claim.source, at=claim.until)
    is_ours = health.next_fetch_at == claim.until and health.source.addresses == claim.asked.addresses
    return health if is_ours else None


def _page(text: str) -> Document | None:
    try:
        return document_of(text)
    except NoText:
        return None


def _version(source: PolicySource, answer: Answer, at: dt.datetime) -> PolicyVersion:
    return PolicyVersion(
        organization=source.organization,
        source=source,
        content=answer.content,
        sha256=hashlib.sha256(answer.content).hexdigest(),
        charset=answer.charset,
        origin=PolicyVersion.Origin.FETCHED,
        seen_on=seen_on(source, at),
        added_at=at,
    )


def seen_on(source: PolicySource, at: dt.datetime) -> dt.date:
    """The day of a fetch, where the source's organization is; of shipped ones in UTC."""
    return clock.day_of(at, source.organization.timezone if source.organization else "UTC")


def _succeed(health: SourceHealth, answer: Answer, *, at: dt.datetime) -> None:
    mark_available(health, at=at)
    health.last_success_at, health.fetched_url = at, answer.asked
    if not answer.is_unchanged:
        # One that does not fit is worth nothing cut.
        health.etag, health.last_modified = (
            said if len(said) <= longest else "" for said, longest in ((answer.etag, 500), (answer.last_modified, 100))
        )
    health.save(update_fields=OUTCOME)


def _fail(health: SourceHealth, error: Unavailable, *, at: dt.datetime) -> None:
    cadence = dt.timedelta(days=health.source.cadence_days)
    later = FIRST_RETRY * 2 ** min(health.failures_in_a_row, 20)
    asked_for = dt.timedelta(seconds=error.retry_after or 0)
    health.next_fetch_at = at + min(max(later, asked_for), max(cadence, FIRST_RETRY))
    health.failures_in_a_row += 1
    health.last_failure_at, health.last_failure, health.last_failure_detail = at, error.code, error.detail
    if health.fetched_url not in health.source.addresses:
        health.fetched_url = health.source.addresses[0]
    if health.unavailable_since is None:
        health.unavailable_since = at
        _record("source.unavailable", health.source, at=at, why=error.code)
    health.save(update_fields=OUTCOME)
    if health.failures_in_a_row >= TOLD_AFTER:
        notices.tell_unavailable(health, at=at)


def _hold_back(health: SourceHealth, answer: Answer, page: Document | None, why: str, *, at: dt.datetime) -> None:
    """Keep what came, once: a wall that only names another hour each time says the same."""
    source, digest = health.source, hashlib.sha256(answer.content).hexdigest()
    held = source.held_back.filter(settled_at=None).first()
    if held and (held.sha256 == digest or (page and _says(held) == page.text)):
        return
    if held:
        held.settled_at = at
        held.save(update_fields=["settled_at"])
    HeldBackText.objects.create(
        organization=source.organization,
        source=source,
        content=answer.content,
        sha256=digest,
        charset=answer.charset,
        why=why,
        seen_at=at,
    )
    _record("source.text_held_back", source, at=at, why=why, content=digest)


def _says(held: HeldBackText) -> str:
    page = _page(held.text)
    return page.text if page else ""


def _record(action: str, source: PolicySource, *, at: dt.datetime, **data: object) -> None:
    audit.record(action, by=None, organization_id=source.organization_id, at=at, target=f"source:{source.pk}", **data)
