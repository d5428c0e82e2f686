"""Working on a draft, without dragging."""

from django.contrib import messages
from django.db.models import Max
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.decorators import require
from accounts.http import OrganizationRequest
from accounts.rights import Right
from checklists import actions
from checklists.forms import ItemForm, NewItemForm, item_words
from checklists.models import ChecklistVersion, ListedItem
from checklists.queries.way import way_of
from operations import clock
from operations.errors import ActionRefused


@require_http_methods(["GET", "HEAD", "POST"])
@require(Right.CHECKLIST_EDIT)
def draft_edit(request: OrganizationRequest, pk: int) -> HttpResponse:
    """The draft of a checklist; POST begins one."""
    checklist = get_object_or_404(request.organization.checklists.filter(archived_at=None), pk=pk)
    if request.method == "POST":
        actions.begin_draft(checklist=checklist, by=request.membership, at=clock.now())
        return redirect("checklists:draft-edit", organization=request.organization.slug, pk=pk)
    draft = checklist.versions.filter(status=ChecklistVersion.Status.DRAFT).first()
    items = draft.listed_items.select_related("revision") if draft else []
    context = {"checklist": checklist, "draft": draft, "items": items, "way": way_of(checklist)}
    return render(request, "checklists/draft_edit.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Right.CHECKLIST_EDIT)
def draft_item_add(request: OrganizationRequest, pk: int) -> HttpResponse:
    """A new question."""
    draft = get_object_or_404(
        ChecklistVersion.objects.select_related("checklist"),
        checklist_id=pk,
        organization=request.organization,
        status=ChecklistVersion.Status.DRAFT,
    )
    newest = draft.listed_items.aggregate(pk=Max("pk"))["pk"] or 0
    form = NewItemForm(request.POST or None, initial={"after": newest})
    if form.is_valid():
        try:
            actions.add_item(version=draft, by=request.membership, at=clock.now(), **form.cleaned_data)
        except ActionRefused as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("checklists:draft-edit", organization=request.organization.slug, pk=pk)
    return render(request, "checklists/draft_item_edit.html", {"checklist": draft.checklist, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@require(Right.CHECKLIST_EDIT)
def draft_item_edit(request: OrganizationRequest, pk: int, listed: int) -> HttpResponse:
    """Other words for a question of the draft."""
    row = _listed(request, pk, listed)
    words = {"section_title": row.section_title, **item_words(row.revision)}
    form = ItemForm(request.POST or None, revision=row.revision, initial=words)
    if form.is_valid():
        try:
            actions.edit_item(listed=row, by=request.membership, at=clock.now(), **form.cleaned_data)
        except ActionRefused as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("checklists:draft-edit", organization=request.organization.slug, pk=pk)
    return render(
        request, "checklists/draft_item_edit.html", {"checklist": row.version.checklist, "form": form, "listed": row}
    )


@require_POST
@require(Right.CHECKLIST_EDIT)
def draft_item_move(request: OrganizationRequest, pk: int, listed: int) -> HttpResponse:
    """Up or down by one."""
    row = _listed(request, pk, listed)
    try:
        actions.move_item(listed=row, up=request.POST.get("to") == "up", by=request.membership, at=clock.now())
    except ActionRefused as refused:
        messages.error(request, str(refused))
    return redirect("checklists:draft-edit", organization=request.organization.slug, pk=pk)


@require_POST
@require(Right.CHECKLIST_EDIT)
def draft_item_remove(request: OrganizationRequest, pk: int, listed: int) -> HttpResponse:
    """Off this list; the question's answers stay."""
    row = _listed(request, pk, listed)
    try:
        actions.remove_item(listed=row, by=request.membership, at=clock.now())
    except ActionRefused as refused:
        messages.error(request, str(refused))
    return redirect("checklists:draft-edit", organization=request.organization.slug, pk=pk)


def _listed(request: OrganizationRequest, pk: int, listed: int) -> ListedItem:
    rows = ListedItem.objects.select_related("version__checklist", "revision", "item").filter(
        version__status=ChecklistVersion.Status.DRAFT
    )
    return get_object_or_404(rows, pk=listed, version__checklist_id=pk, organization=request.organization)
