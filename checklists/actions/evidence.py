"""Files and links that show an answer."""

import datetime as dt
from collections.abc import Callable, Collection

from django.utils.translation import gettext as _

from accounts.models import Membership, Organization
from checklists.actions.judging import Given
from checklists.models import Answer, Evidence, Upload
from checklists.queries.uploads import waiting_uploads
from governance.models import Paper
from operations.errors import ActionRefused
from operations.files import digest_of_link, remove_unknown


def attach(answer: Answer, given: Given, *, by: Membership, at: dt.datetime) -> list[Evidence]:
    """Make what was brought, named or given before part of an answer.

    :raises ActionRefused: when a file is not there any more, or is held back.
    """
    files = [_attached(answer, upload, given.effective_on, by) for upload in _take(answer, given, by, at)]
    links = [
        Evidence(
            organization=answer.organization,
            answer=answer,
            link=link,
            sha256=digest_of_link(link),
            effective_on=given.effective_on,
            added_at=at,
            added_by=by.user,
        )
        for link in given.links
    ]
    kept = [*files, *links, *(_attached(answer, one, one.effective_on, by, reused=one) for one in given.reused)]
    for evidence in kept:
        evidence.save(force_insert=True)
    return kept


def _take(answer: Answer, given: Given, by: Membership, at: dt.datetime) -> list[Upload]:
    """What was brought for this answer, each content once; it waits no longer."""
    brought = waiting_uploads(by, item_id=answer.item_id, team=answer.team).filter(sha256__in=given.uploads)
    taken = {upload.sha256: upload for upload in brought if not upload.is_held_back}
    if set(given.uploads) - set(taken):
        raise ActionRefused(
            _("A file that stood on the page is not there any more. Nothing was saved; look at it again.")
        )
    let_go(by, answer.item_id, answer, at, digests=given.uploads)
    return list(taken.values())


def let_go(by: Membership, item_id: int, answer: Answer, at: dt.datetime, *, digests: Collection[str]) -> None:
    """What an answer holds waits no longer."""
    brought = waiting_uploads(by, item_id=item_id, team=answer.team).filter(sha256__in=digests)
    brought.filter(released_at__isnull=False).update(gone_at=at)
    brought.filter(trouble="").delete()


def _attached(
    answer: Answer, kept: Upload | Evidence, since: dt.date | None, by: Membership, *, reused: Evidence | None = None
) -> Evidence:
    """The same file as part of an answer: its bytes stay where they are."""
    return Evidence(
        organization=answer.organization,
        answer=answer,
        file=kept.file.name,
        name=kept.name,
        link=kept.link,
        size=kept.size,
        content_type=kept.content_type,
        sha256=kept.sha256,
        has_preview=kept.has_preview,
        effective_on=since,
        added_at=kept.added_at,
        added_by=reused.added_by if reused else by.user,
        reused_id=(reused.reused_id or reused.pk) if reused else None,
    )


def remove_left_over(organization: Organization, *, at: dt.datetime) -> int:
    """Remove the files of an organization that no row speaks of: evidence, papers, pictures of them. Returns how many."""
    kept: dict[str, Callable[[Collection[str]], set[str]]] = {
        "evidence": lambda paths: _named_by(Evidence, paths) | _named_by(Upload, paths),
        "papers": lambda paths: _named_by(Paper, paths),
        "previews": lambda paths: _drawn(organization, paths),
    }
    return sum(remove_unknown(f"{organization.pk}/{folder}", known=known, at=at) for folder, known in kept.items())


def _named_by(model: type[Evidence | Paper | Upload], paths: Collection[str]) -> set[str]:
    return set(model._default_manager.filter(file__in=paths).values_list("file", flat=True))


def _drawn(organization: Organization, paths: Collection[str]) -> set[str]:
    """Those of these pictures whose file is still there."""
    by_digest = {path.rsplit("/", 1)[1]: path for path in paths}
    return {
        by_digest[digest]
        for model in (Evidence, Upload)
        for digest in model._default_manager.filter(
            organization=organization, sha256__in=by_digest, has_preview=True
        ).values_list("sha256", flat=True)
    }
