"""Saying something beside one line of what is to be signed."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import GroupPeriod, Membership, SignOffGroup
from audit.actions import keep_text, record
from governance import notices
from governance.models import SignOff, SignOffComment
from governance.queries.comments import anchors_of
from operations.errors import ActionRefused


@transaction.atomic
def comment(
    *, sign_off: SignOff, anchor: str, text: str, by: Membership, at: dt.datetime, group: SignOffGroup | None = None
) -> SignOffComment:
    """Comment on a line, for whoever may read it; the proposer and who has spoken there are told.

    :param anchor: a key of :func:`governance.queries.comments.anchors_of`.
    :param group: makes it a note that only this group reads, and nobody is told of.
    :raises ActionRefused: when nothing was typed, there is no such line, or a note is for a group that is not theirs.
    """
    if not text.strip():
        raise ActionRefused(_("Write what you want to say."))
    if anchor not in anchors_of(sign_off.content):
        raise ActionRefused(_("There is no such line in what is to be signed."))
    if sign_off.outcome != SignOff.Outcome.PENDING:
        raise ActionRefused(_("This no longer waits for signatures: comment on the next revision."))
    if group is not None:
        _check_own(group, sign_off, by)
    kept = keep_text(text.strip(), organization_id=sign_off.organization_id)
    row = SignOffComment.objects.create(
        organization_id=sign_off.organization_id,
        sign_off=sign_off,
        anchor=anchor,
        group=group,
        text=kept,
        by_id=by.user_id,
        at=at,
    )
    record(
        "sign-off.noted" if group else "sign-off.commented",
        by=by.user_id,
        organization_id=sign_off.organization_id,
        at=at,
        target=f"sign-off:{sign_off.pk}",
        comment=row.pk,
        text=kept.sha256,
    )
    if group is None:
        notices.tell_of_comment(row, by=by, at=at)
    return row


def _check_own(group: SignOffGroup, sign_off: SignOff, by: Membership) -> None:
    belongs = GroupPeriod.objects.open().filter(group=group, membership=by).exists()
    if not belongs or not sign_off.stages.filter(group=group).exists():
        raise ActionRefused(_("A note is for the group that you sign for."))
