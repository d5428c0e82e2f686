"""A version before it is published, as people will see it; and what one version asks otherwise than another."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.decorators import require
from accounts.http import OrganizationRequest
from accounts.rights import Right
from checklists.forms import AnswerForm, AudienceForm, VersionsForm, reworded
from checklists.models import Checklist, ChecklistVersion, ListedItem
from checklists.queries.rendering import render_items
from checklists.views.tasks import contacts_named
from governance.queries.decisions import covering_decisions
from operations import clock
from operations.paging import number

Status = ChecklistVersion.Status


@require_safe
@require(Right.CHECKLIST_VIEW)
def checklist_preview(request: OrganizationRequest, pk: int) -> HttpResponse:
    """The draft, else what is published, as somebody of a team and a job role sees it on a phone; ``?item=`` one question."""
    checklist = _checklist(request, pk)
    kept = checklist.versions.exclude(status=Status.DISCARDED)
    version = kept.filter(status=Status.DRAFT).first() or kept.order_by("-number").first()
    lines = list(version.listed_items.select_related("revision")) if version else []
    form = AudienceForm(request.GET, organization=request.organization)
    context: dict[str, Any] = {"checklist": checklist, "version": version, "form": form, "list_url": _url(request)}
    asked = number(request.GET.get("item"))
    if asked is None:
        return render(request, "checklists/checklist_preview.html", context | {"sections": _sections(request, lines)})
    place = next((place for place, line in enumerate(lines) if line.item_id == asked), None)
    if place is None:
        raise Http404
    return render(request, "checklists/checklist_preview.html", context | _question(request, form, lines, place))


@require_safe
@require(Right.CHECKLIST_VIEW)
def checklist_compare(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Two versions: what was added, taken off, moved and said in other words; the newest two unless others are chosen."""
    checklist = _checklist(request, pk)
    versions = list(checklist.versions.exclude(status=Status.DISCARDED).order_by("-number"))
    newest = {"after": versions[0].number, "before": versions[min(1, len(versions) - 1)].number} if versions else {}
    form = VersionsForm(request.GET if "after" in request.GET else newest, versions=versions)
    context = {"checklist": checklist, "form": form, "versions": versions}
    if form.is_valid():
        numbered = {one.number: one for one in versions}
        context |= _compared(numbered[form.cleaned_data["before"]], numbered[form.cleaned_data["after"]])
    return render(request, "checklists/checklist_compare.html", context)


def _checklist(request: OrganizationRequest, pk: int) -> Checklist:
    return get_object_or_404(request.organization.checklists.select_related("organization"), pk=pk)


def _sections(request: OrganizationRequest, lines: list[ListedItem]) -> dict[str, list[dict[str, Any]]]:
    """In the order of a person's list: a section stands where its first question does."""
    sections: dict[str, list[dict[str, Any]]] = {}
    for line in lines:
        row = {"revision": line.revision, "preview_url": _url(request, item=line.item_id)}
        sections.setdefault(line.section_title, []).append(row)
    return sections


def _question(request: OrganizationRequest, form: AudienceForm, lines: list[ListedItem], place: int) -> dict[str, Any]:
    audience = form.cleaned_data if form.is_valid() else {}
    ids = {f"{name}_id": audience[name].pk if audience.get(name) else None for name in ("team", "job_role")}
    at = clock.now()
    decisions = covering_decisions(request.organization, at=at, **ids)
    revision = lines[place].revision
    shown = render_items(request.organization, [revision], decisions)[revision.item_id]
    return {
        "shown": shown,
        "contacts": contacts_named(decisions, shown),
        "number": place + 1,
        "total": len(lines),
        "answer_form": AnswerForm(revision=revision, today=clock.day_of(at, request.organization.timezone)),
        "next_url": _url(request, item=lines[place + 1].item_id) if place + 1 < len(lines) else "",
    }


def _url(request: OrganizationRequest, **item: int) -> str:
    """The same page for the same audience."""
    query = request.GET.copy()
    query.pop("item", None)
    query.update({name: str(value) for name, value in item.items()})
    return f"?{query.urlencode()}"


def _compared(before: ChecklistVersion, after: ChecklistVersion) -> dict[str, Any]:
    was, becomes = _lines(before), _lines(after)
    both = [item for item in becomes if item in was]
    order = [item for item in was if item in becomes]
    return {
        "before": before,
        "after": after,
        "added": [line for item, line in becomes.items() if item not in was],
        "removed": [line for item, line in was.items() if item not in becomes],
        "reworded": [
            {"line": becomes[item], "differences": differences}
            for item in both
            if (differences := reworded(was[item].revision, becomes[item].revision))
        ],
        "is_reordered": both != order,
        "moved": [
            line for item, line in becomes.items() if item in was and was[item].section_title != line.section_title
        ],
    }


def _lines(version: ChecklistVersion) -> dict[int, ListedItem]:
    return {line.item_id: line for line in version.listed_items.select_related("revision")}
