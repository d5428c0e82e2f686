"""What an organization says itself, and whether it matters to whoever rested on what stood there before."""

import datetime as dt
from typing import Any

from django.db import transaction

from accounts.models import Membership
from audit import actions as audit
from catalog import actions as catalog
from catalog.models import AccessRoute, Fact
from reviews.actions.assessments import record_change
from reviews.models import ChangeAssessment
from reviews.queries import newest_seen


@transaction.atomic
def add_own_fact(
    *,
    by: Membership,
    at: dt.datetime,
    route: AccessRoute | None = None,
    over: Fact | None = None,
    source_title: str = "",
    source_url: str = "",
    **words: Any,
) -> ChangeAssessment | None:
    """Add the organization's own fact; the change to judge where something rests on what it takes the place of.

    :param over: the standing fact that it replaces, else ``route`` says what it is about; as ``catalog.add_fact``.
    :param source_title: the paper, page or person that says so; kept as a source of the organization's own.
    :param words: as ``catalog.add_fact`` takes them.
    :raises ActionRefused: as ``catalog.add_fact`` does.
    """
    # Nobody answers or signs on what stood there between the look at who rests on it and the change.
    audit.lock_exclusive(by.organization_id)
    source = catalog.add_source(by=by, title=source_title, url=source_url, at=at) if source_title else None
    fact = catalog.add_fact(by=by, at=at, route=route, over=over, cites=[(source, ())] if source else [], **words)
    seen = newest_seen(by.organization, key=f"fact:{fact.key}", below_revision=fact.pk, at=at)
    if seen is None:
        return None
    return record_change(by=by, fact_key=fact.key, old_revision=seen, new_revision=fact.pk, at=at)
