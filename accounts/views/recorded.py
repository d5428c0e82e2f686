"""What is recorded about oneself: what, why, who can see it, how long; and all of it to take along."""

from collections.abc import Iterable, Iterator

import structlog
from django.contrib import messages
from django.core.files import File
from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import actions
from accounts.decorators import require
from accounts.http import OrganizationRequest
from accounts.models import Membership
from accounts.queries import owners_of
from accounts.queries.recorded import Recorded, files_of, recorded, rows_of, years_kept
from accounts.rights import Right
from operations import clock
from operations.archive import streamed_zip
from operations.errors import ActionRefused
from operations.forms import file_name

log = structlog.get_logger("accounts")


@require_safe
@require(Right.HOME_VIEW)
def recorded_about_me(request: OrganizationRequest) -> HttpResponse:
    """What is recorded about the reader, in plain words."""
    everything = recorded(request.membership)
    years = {"years": years_kept(request.membership, request.organization)}
    context = {
        "rows": [_row(one, years) for one in everything if one.count != 0],
        "not_there": [one.held.what for one in everything if one.count == 0],
        "owners": owners_of(request.organization),
    }
    return render(request, "accounts/recorded.html", context)


@require_POST
@require(Right.HOME_VIEW)
def recorded_take_out(request: OrganizationRequest) -> HttpResponseBase:
    """All of it in one archive: a page to read, JSON for machines, and one's own files."""
    at = clock.now()
    try:
        actions.note_taken_out(by=request.membership, at=at)
    except ActionRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("accounts:recorded", organization=request.organization.slug)
    everything = [one for one in recorded(request.membership) if one.count]
    years = {"years": years_kept(request.membership, request.organization)}
    rows = [_row(one, years) for one in everything]
    page = render_to_string("accounts/recorded_archive.html", {"rows": rows, "request": request, "at": at})
    response = StreamingHttpResponse(
        streamed_zip(_files(everything, request.membership, page)), content_type="application/zip"
    )
    name = f"recorded-about-me-{request.organization.slug}-{at:%Y-%m-%d}.zip"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _row(one: Recorded, years: dict[str, int]) -> dict[str, object]:
    return {"held": one.held, "count": one.count, "how_long": str(one.held.how_long) % years}


def _files(everything: list[Recorded], membership: Membership, page: str) -> Iterator[tuple[str, Iterable[bytes]]]:
    """The archive, file by file. One that the storage doesn't hold any more is named in it, and in the log; the others come along."""
    yield _("read-me") + ".html", [page.encode()]
    for one in everything:
        yield f"{one.held.key}.json", _as_json(one, membership)
    missing = []
    for one in everything:
        for path, name in files_of(one.held, membership) if one.held.files else ():
            called = f"{one.held.key}/{file_name(name, longest=200)}"
            try:
                file = default_storage.open(path)
            except OSError:
                log.exception("recorded.file_missing", membership=membership.pk, path=path)
                missing.append(called)
            else:
                yield called, _bytes_of(file)
    if missing:
        said = _("These files of yours are recorded here, but can’t be read. Ask whoever runs Wayleave for them:")
        yield _("missing") + ".txt", ["\n".join([said, "", *missing, ""]).encode()]


def _as_json(one: Recorded, membership: Membership) -> Iterator[bytes]:
    columns, rows = rows_of(one.held, membership)
    encoder = DjangoJSONEncoder(ensure_ascii=False, indent=1)
    for number, row in enumerate(rows):
        yield (",\n" if number else "[\n").encode() + encoder.encode(dict(zip(columns, row, strict=True))).encode()
    yield b"\n]\n"


def _bytes_of(file: File) -> Iterator[bytes]:
    with file:
        yield from file.chunks()
