"""Files that are brought before the answer is given; what is not what it says it is, is held back."""

import datetime as dt

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from accounts.actions.locks import lock_membership
from accounts.models import Membership, Organization, Team
from audit.actions import keep_text, record
from checklists import notices
from checklists.models import Item, Upload
from checklists.queries.uploads import waiting_uploads
from operations import previews
from operations.errors import ActionRefused
from operations.files import MEGABYTE, Found, digest_of, keep_file, look_into
from operations.uploads import ALL_TOGETHER

MOST_FILES = 10
KEPT_WAITING = dt.timedelta(days=30)

Trouble = Upload.Trouble
_CANNOT_BE_DRAWN = {previews.NO_PICTURE: Trouble.NO_PICTURE, previews.TOO_MANY_PIXELS: Trouble.TOO_MANY_PIXELS}


def bring(*, by: Membership, item: Item, team: Team | None, file: UploadedFile, at: dt.datetime) -> Upload:
    """Keep a file for an answer that is still to be given; the same file twice is one. It is looked into first, outside any
    transaction.

    :returns: the file, held back where it is not what its name says.
    :raises ActionRefused: when it is empty, too large, of no kind that is taken, or one too many.
    """
    found = look_into(file)
    trouble, picture = _open(file, found)
    digest = digest_of(file)
    with transaction.atomic():
        lock_membership(by)  # another tab may bring the same, or the last one there is room for
        known = waiting_uploads(by, item_id=item.pk, team=team).filter(sha256=digest, trouble=trouble).first()
        if known:
            return known
        _check_room(by, item, team, file)
        upload = Upload(organization=by.organization, membership=by, item=item, team=team, added_at=at)
        upload.trouble, upload.looks_like, upload.has_preview = trouble, found.suffix, bool(picture and not trouble)
        if upload.has_preview:
            previews.keep_preview(by.organization_id, digest, picture)
        keep_file(upload, file, content_type=found.content_type or "application/octet-stream")
        if trouble:
            _log("file.held_back", upload, by=by, at=at, trouble=trouble)
    return upload


def _open(file: UploadedFile, found: Found) -> tuple[str, bytes]:
    """Why it has to be held back, and its picture."""
    if not found.content_type:
        return (Trouble.MACROS if found.has_macros else Trouble.OTHER_KIND), b""
    if found.content_type not in previews.DRAWN:
        return "", b""
    code, picture = previews.draw(file, content_type=found.content_type)
    return (_CANNOT_BE_DRAWN.get(code, "") if found.content_type in previews.IMAGES else ""), picture


def _check_room(by: Membership, item: Item, team: Team | None, file: UploadedFile) -> None:
    waiting = waiting_uploads(by, item_id=item.pk, team=team).aggregate(files=Count("pk"), size=Sum("size"))
    if waiting["files"] >= MOST_FILES or (waiting["size"] or 0) + (file.size or 0) > ALL_TOGETHER:
        raise ActionRefused(
            _("“%(name)s” is one too many: up to %(files)d files and %(size)d MB go with one answer.")
            % {"name": file.name, "files": MOST_FILES, "size": ALL_TOGETHER // MEGABYTE}
        )


@transaction.atomic
def take_back(*, upload: Upload, by: Membership, at: dt.datetime) -> None:
    """Remove a file that was brought and is part of no answer yet. What was held back stays out of sight until its time is over."""
    row = Upload.objects.select_for_update().filter(pk=upload.pk, membership=by, gone_at=None).first()
    if row is None:
        return
    if row.trouble:
        row.gone_at = at
        row.save(update_fields=["gone_at"])
        return
    row.delete()  # its bytes go at night


@transaction.atomic
def release(*, upload: Upload, by: Membership, reason: str, at: dt.datetime) -> None:
    """A manager has looked at what was held back and lets it be part of an answer; whoever brought it is told.

    :raises ActionRefused: without a reason, of one's own file, when its bytes are gone, or it was released already.
    """
    if not reason.strip():
        raise ActionRefused(_("Say why it may be used."))
    row = Upload.objects.select_for_update().get(pk=upload.pk, organization=by.organization)
    if not row.is_held_back or row.discarded_at:
        raise ActionRefused(_("This file is no longer held back."))
    if row.membership_id == by.pk:
        raise ActionRefused(_("You brought this file yourself: somebody else has to look at it."))
    row.reason = keep_text(reason.strip(), organization_id=by.organization_id)
    row.released_at, row.released_by, row.gone_at = at, by.user, None
    row.save(update_fields=["released_at", "released_by", "reason", "gone_at"])
    _log("file.released", row, by=by, at=at, reason_sha256=row.reason.sha256)
    notices.tell_released(row, at=at)


def discard_old(organization: Organization, *, at: dt.datetime) -> int:
    """Let go of what was brought long ago and is part of no answer: of what was held back the bytes, of the rest the row too.
    Returns how many."""
    old = Upload.objects.filter(organization=organization, added_at__lt=at - KEPT_WAITING, discarded_at=None)
    return sum(_discard(upload, at) for upload in old.filter(released_at=None).order_by("pk")[:1000])


@transaction.atomic
def _discard(upload: Upload, at: dt.datetime) -> int:
    row = Upload.objects.select_for_update().filter(pk=upload.pk, discarded_at=None, released_at=None).first()
    if row is None:
        return 0
    if row.trouble:
        row.file, row.has_preview, row.discarded_at = "", False, at
        row.save(update_fields=["file", "has_preview", "discarded_at"])
        _log("file.discarded", row, by=None, at=at)
    else:
        row.delete()
    return 1


def _log(action: str, upload: Upload, *, by: Membership | None, at: dt.datetime, **data: str) -> None:
    record(
        action,
        by=by.user_id if by else None,
        organization_id=upload.organization_id,
        at=at,
        target=f"upload:{upload.pk}",
        item=upload.item_id,
        file=upload.sha256,
        **data,
    )
