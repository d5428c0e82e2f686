"""CSV that names itself, and whose cells can't run formulas."""

import csv
import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import StreamingHttpResponse
from django.utils.translation import gettext as _

from accounts.models import Membership, Organization
from operations.cells import Echo, safe_cell


def named_csv(
    *,
    title: str,
    by: Membership,
    at: dt.datetime,
    filters: str,
    total: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    filename: str,
    as_of: dt.datetime | None = None,
) -> StreamingHttpResponse:
    """A CSV whose first lines say what it is, of whom, filtered how, as of when, how many rows, by whom, which version.

    :param total: how many rows there are in all, as text; how many are here stands in the last line.
    :param as_of: the moment as of which the rows hold, where that is not the moment at which it is made.
    """
    lines = named_lines(
        title=title,
        organization=by.organization,
        made_by=str(by.user),
        at=at,
        filters=filters,
        total=total,
        columns=columns,
        rows=rows,
        as_of=as_of,
    )
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def named_lines(
    *,
    title: str,
    organization: Organization,
    made_by: str,
    at: dt.datetime,
    filters: str,
    total: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    as_of: dt.datetime | None = None,
) -> Iterator[str]:
    """The lines of such a CSV, each with its end; for a file as for a terminal."""
    zone = ZoneInfo(organization.timezone)
    head = [
        (_("What"), title),
        (_("Organization"), organization.name),
        (_("Filters"), filters or _("none")),
        (_("As of"), f"{(as_of or at).astimezone(zone):%Y-%m-%d %H:%M:%S} {organization.timezone}"),
        (_("Rows in all"), total),
        (_("Made by"), made_by),
        (_("Version"), f"Wayleave {settings.VERSION}"),
    ]

    writer = csv.writer(Echo())
    yield "\ufeff"
    for pair in head:
        yield writer.writerow([safe_cell(cell) for cell in pair])
    yield writer.writerow([])
    yield writer.writerow([safe_cell(column) for column in columns])
    count = 0
    for count, row in enumerate(rows, start=1):  # noqa: B007 -- the last count is the number of rows here
        yield writer.writerow([safe_cell(cell) for cell in row])
    yield writer.writerow([])
    yield writer.writerow([_("Rows here"), count])
