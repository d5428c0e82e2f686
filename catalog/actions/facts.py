"""Facts that an organization states itself."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Membership
from audit import actions as audit
from audit import canonical
from catalog.actions.refusals import refuse_foreign
from catalog.models import AccessRoute, Citation, CitedPlace, Fact, PolicySource
from operations.errors import ActionRefused

WORDS = ("statement", "detail", "state", "promise", "uncertain_why", "as_of", "as_of_precision", "as_of_note")


@transaction.atomic
def add_fact(
    *,
    by: Membership,
    topic: str,
    at: dt.datetime,
    route: AccessRoute | None = None,
    over: Fact | None = None,
    cites: Sequence[tuple[PolicySource, Sequence[str]]] = (),
    **words: Any,
) -> Fact:
    """Say something of the organization's own: about a route, or over a fact that stands already.

    :param route: what it is about, when it stands alone.
    :param over: the standing fact that it replaces for this organization; its own row is superseded, a shipped one hidden.
    :param cites: the sources that say so, each with the headings beneath which they do; none where they are not known.
    :param words: any of ``WORDS``.
    :raises ActionRefused: when ``over`` was superseded in the meantime, or something named is not in this catalog.
    """
    if (route is None) == (over is None):
        raise TypeError("a fact is about a route, or over another fact")
    refuse_foreign(by, route, over, *(source for source, _sections in cites))
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
    Citation.objects.bulk_create(
        Citation(fact=fact, source=source, sections=list(sections)) for source, sections in cites
    )
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
def say_where(
    *,
    by: Membership,
    fact_key: str,
    source: PolicySource,
    sections: Sequence[str],
    at: dt.datetime,
    read_as: Sequence[str] = (),
) -> CitedPlace:
    """Say beneath which headings of a source a fact is said: it was not known, or it stands elsewhere now.

    :param sections: heading paths as citations write them; none when it is not said there any more.
    :param read_as: hashes of clauses that somebody read and judged to say so still.
    :raises ActionRefused: when the source is not in this catalog.
    """
    refuse_foreign(by, source)
    place = CitedPlace.objects.create(
        organization=by.organization,
        fact_key=fact_key,
        source=source,
        sections=list(sections),
        read_as=list(read_as),
        by=by.user,
        at=at,
    )
    audit.record(
        "citation.placed",
        by=by.user_id,
        organization_id=by.organization_id,
        at=at,
        target=f"source:{source.pk}",
        fact=fact_key,
    )
    return place


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
