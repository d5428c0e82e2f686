"""Publishing a version: each changed item is judged, and a material change asks again exactly who answered it."""

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from accounts.models import Membership
from audit import actions as audit
from checklists.actions.assignments import SETTLE_TASK
from checklists.models import Checklist, ChecklistVersion, Item, ItemRevision, ListedItem
from checklists.queries.revisions import (
    changed_in_words,
    changed_items,
    digest_to_publish,
    newest_published,
    words_of,
)
from operations import clock
from operations.bell import ring
from operations.errors import ActionRefused

# Closes the review that waited for this change.
REVIEWS_TASK = "reviews.open_due"


@transaction.atomic
def publish(
    *,
    version: ChecklistVersion,
    by: Membership,
    at: dt.datetime,
    editorial: Collection[int],
    due_on: dt.date | None = None,
    seen: str = "",
) -> ChecklistVersion:
    """Show this version to everyone it reaches, and end the one before. Whoever publishes last is heard: a question that
    another list has published meanwhile is said in the words of this draft, where it was edited here.

    :param editorial: the items (by id) whose change the publisher judges editorial; every other changed item is material.
    :param due_on: until when people asked again have to answer; two weeks from today by default.
    :param seen: the hash (``queries.revisions.digest_to_publish``) of what the page was about; empty where it knew none.
    :raises ActionRefused: when it is no draft or changes something else by now, lists nothing, or its checklist is archived.
    """
    audit.lock_exclusive(by.organization_id)
    draft = _lock(version, by)
    if seen and seen != digest_to_publish(draft):
        raise ActionRefused(
            _(
                "The draft has changed since you opened this page, or another list has changed what it replaces. "
                "Look at it again, then publish it."
            )
        )
    _follow(draft)
    changed = changed_items(draft)
    _carry_on(draft, at)
    _end_published(draft.checklist, at)
    ItemRevision.objects.filter(listings__version=draft, published_at__isnull=True).update(published_at=at)
    _keep_drafts_up_to_date(changed)
    draft.status, draft.published_at, draft.published_by = ChecklistVersion.Status.PUBLISHED, at, by.user
    draft.save(update_fields=["status", "published_at", "published_by"])
    material = [revision for revision in changed if revision.item_id not in editorial]
    for revision in material:
        _reopen(revision, by=by, at=at, due_on=due_on or _two_weeks_on(by, at))
    audit.record(
        "checklist.published",
        by=by.user_id,
        organization_id=by.organization_id,
        at=at,
        target=f"checklist:{draft.checklist_id}",
        version=draft.pk,
        material=[revision.item_id for revision in material],
        editorial=sorted(set(editorial) & {revision.item_id for revision in changed}),
    )
    ring(SETTLE_TASK)
    ring(REVIEWS_TASK)
    return draft


def _lock(version: ChecklistVersion, by: Membership) -> ChecklistVersion:
    """The draft, locked, if it may be published."""
    checklist = Checklist.objects.select_for_update().get(pk=version.checklist_id, organization=by.organization)
    if checklist.archived_at is not None:
        raise ActionRefused(_("This checklist is archived; what it asks can't be published."))
    draft = checklist.versions.select_for_update().get(pk=version.pk)
    if draft.status != ChecklistVersion.Status.DRAFT:
        raise ActionRefused(_("This is no draft any more: it was published or discarded meanwhile."))
    if not draft.listed_items.exists():
        raise ActionRefused(_("A checklist without questions can't be published; add one first."))
    return draft


def _follow(draft: ChecklistVersion) -> None:
    """Let the draft come after whatever other lists have published since it was begun: people see the newest revision."""
    known = newest_published(Item.objects.filter(listings__version=draft))
    for listed in draft.listed_items.filter(item__in=known).select_related("revision"):
        drafted, newest = listed.revision, known[listed.item_id]
        if drafted.published_at is not None or words_of(drafted) == words_of(newest):
            listed.revision = newest
        elif drafted.pk < newest.pk:
            listed.revision = ItemRevision.objects.create(
                organization_id=draft.organization_id, item_id=listed.item_id, **words_of(drafted)
            )
        listed.save(update_fields=["revision"])


def _carry_on(draft: ChecklistVersion, at: dt.datetime) -> None:
    """What the list asked already it asks since then; what this version brings in, from now on."""
    published = ListedItem.objects.filter(
        version__checklist=draft.checklist_id, version__status=ChecklistVersion.Status.PUBLISHED, item=OuterRef("item")
    )
    draft.listed_items.update(asked_since=Coalesce(Subquery(published.values("asked_since")), at))


def _keep_drafts_up_to_date(changed: list[ItemRevision]) -> None:
    """Drafts of other lists that left these questions alone say them in the new words, so that editing starts there."""
    drafts = ChecklistVersion.objects.filter(status=ChecklistVersion.Status.DRAFT)
    items = [revision.item_id for revision in changed]
    concerned = drafts.filter(pk__in=ListedItem.objects.filter(item__in=items).values("version"))
    locked = list(concerned.select_for_update().order_by("pk"))
    for revision in changed:
        left_alone = ListedItem.objects.filter(version__in=locked, item=revision.item_id)
        left_alone.filter(revision__published_at__isnull=False).update(revision=revision)


def _end_published(checklist: Checklist, at: dt.datetime) -> None:
    published = checklist.versions.filter(status=ChecklistVersion.Status.PUBLISHED)
    published.update(status=ChecklistVersion.Status.SUPERSEDED, ended_at=at)


def _reopen(revision: ItemRevision, *, by: Membership, at: dt.datetime, due_on: dt.date) -> None:
    audit.reopen(
        organization_id=by.organization_id,
        key=f"item:{revision.item_id}",
        below_revision=revision.pk,
        by=by.user_id,
        at=at,
        due_on=due_on,
        because=changed_in_words(revision.question),
    )


def _two_weeks_on(by: Membership, at: dt.datetime) -> dt.date:
    today = clock.day_of(at, by.organization.timezone)
    return today + dt.timedelta(days=audit.DAYS_TO_LOOK_AGAIN)
