"""Fetching what is due, one source at a time; no transaction is open while somebody outside is called."""

import datetime as dt
import time
from collections.abc import Collection, Iterator
from functools import partial

from django.conf import settings
from django.db import connection, transaction

from catalog.actions.health import Claim, note_answer, note_failure
from catalog.fetching.fetch import Asked, Limits, Way, fetch
from catalog.models import PolicySource, SourceHealth
from operations import clock
from operations.bell import ring
from operations.outbound.addresses import Allowed
from operations.outbound.reasons import Unavailable
from operations.sweeps import each

FETCH_TASK = "catalog.fetch_due"
# Longer than a fetch may take: who was killed in the middle of one leaves it to the next after this.
LEASE = dt.timedelta(minutes=10)
# The worker has more to do than to wait for others: what is left goes behind what has queued up meanwhile.
SECONDS_A_RUN = 10

# An address of before says nothing of the new one, and its tags mean nothing there. Empty: never fetched.
_MOVED = """
UPDATE catalog_sourcehealth health SET next_fetch_at = %(at)s, fetched_url = '', etag = '', last_modified = ''
FROM catalog_policysource source
WHERE source.id = health.source_id AND health.fetched_url NOT IN ('', source.url, source.markdown_url)
"""
_SOONER = """
UPDATE catalog_sourcehealth health SET next_fetch_at = %(at)s + source.cadence_days * interval '1 day'
FROM catalog_policysource source
WHERE source.id = health.source_id AND source.cadence_days > 0
  AND health.next_fetch_at > %(at)s + source.cadence_days * interval '1 day'
"""


def fetch_due() -> int:
    """Fetch every source whose time has come; returns how many. Nothing, unless the operator has switched it on."""
    if not settings.POLICY_FETCHING:
        return 0
    take_up_changes(at=clock.now())
    way = way_of_this_installation()
    return each((f"source:{claim.source.pk}", partial(fetch_one, claim, way)) for claim in _claims())


def way_of_this_installation() -> Way:
    """How sites are called, as the operator has set it."""
    return Way(
        agent=f"Wayleave/{settings.VERSION} (+{settings.POLICY_FETCH_CONTACT})",
        allowed=Allowed.of(settings.POLICY_FETCH_ALLOW),
        limits=Limits(**settings.POLICY_FETCH_LIMITS),
    )


@transaction.atomic
def take_up_changes(*, at: dt.datetime) -> None:
    """What nobody has fetched yet, or has another address by now, is due at once; a shorter cadence counts from now on."""
    new = PolicySource.objects.fetched().filter(health=None).values_list("pk", flat=True)
    SourceHealth.objects.bulk_create(
        (SourceHealth(source_id=pk, next_fetch_at=at) for pk in new), ignore_conflicts=True
    )
    with connection.cursor() as cursor:
        cursor.execute(_MOVED, {"at": at})
        cursor.execute(_SOONER, {"at": at})


@transaction.atomic
def claim_due(*, at: dt.datetime, besides: Collection[str] = ()) -> Claim | None:
    """The source that has been due longest and that nobody else has; it is ours until the lease is over.

    Others of its site go behind whatever is due by now: one that is slow and has many pages keeps nobody else waiting.

    :param besides: sites, as addresses begin with them, that are left in peace for now.
    """
    due = SourceHealth.objects.due(at=at).select_related("source").order_by("next_fetch_at", "pk")
    for site in besides:
        due = due.exclude(source__url__startswith=site)
    health = due.select_for_update(of=("self",), skip_locked=True).first()
    if health is None:
        return None
    health.next_fetch_at = at + LEASE
    health.save(update_fields=["next_fetch_at"])
    others = due.filter(source__url__startswith=_site_of(health.source)).select_for_update(
        of=("self",), skip_locked=True
    )
    SourceHealth.objects.filter(pk__in=[other.pk for other in others]).update(next_fetch_at=at)
    known = {"known": health.fetched_url, "etag": health.etag, "last_modified": health.last_modified}
    return Claim(health.source, Asked(health.source.addresses, **known), health.next_fetch_at)


def _claims() -> Iterator[Claim]:
    """One page of each host: those of a site that has many follow in later turns, as a reader would open them."""
    ends, called = time.monotonic() + SECONDS_A_RUN, set[str]()
    while claim := claim_due(at=clock.now(), besides=called):
        called.add(_site_of(claim.source))
        yield claim
        if time.monotonic() > ends:
            ring(FETCH_TASK)
            return


def _site_of(source: PolicySource) -> str:
    """What the addresses of its site begin with."""
    return "/".join([*source.url.split("/", maxsplit=3)[:3], ""])


def fetch_one(claim: Claim, way: Way) -> int:
    try:
        answer = fetch(claim.asked, way=way, at=clock.now())
    except Unavailable as error:
        note_failure(claim=claim, error=error, at=clock.now())
    else:
        note_answer(claim=claim, answer=answer, at=clock.now())
    return 1
