"""Policies of an organization's own: what it cites, and the pages and papers it keeps."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import Membership
from accounts.queries import may_keep
from audit import actions as audit
from audit import canonical
from catalog.actions.refusals import refuse_address
from catalog.models import PolicySource
from operations import locks
from operations.errors import ActionRefused

EDITABLE = ("title", "url", "markdown_url", "cadence_days", "keeper", "kind")


@transaction.atomic
def add_source(*, by: Membership, title: str, url: str, at: dt.datetime) -> PolicySource:
    """A paper, page or person that the organization cites itself; the same one is kept once."""
    _one_after_the_other(by)
    known = PolicySource.objects.filter(organization=by.organization, title=title, url=url).order_by("pk").first()
    return known or _create(by, at, title=title, url=url)


@transaction.atomic
def add_policy_source(*, by: Membership, at: dt.datetime, title: str, **words: Any) -> PolicySource:
    """A page or paper that the organization keeps: a contract, a processing agreement, a policy of its own.

    :param words: any other of ``EDITABLE``; without a cadence it is fetched weekly, where it has an address.
    :raises ActionRefused: when there is one of that title, an address is none of the web or holds a password, or the
        keeper can't edit policies.
    """
    _one_after_the_other(by)
    _refuse(by, title=title, **words)
    return _create(by, at, title=title, **words)


@transaction.atomic
def edit_source(*, by: Membership, source: PolicySource, at: dt.datetime, **words: Any) -> PolicySource:
    """Correct a source of the organization's own; saving what it says already changes nothing.

    :param words: any of ``EDITABLE``.
    :raises ActionRefused: as ``add_policy_source``, and for what ships.
    """
    _one_after_the_other(by)
    source = _own(by, source)
    changed = {name: value for name, value in words.items() if getattr(source, name) != value}
    if unknown := set(changed) - set(EDITABLE):
        raise TypeError(f"a source has no {unknown}")
    if not changed:
        return source
    _refuse(by, source=source, **changed)
    for name, value in changed.items():
        setattr(source, name, value)
    source.save(update_fields=list(changed))
    _record("source.edited", by, source, at, changed=sorted(changed))
    return source


@transaction.atomic
def retire_source(*, by: Membership, source: PolicySource, at: dt.datetime) -> None:
    """Fetch it no more and leave it out of lists; what cites it and its versions stay. A second time does nothing.

    :raises ActionRefused: for what ships.
    """
    source = _own(by, source)
    if source.retired_at is None:
        source.retired_at = at
        source.save(update_fields=["retired_at"])
        _record("source.retired", by, source, at)


@transaction.atomic
def restore_source(*, by: Membership, source: PolicySource, at: dt.datetime) -> None:
    """Bring back what was retired. A second time does nothing.

    :raises ActionRefused: for what ships, and when another one has its title by now.
    """
    _one_after_the_other(by)
    source = _own(by, source)
    if source.retired_at is not None:
        _refuse(by, source=source, title=source.title)
        source.retired_at = None
        source.save(update_fields=["retired_at"])
        _record("source.restored", by, source, at)


def _one_after_the_other(by: Membership) -> None:
    """Titles are looked at before one is written: two who add the same wait for each other."""
    locks.hold(f"sources:{by.organization_id}")


def _own(by: Membership, source: PolicySource) -> PolicySource:
    own = PolicySource.objects.select_for_update().filter(pk=source.pk, organization=by.organization).first()
    if own is None:
        raise ActionRefused(_("This policy comes with the product: whoever runs it keeps it."))
    return own


def _refuse(by: Membership, *, source: PolicySource | None = None, **words: Any) -> None:
    title = words.get("title")
    if title is not None:
        others = PolicySource.objects.visible_to(by.organization).filter(retired_at=None, title__iexact=title)
        if others.exclude(pk__in=[source.pk] if source else []).exists():
            raise ActionRefused(_("There is a policy “%(title)s” already: open that one.") % {"title": title})
    for name in ("url", "markdown_url"):
        if words.get(name):
            refuse_address(words[name])
    keeper = words.get("keeper")
    if keeper is not None and not may_keep(by.organization).filter(pk=keeper.pk).exists():
        raise ActionRefused(_("Only somebody who manages here can keep a policy: choose another keeper."))


def _create(by: Membership, at: dt.datetime, *, title: str, url: str = "", **words: Any) -> PolicySource:
    # One that was edited since keeps the key it was given: what is new takes the next.
    stem = f"{slugify(title)[:80]}-{canonical.digest(canonical.dumps([title, url]))[:12]}"
    taken = PolicySource.objects.filter(organization=by.organization, key__startswith=stem).count()
    key = f"{stem}-{taken + 1}" if taken else stem
    source = PolicySource.objects.create(organization=by.organization, key=key, title=title, url=url, **words)
    _record("source.added", by, source, at)
    return source


def _record(action: str, by: Membership, source: PolicySource, at: dt.datetime, **data: Any) -> None:
    audit.record(action, by=by.user_id, organization_id=by.organization_id, at=at, target=f"source:{source.pk}", **data)
