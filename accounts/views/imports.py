"""Bringing in many people at once: a list, its columns, what it would bring, and then the people."""

import csv
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actions import importing
from accounts.decorators import require
from accounts.forms import ColumnsForm, ImportForm, StartForm
from accounts.http import OrganizationRequest
from accounts.models import ImportLine, PeopleImport
from accounts.queries import leaves_the_house
from accounts.queries.import_problems import mistakes_of, problems_of
from accounts.queries.imports import (
    OF_NOTE,
    first_lines,
    guessed_columns,
    imports_of,
    lines_of,
    missing_from,
    planned,
    teams_changed,
    touched,
    who_would_leave,
)
from accounts.rights import Right
from operations import clock
from operations.cells import Echo, safe_cell
from operations.errors import ActionRefused
from operations.paging import number

Status = PeopleImport.Status
Outcome = ImportLine.Outcome
ROWS = 50
# Lines with an error are read in more at once: the same mistake in many of them is one row.
LINES_READ = 500
TEAMS_NAMED = 20
TONES = {"new": "good", "back": "good", "moved": "info", "renamed": "info", "invited": "info", "error": "bad"}


@require_http_methods(["GET", "POST"])
@require(Right.PEOPLE_MANAGE)
def import_add(request: OrganizationRequest) -> HttpResponse:
    """Paste a list or choose a file; nothing happens to anybody by that."""
    form = ImportForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        try:
            people_import = importing.bring(lines=form.lines(), by=request.membership, at=clock.now())
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("accounts:import-columns", request.organization.slug, people_import.pk)
    unfinished = imports_of(request.organization).filter(finished_at=None)[:5]
    context = {"form": form, "unfinished": unfinished, "has_no_mail": not leaves_the_house(request.organization)}
    return render(request, "accounts/import_add.html", context)


@require_http_methods(["GET", "POST"])
@require(Right.PEOPLE_MANAGE)
def import_columns(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Say what the columns are: guessed, and shown with what stands in them."""
    people_import = _import(request, pk)
    if people_import.status not in {Status.BROUGHT, Status.CHECKED}:
        return redirect(people_import)
    lines = first_lines(people_import, 5)
    form = ColumnsForm(
        request.POST or None, lines=lines, width=people_import.width, initial=_as_named(people_import, lines)
    )
    if form.is_valid():
        try:
            importing.name_columns(
                people_import=people_import,
                columns=form.columns(),
                has_headings=form.cleaned_data["has_headings"],
                by=request.membership,
                at=clock.now(),
            )
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect(people_import)
    return render(request, "accounts/import_columns.html", {"import": people_import, "form": form})


@require_safe
@require(Right.PEOPLE_MANAGE)
def import_detail(request: OrganizationRequest, pk: int) -> HttpResponse:
    """What the list would bring, while it is imported that it is, and then what it has brought."""
    people_import = _import(request, pk)
    if people_import.status == Status.BROUGHT:
        return redirect("accounts:import-columns", request.organization.slug, people_import.pk)
    context: dict[str, Any] = {
        "import": people_import,
        "counts": people_import.counts,
        "touched": touched(people_import.counts),
        "has_no_mail": not leaves_the_house(request.organization),
    }
    if people_import.status == Status.DUE:
        context["stations"] = _stations(people_import)
    if people_import.status == Status.CHECKED:
        with planned(people_import):
            context |= _preview(request, people_import)
    return render(request, "accounts/import_detail.html", context)


@require_POST
@require(Right.PEOPLE_MANAGE)
def import_start(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Import it: all of it, or all lines without an error where that was chosen."""
    people_import = _import(request, pk)
    try:
        importing.ask_for_import(
            people_import=people_import,
            by=request.membership,
            at=clock.now(),
            makes_teams="makes_teams" in request.POST,
            skips_errors="skips_errors" in request.POST,
            ends_missing="ends_missing" in request.POST,
        )
    except ActionRefused as refusal:
        messages.error(request, str(refusal))
    return redirect(people_import)


@require_POST
@require(Right.PEOPLE_MANAGE)
def import_cancel(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Import nobody, and forget the list."""
    people_import = _import(request, pk)
    try:
        importing.cancel_import(people_import=people_import, by=request.membership, at=clock.now())
    except ActionRefused as refusal:
        messages.error(request, str(refusal))
        return redirect(people_import)
    messages.success(request, _("The list is forgotten; nobody was imported."))
    return redirect("accounts:import-add", request.organization.slug)


@require_safe
@require(Right.PEOPLE_MANAGE)
def import_download(request: OrganizationRequest, pk: int) -> StreamingHttpResponse:
    """The list as it came, with what is wrong in each line beside it: to be mended and brought again."""
    people_import = _import(request, pk)
    response = StreamingHttpResponse(_mendable(people_import), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="people-{people_import.pk}.csv"'
    return response


def _mendable(people_import: PeopleImport) -> Iterator[str]:
    error = _("error")
    job_roles = _job_roles(people_import)
    write = csv.writer(Echo()).writerow
    yield "\ufeff"
    for line in people_import.lines.order_by("number").iterator():
        problems = problems_of(line, people_import, job_roles=job_roles)
        said = "; ".join(f"{problem.column}: {problem.how_to_mend}" for problem in problems)
        if line.number == people_import.headings_line:
            said = error
            line.cells = [cell for cell in line.cells if cell != error]
        cells = (line.cells + [""] * people_import.width)[: people_import.width]
        yield write([safe_cell(cell) for cell in [*cells, said]])


def _import(request: OrganizationRequest, pk: int) -> PeopleImport:
    return get_object_or_404(imports_of(request.organization), pk=pk)


def _stations(people_import: PeopleImport) -> list[dict[str, object]]:
    """How far an import is; nothing between begun and done is visible from outside, because nothing between is true."""
    has_begun = people_import.started_at is not None
    return [
        {"label": _("Checked"), "state": "done"},
        {"label": _("Waits for its turn"), "state": "done" if has_begun else "current"},
        {"label": _("Checked again and written"), "state": "current" if has_begun else "to-do"},
        {"label": _("Everybody is in"), "state": "to-do"},
    ]


def _as_named(people_import: PeopleImport, lines: list[ImportLine]) -> dict[str, Any]:
    """The columns as they were named last, or as they seem to be."""
    if people_import.columns:
        return {**people_import.columns, "has_headings": people_import.headings_line > 0}
    columns, has_headings = guessed_columns(lines)
    return {**columns, "has_headings": has_headings}


def _preview(request: OrganizationRequest, people_import: PeopleImport) -> dict[str, Any]:
    counts = people_import.counts
    shows = request.GET.get("show") or (Outcome.ERROR if counts.get(Outcome.ERROR) else "")
    after = number(request.GET.get("after")) or 0
    changed = teams_changed(people_import)
    leaving = who_would_leave(people_import, by=request.membership, held=request.rights).count()
    return {
        "form": StartForm(counts=counts, leaving=leaving),
        "leaving": leaving,
        "facts": [
            {
                "number": counts[outcome],
                "label": Outcome(outcome).label,
                "url": f"?show={outcome}",
                "tone": TONES.get(outcome),
            }
            for outcome in OF_NOTE
            if counts.get(outcome)
        ],
        "shows": shows,
        "may_add_job_roles": Right.SETTINGS_EDIT in request.rights,
        "new_teams": [name for name, is_new, _gets_lead in changed if is_new][:TEAMS_NAMED],
        **_rows(request, people_import, shows, after),
    }


def _rows(request: OrganizationRequest, people_import: PeopleImport, shows: str, after: int) -> dict[str, Any]:
    """The lines of one outcome, or who is not in the list, so many at a time, in their order."""
    if shows == "missing":
        people = list(
            missing_from(people_import).filter(pk__gt=after).select_related("user").order_by("pk")[: ROWS + 1]
        )
        last = people[ROWS - 1].pk if len(people) > ROWS else 0
        return {"people": people[:ROWS], "next_url": f"?show=missing&after={last}" if last else ""}
    if shows not in Outcome.values:
        return {}
    rows = LINES_READ if shows == Outcome.ERROR else ROWS
    lines = list(lines_of(people_import, shows).filter(number__gt=after)[: rows + 1])
    last = lines[rows - 1].number if len(lines) > rows else 0
    job_roles = _job_roles(people_import) if shows == Outcome.ERROR else []
    return {
        "lines": lines[:rows],
        "mistakes": mistakes_of(
            problem for line in lines[:rows] for problem in problems_of(line, people_import, job_roles=job_roles)
        ),
        "shown": Outcome(shows).label,
        "next_url": f"?show={shows}&after={last}" if last else "",
        "is_first": not after,
    }


def _job_roles(people_import: PeopleImport) -> list[str]:
    roles = people_import.organization.job_roles.filter(archived_at=None)
    return list(roles.order_by("name").values_list("name", flat=True))
