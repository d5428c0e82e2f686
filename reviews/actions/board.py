"""What is done with one question of a board: who looks after it, by when, and what is said about it; never its answer."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Membership, SignOffGroup
from accounts.queries import may_keep
from audit import actions as audit
from checklists.models import Item, ListedItem
from operations.errors import ActionRefused
from reviews import notices
from reviews.actions.adoption import lock, typed
from reviews.models import AdoptionReview, BoardComment, BoardDay, BoardKeeper


@transaction.atomic
def keep_item(
    *,
    review: AdoptionReview,
    item: Item,
    by: Membership,
    at: dt.datetime,
    member: Membership | None = None,
    group: SignOffGroup | None = None,
) -> BoardKeeper:
    """Let a person, or a sign-off group, look after a question from now on.

    :raises ActionRefused: when the review is over or waits for signatures, the question is not on its board, or the person
        can't look after anything here.
    """
    _lock(review, item, by=by)
    if member and not may_keep(by.organization).filter(pk=member.pk).exists():
        raise ActionRefused(_("Only somebody who manages here can look after this."))
    if group and group.archived_at is not None:
        raise ActionRefused(_("“%(name)s” is archived.") % {"name": group.name})
    kept = BoardKeeper.objects.create(
        organization=by.organization, review=review, item=item, member=member, group=group, at=at, by=by.user
    )
    whom = {"member": member.pk if member else None, "group": group.pk if group else None}
    _record("adoption.keeper_set", review, item, by=by, at=at, **whom)
    notices.withdraw_board(review, at=at, items=[item.pk])
    return kept


@transaction.atomic
def move_item_day(
    *, review: AdoptionReview, item: Item, due_on: dt.date | None, because: str, by: Membership, at: dt.datetime
) -> BoardDay:
    """Move a question to another day, and say why; with no day it goes back to where the plan has it.

    :raises ActionRefused: as :func:`keep_item` does, or when no reason was given.
    """
    _lock(review, item, by=by)
    text = typed(because, by=by)
    moved = BoardDay.objects.create(
        organization=by.organization, review=review, item=item, due_on=due_on, because=text, at=at, by=by.user
    )
    _record("adoption.day_moved", review, item, by=by, at=at, due_on=due_on, because_sha256=text.sha256)
    notices.withdraw_board(review, at=at, items=[item.pk])
    return moved


@transaction.atomic
def comment(*, review: AdoptionReview, item: Item, text: str, by: Membership, at: dt.datetime) -> BoardComment:
    """Write something about a question; it is added, never changed.

    :raises ActionRefused: as :func:`keep_item` does, or when nothing was typed.
    """
    _lock(review, item, by=by)
    if not text.strip():
        raise ActionRefused(_("Write what you want to say."))
    kept = audit.keep_text(text.strip(), organization_id=by.organization_id)
    said = BoardComment.objects.create(
        organization=by.organization, review=review, item=item, text=kept, at=at, by=by.user
    )
    _record("adoption.commented", review, item, by=by, at=at, text_sha256=kept.sha256)
    return said


def _lock(review: AdoptionReview, item: Item, *, by: Membership) -> None:
    row = lock(review, by=by)
    parts = row.parts.values("checklist")
    if not ListedItem.objects.filter(item=item, version__checklist__in=parts, version__status="published").exists():
        raise ActionRefused(_("This question is not on the board."))


def _record(
    action: str, review: AdoptionReview, item: Item, *, by: Membership, at: dt.datetime, **data: object
) -> None:
    audit.record(
        action,
        by=by.user_id,
        organization_id=by.organization_id,
        at=at,
        target=f"adoption:{review.pk}",
        item=item.pk,
        **data,
    )
