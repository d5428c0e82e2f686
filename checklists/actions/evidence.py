"""Files and links that show an answer."""

import datetime as dt
from collections.abc import Callable, Collection, Sequence

from django.core.files.uploadedfile import UploadedFile

from accounts.models import Membership, Organization
from checklists.models import Answer, Evidence
from governance.models import Paper
from operations.files import check_file, digest_of, digest_of_link, keep_file, remove_unknown


def digests_of(files: Sequence[UploadedFile], links: Sequence[str]) -> list[str]:
    """The SHA-256 of each file's content and of each link: what rows of evidence are known by."""
    return [digest_of(file) for file in files] + [digest_of_link(link) for link in links]


def attach_files(
    answer: Answer, files: Sequence[UploadedFile], *, effective_on: dt.date | None, by: Membership, at: dt.datetime
) -> list[Evidence]:
    """Keep files with an answer: all or none. Each is looked at before the first is written, since a disk rolls nothing
    back.

    :raises ActionRefused: as :func:`check_file` does.
    """
    kinds = [check_file(file) for file in files]
    kept: list[Evidence] = []
    try:
        for file, content_type in zip(files, kinds, strict=True):
            evidence = Evidence(
                organization=answer.organization,
                answer=answer,
                effective_on=effective_on,
                added_at=at,
                added_by=by.user,
            )
            kept.append(evidence)
            keep_file(evidence, file, content_type=content_type)
    except BaseException:
        for evidence in kept:
            evidence.file.delete(save=False)
        raise
    return kept


def attach_link(
    answer: Answer, link: str, *, effective_on: dt.date | None, by: Membership, at: dt.datetime
) -> Evidence:
    """Keep a link with an answer."""
    return Evidence.objects.create(
        organization=answer.organization,
        answer=answer,
        link=link,
        sha256=digest_of_link(link),
        effective_on=effective_on,
        added_at=at,
        added_by=by.user,
    )


def remove_left_over(organization: Organization, *, at: dt.datetime) -> int:
    """Remove the files of an organization that no row speaks of, evidence and papers. Returns how many."""
    kept: dict[str, type[Evidence | Paper]] = {"evidence": Evidence, "papers": Paper}
    return sum(
        remove_unknown(f"{organization.pk}/{folder}", known=_spoken_of_by(model), at=at)
        for folder, model in kept.items()
    )


def _spoken_of_by(model: type[Evidence | Paper]) -> Callable[[Collection[str]], set[str]]:
    return lambda paths: set(model._default_manager.filter(file__in=paths).values_list("file", flat=True))
