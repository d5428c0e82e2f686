"""What an organization adds of its own, laid over the shipped catalog."""

import datetime as dt
import hashlib
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import Membership
from audit import actions as audit
from audit import canonical
from catalog.models import AccessRoute, Citation, Fact, PolicySource, PolicyVersion, Tool
from catalog.policy_diff.comparing import compare
from catalog.policy_diff.documents import Unreadable
from operations import clock
from operations.errors import ActionRefused
from operations.files import LONGEST_NAME, MEGABYTE
from operations.forms import file_name
from operations.templatetags.dates import day

WORDS = ("statement", "detail", "state", "promise", "uncertain_why", "as_of", "as_of_precision", "as_of_note")
LARGEST_VERSION = 2 * MEGABYTE


def add_route(
    *, by: Membership, name: str, tool: Tool, short_code: str, tier: str, surface: str, at: dt.datetime, **more: Any
) -> AccessRoute:
    """Add a route of the organization's own: a gateway, a third-party tool, a pipeline.

    :param more: any other column, such as ``base`` (the route underneath), ``trains`` or ``warning``.
    :raises ActionRefused: when the name or the short code is taken, or what it builds on is not in this catalog.
    """
    _refuse_foreign(by, tool, more.get("base"))
    key = slugify(name, allow_unicode=True)[:120]  # letters of every script tell two names apart
    if not key:
        raise ActionRefused(_("Give the route a name with letters or digits."))
    if _code_is_taken(by, short_code):
        raise ActionRefused(_("The short code %(code)s is taken; choose another.") % {"code": short_code})
    try:
        with transaction.atomic():
            route = AccessRoute.objects.create(
                organization=by.organization,
                key=key,
                name=name,
                tool=tool,
                short_code=short_code,
                tier=tier,
                surface=surface,
                added_at=at,
                **more,
            )
            audit.record(
                "route.added", by=by.user_id, organization_id=by.organization_id, at=at, target=f"route:{route.pk}"
            )
    except IntegrityError as error:
        raise ActionRefused(_("You have a route of that name already.")) from error
    return route


@transaction.atomic
def add_fact(
    *,
    by: Membership,
    topic: str,
    at: dt.datetime,
    route: AccessRoute | None = None,
    over: Fact | None = None,
    sources: list[PolicySource] | None = None,
    **words: Any,
) -> Fact:
    """Say something of the organization's own: about a route, or over a fact that stands already.

    :param route: what it is about, when it stands alone.
    :param over: the standing fact that it replaces for this organization; its own row is superseded, a shipped one hidden.
    :param words: any of ``WORDS``.
    :raises ActionRefused: when ``over`` was superseded in the meantime, or something named is not in this catalog.
    """
    if (route is None) == (over is None):
        raise TypeError("a fact is about a route, or over another fact")
    _refuse_foreign(by, route, over, *(sources or []))
    if over is not None:
        _supersede_own(over, by=by, at=at)
    about = {"route": over.route, "profile": over.profile} if over else {"route": route, "profile": None}
    key = over.key if over else _own_key(by, route, topic)
    fact = Fact.objects.create(
        organization=by.organization,
        **about,
        topic_id=topic,
        key=key,
        digest=canonical.digest(canonical.dumps([key, {name: words.get(name) for name in WORDS}])),
        recorded_at=at,
        **{name: value for name, value in words.items() if name in WORDS},
    )
    Citation.objects.bulk_create(Citation(fact=fact, source=source) for source in sources or [])
    audit.record(
        "fact.added",
        by=by.user_id,
        organization_id=by.organization_id,
        at=at,
        target=f"fact:{fact.pk}",
        over=over.pk if over else None,
    )
    return fact


@transaction.atomic
def add_source(*, by: Membership, title: str, url: str, at: dt.datetime) -> PolicySource:
    """A paper, page or person that the organization cites itself; the same one is kept once."""
    key = f"{slugify(title)[:80]}-{canonical.digest(canonical.dumps([title, url]))[:12]}"
    source, is_new = PolicySource.objects.get_or_create(
        organization=by.organization, key=key, defaults={"title": title, "url": url}
    )
    if is_new:
        audit.record(
            "source.added", by=by.user_id, organization_id=by.organization_id, at=at, target=f"source:{source.pk}"
        )
    return source


@transaction.atomic
def add_version(
    *,
    by: Membership,
    source: PolicySource,
    content: bytes,
    origin: str,
    seen_on: dt.date,
    at: dt.datetime,
    name: str = "",
    effective_on: dt.date | None = None,
) -> PolicyVersion:
    """Keep how a source reads, or read, on a day; an older text that is back again is a version of its own.

    :raises ActionRefused: when it can't be read as text, is too large or of a day to come; or when it says what the
        version before it says already, however it is formatted.
    """
    _refuse_foreign(by, source)
    if len(content) > LARGEST_VERSION:
        raise ActionRefused(
            _("This is larger than %(size)d MB. Bring the text of the policy alone.")
            % {"size": LARGEST_VERSION // MEGABYTE}
        )
    if seen_on > clock.day_of(at, by.organization.timezone):
        raise ActionRefused(_("The day on which it was seen is still to come: choose today or an earlier one."))
    version = PolicyVersion(
        organization=by.organization,
        source=source,
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        name=file_name(name, longest=LONGEST_NAME),
        origin=origin,
        seen_on=seen_on,
        effective_on=effective_on,
        added_at=at,
        by=by.user,
    )
    try:
        version.document  # noqa: B018  # refused where it can't be read
    except Unreadable as error:
        raise ActionRefused(
            _("This can't be compared: %(why)s. Bring it as Markdown, HTML or plain text, or paste its text.")
            % {"why": error}
        ) from error
    PolicySource.objects.select_for_update().get(pk=source.pk)  # two who bring the same one after the other
    before = source.versions.visible_to(by.organization).filter(seen_on__lte=seen_on).first()
    if before and compare(before.text, version.text).formatting_only:
        raise ActionRefused(
            _("Nothing has changed since the version of %(day)s: every word is the same.")
            % {"day": day(before.seen_on)}
        )
    version.save()
    audit.record(
        "version.added",
        by=by.user_id,
        organization_id=by.organization_id,
        at=at,
        target=f"version:{version.pk}",
        content=version.sha256,
    )
    return version


def _refuse_foreign(by: Membership, *rows: AccessRoute | Fact | PolicySource | Tool | None) -> None:
    """Nothing of an organization may point to what another one keeps, however its id was come by."""
    if any(row is not None and row.organization_id not in {None, by.organization_id} for row in rows):
        raise ActionRefused(_("That is not in your catalog."))


def _supersede_own(over: Fact, *, by: Membership, at: dt.datetime) -> None:
    standing = Fact.objects.select_for_update().standing().filter(key=over.key, organization=by.organization).first()
    if (standing.pk if standing else None) != (over.pk if over.organization_id else None):
        raise ActionRefused(_("Somebody else has changed this fact in the meantime; look at it again."))
    if over.organization_id is None and over.superseded_at is not None:
        raise ActionRefused(_("This fact was replaced in the meantime; look at it again."))
    if standing is not None:
        standing.superseded_at = at
        standing.save(update_fields=["superseded_at"])


def _own_key(by: Membership, route: AccessRoute | None, topic: str) -> str:
    if route is None:
        raise TypeError("a fact that stands alone is about a route")
    # Keys of facts stand in the log; that of a route of ours is made of the name that was typed.
    stem = f"{f'route-{route.pk}' if route.organization_id else route.key}.{topic}.own"
    taken = Fact.objects.filter(organization=by.organization, key__startswith=stem).values("key").distinct().count()
    return f"{stem}-{taken + 1}"


def _code_is_taken(by: Membership, short_code: str) -> bool:
    codes = AccessRoute.objects.visible_to(by.organization).filter(retired_at=None, short_code__iexact=short_code)
    return codes.exists()
