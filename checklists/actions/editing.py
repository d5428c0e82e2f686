"""Working on a draft: nobody is asked anything new until it is published."""

import datetime as dt
from collections.abc import Iterator
from itertools import chain, count
from typing import Any

from django.db import transaction
from django.db.models import F, Max
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import Membership
from accounts.queries import may_keep
from audit.actions import record
from checklists.models import Checklist, ChecklistVersion, Item, ItemRevision, ListedItem
from checklists.queries.revisions import digest_of, newest_published, words_of
from operations.errors import ActionRefused


class EditedMeanwhile(ActionRefused):
    """A colleague has written other words for this question since the page was opened; nothing was saved.

    :ivar listed: its line as it stands now.
    """

    def __init__(self, listed: ListedItem) -> None:
        super().__init__(
            _(
                "A colleague has changed this question since you opened it. Nothing was saved: compare, "
                "then save again if your words are to take the place of theirs."
            )
        )
        self.listed = listed


@transaction.atomic
def begin_draft(*, checklist: Checklist, by: Membership, at: dt.datetime) -> ChecklistVersion:
    """The open draft of a checklist, or a new one that lists what was published last.

    :raises ActionRefused: when the checklist is archived; as all below.
    """
    row = _lock_checklist(checklist, by)
    draft = row.versions.filter(status=ChecklistVersion.Status.DRAFT).first()
    if draft is not None:
        return draft
    number = (row.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    draft = ChecklistVersion.objects.create(
        organization=by.organization, checklist=row, number=number, created_by=by.user, created_at=at
    )
    list_what_was_published(draft, row)
    record(
        "checklist.drafted",
        by=by.user_id,
        organization_id=by.organization_id,
        at=at,
        target=f"checklist:{row.pk}",
        version=draft.pk,
    )
    return draft


@transaction.atomic
def edit_item(
    *,
    listed: ListedItem,
    by: Membership,
    at: dt.datetime,
    section_title: str | None = None,
    seen: str = "",
    **words: Any,
) -> ListedItem:
    """New words for an item of a draft; everyone keeps seeing the old ones until it is published.

    :param section_title: the section it moves to, to its end; None or its own leaves it where it is.
    :param seen: the hash (``queries.revisions.digest_of``) of what the page showed; empty where it showed nothing.
    :param words: any of ``queries.revisions.WORDS``.
    :raises EditedMeanwhile: when a colleague has written something else there since.
    :raises ActionRefused: when the version is a draft no longer, or the item was taken off it; as all below.
    """
    listed = _lock(listed, by)
    is_moved = section_title not in {None, listed.section_title}
    if not is_moved and words.items() <= words_of(listed.revision).items():
        return listed
    if seen and seen != digest_of([listed]):
        raise EditedMeanwhile(listed)
    if section_title and is_moved:
        put(listed, section_title)
        listed.save(update_fields=["section_key", "section_title", "position"])
    _reword(listed, words)
    log_line("checklist.item_edited", listed, by, at)
    return listed


@transaction.atomic
def add_item(
    *,
    version: ChecklistVersion,
    by: Membership,
    at: dt.datetime,
    section_title: str,
    after: int | None = None,
    **words: Any,
) -> ListedItem:
    """A new question at the end of its section of a draft. The same one added twice, as by a double click, is one.

    :param after: the newest line (by id) of the draft that the page knew of; None where it looked at none.
    """
    draft = lock_draft(version.pk, by)
    if after is not None and (twin := _added_since(draft, after, section_title, words)):
        return twin
    item = _new_item(by, words["question"])
    revision = ItemRevision.objects.create(organization=by.organization, item=item, **words)
    listed = ListedItem(organization=by.organization, version=draft, item=item, revision=revision)
    put(listed, section_title)
    listed.save()
    log_line("checklist.item_added", listed, by, at)
    return listed


@transaction.atomic
def remove_item(*, listed: ListedItem, by: Membership, at: dt.datetime) -> None:
    """Take an item off a draft; its key and answers stay, and another checklist may still list it."""
    listed = _lock(listed, by)
    log_line("checklist.item_removed", listed, by, at)
    listed.delete()


@transaction.atomic
def move_item(*, listed: ListedItem, up: bool, by: Membership, at: dt.datetime, position: int | None = None) -> None:
    """Exchange an item of a draft with the one above or below it; at the end of the list nothing moves.

    :param position: where the page showed it; from anywhere else it does not move, as after a double click.
    """
    listed = _lock(listed, by)
    if position not in {None, listed.position}:
        return
    around = listed.version.listed_items
    other = (
        around.filter(position__lt=listed.position).order_by("-position").first()
        if up
        else around.filter(position__gt=listed.position).order_by("position").first()
    )
    if other is not None:
        listed.position, other.position = other.position, listed.position
        listed.save(update_fields=["position"])
        other.save(update_fields=["position"])
        log_line("checklist.item_moved", listed, by, at)


@transaction.atomic
def order_items(*, version: ChecklistVersion, order: list[int], seen: str, by: Membership, at: dt.datetime) -> None:
    """Put the lines of a draft in another order, as they were dragged; each keeps its section's title.

    :param order: the ids of all its lines.
    :param seen: the hash (``queries.revisions.digest_of``) of the draft that the page showed.
    :raises ActionRefused: the draft is another one by now; as all here.
    """
    draft = lock_draft(version.pk, by)
    lines = {line.pk: line for line in draft.listed_items.select_related("revision")}
    if seen != digest_of(lines.values()) or sorted(order) != sorted(lines):
        raise ActionRefused(_("The draft has changed since you opened this page: look at it again, then move it."))
    if order == list(lines):
        return
    for position, pk in enumerate(order, start=1):
        lines[pk].position = position
    ListedItem.objects.bulk_update(lines.values(), ["position"])
    log_line("checklist.item_moved", lines[order[0]], by, at)


@transaction.atomic
def save_details(*, checklist: Checklist, by: Membership, at: dt.datetime, **words: Any) -> Checklist:
    """Name, purpose, keeper, minutes and review interval; these ask nobody again.

    :raises ActionRefused: when the keeper does not manage or own the organization.
    """
    refuse_keeper(words.get("keeper"), by)
    row = _lock_checklist(checklist, by)
    for name, value in words.items():
        setattr(row, name, value)
    row.save(update_fields=list(words))
    record(
        "checklist.edited",
        by=by.user_id,
        organization_id=by.organization_id,
        at=at,
        target=f"checklist:{row.pk}",
        fields=sorted(words),
    )
    return row


def refuse_keeper(keeper: Membership | None, by: Membership) -> None:
    """:raises ActionRefused: who is to keep it does not manage or own the organization."""
    if keeper and not may_keep(by.organization).filter(pk=keeper.pk).exists():
        raise ActionRefused(_("The keeper has to manage or own the organization."))


def list_what_was_published(draft: ChecklistVersion, checklist: Checklist) -> None:
    """Into a draft the lines of the version of ``checklist`` that people saw last, in the words that are in force."""
    last = checklist.versions.exclude(published_at=None).order_by("-number").first()
    lines = list(last.listed_items.all()) if last else []
    known = newest_published(one.item_id for one in lines)
    ListedItem.objects.bulk_create(
        ListedItem(
            organization=draft.organization,
            version=draft,
            item_id=one.item_id,
            revision=known[one.item_id],
            section_key=one.section_key,
            section_title=one.section_title,
            position=one.position,
        )
        for one in lines
    )


def _lock_checklist(checklist: Checklist, by: Membership) -> Checklist:
    row = Checklist.objects.select_for_update().get(pk=checklist.pk, organization=by.organization)
    if row.archived_at is not None:
        raise ActionRefused(_archived())
    return row


def _archived() -> str:
    return _("This checklist is archived by now, and stays as it is.")


def lock_draft(version_id: int, by: Membership) -> ChecklistVersion:
    """The draft, for whoever works on it alone until the transaction ends.

    :raises ActionRefused: it is a draft no longer, or its checklist is archived.
    """
    versions = ChecklistVersion.objects.select_for_update(of=("self",)).select_related("checklist")
    row = versions.get(pk=version_id, organization=by.organization)
    if row.checklist.archived_at is not None:
        raise ActionRefused(_archived())
    if row.status == ChecklistVersion.Status.DISCARDED:
        raise ActionRefused(_("This draft was discarded meanwhile: begin a new one to change the checklist."))
    if row.status != ChecklistVersion.Status.DRAFT:
        raise ActionRefused(_("This version is published by now, and stays as it is: begin a new draft to change it."))
    return row


def _lock(listed: ListedItem, by: Membership) -> ListedItem:
    """The line of the draft as it stands once nobody else works on the draft."""
    draft = lock_draft(listed.version_id, by)
    row = draft.listed_items.select_related("item", "revision", "version").filter(pk=listed.pk).first()
    if row is None:
        raise ActionRefused(_("This question has been taken off the draft meanwhile."))
    return row


def _reword(listed: ListedItem, words: dict[str, Any]) -> None:
    """Other words for a line of a locked draft: its own are replaced, those that people are shown are left to them."""
    if listed.revision.published_at is None:
        for name, value in words.items():
            setattr(listed.revision, name, value)
        listed.revision.save(update_fields=list(words))
    elif not words.items() <= words_of(listed.revision).items():
        said = {**words_of(listed.revision), **words}
        listed.revision = ItemRevision.objects.create(organization=listed.organization, item=listed.item, **said)
        listed.save(update_fields=["revision"])


def put(listed: ListedItem, section_title: str) -> None:
    """Give a line of a locked draft its place: the end of the section of this title, or of the list where there is none."""
    others = listed.version.listed_items.exclude(pk=listed.pk)
    before = others.filter(section_title=section_title).last() or others.last()
    in_section = before is not None and before.section_title == section_title
    listed.section_key = before.section_key if before and in_section else slugify(section_title)[:60] or "general"
    listed.section_title = section_title
    listed.position = before.position + 1 if before else 1
    others.filter(position__gte=listed.position).update(position=F("position") + 1)


def _added_since(draft: ChecklistVersion, after: int, section_title: str, words: dict[str, Any]) -> ListedItem | None:
    added = draft.listed_items.filter(pk__gt=after, section_title=section_title).select_related("revision")
    return next((one for one in added if words.items() <= words_of(one.revision).items()), None)


def keys_for(words: str, *, otherwise: str) -> Iterator[str]:
    """Keys that remind of the words, the best one first; ``otherwise`` where no letter of them can stand in a key."""
    stem = slugify(words)[:60].strip("-") or otherwise
    return chain([stem], (f"{stem}-{number}" for number in count(2)))


def _new_item(by: Membership, question: str) -> Item:
    """An item with a key of its own, also where two lists get the same question at once."""
    keys = keys_for(question, otherwise="question")
    tried = (Item.objects.get_or_create(organization=by.organization, key=key) for key in keys)
    return next(item for item, is_new in tried if is_new)


def log_line(action: str, listed: ListedItem, by: Membership, at: dt.datetime) -> None:
    """Into the log: what was done to a line of a draft."""
    record(
        action,
        by=by.user_id,
        organization_id=by.organization_id,
        at=at,
        target=f"checklist:{listed.version.checklist_id}",
        version=listed.version_id,
        item=listed.item_id,
        revision=listed.revision_id,
    )
