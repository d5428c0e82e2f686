"""Working on a draft, without dragging; what a colleague has done to it meanwhile is said, and what was typed is kept."""

from typing import Any

from django.contrib import messages
from django.db.models import Max, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.decorators import require
from accounts.http import OrganizationRequest
from accounts.rights import Right
from checklists import actions
from checklists.forms import ChangedItemForm, NewItemForm, QuestionSearchForm, item_words
from checklists.models import Checklist, ChecklistVersion, ListedItem
from checklists.queries.choosing import known_questions
from checklists.queries.revisions import digest_of
from checklists.queries.way import way_of
from operations import clock
from operations.errors import ActionRefused
from operations.paging import number

Status = ChecklistVersion.Status


@require_http_methods(["GET", "HEAD", "POST"])
@require(Right.CHECKLIST_EDIT)
def draft_edit(request: OrganizationRequest, pk: int) -> HttpResponse:
    """The draft of a checklist; POST begins one."""
    checklist = _checklist(request, pk)
    if request.method == "POST":
        try:
            actions.begin_draft(checklist=checklist, by=request.membership, at=clock.now())
        except ActionRefused as refused:
            messages.error(request, str(refused))
            return redirect(checklist)
        return _to_draft(request, checklist)
    if checklist.archived_at is not None:
        return redirect(checklist)
    draft = checklist.versions.filter(status=Status.DRAFT).first()
    items = list(draft.listed_items.select_related("revision")) if draft else []
    seen = digest_of(items)
    context = {"checklist": checklist, "draft": draft, "items": items, "seen": seen, "way": way_of(checklist)}
    return render(request, "checklists/draft_edit.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Right.CHECKLIST_EDIT)
def draft_item_add(request: OrganizationRequest, pk: int) -> HttpResponse:
    """A new question."""
    checklist = _checklist(request, pk)
    version = get_object_or_404(checklist.versions.order_by("-number")[:1])
    if request.method != "POST" and (version.status != Status.DRAFT or checklist.archived_at):
        return _to_draft(request, checklist)
    newest = version.listed_items.aggregate(pk=Max("pk"))["pk"] or 0
    form = NewItemForm(request.POST or None, initial={"after": newest})
    context: dict[str, Any] = {"checklist": checklist, "form": form}
    if form.is_valid():
        try:
            actions.add_item(version=version, by=request.membership, at=clock.now(), **form.cleaned_data)
        except ActionRefused as refused:
            form.add_error(None, str(refused))
            context["is_stale"] = True
        else:
            return _to_draft(request, checklist)
    return render(request, "checklists/draft_item_edit.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Right.CHECKLIST_EDIT)
def draft_item_edit(request: OrganizationRequest, pk: int, listed: int) -> HttpResponse:
    """Other words for a question of the draft."""
    checklist = _checklist(request, pk)
    row = _line(request, pk, listed)
    if request.method != "POST" and (row is None or row.version.status != Status.DRAFT or checklist.archived_at):
        return _to_draft(request, checklist)
    form = ChangedItemForm(request.POST or None, revision=row.revision if row else None, initial=_words(row))
    context: dict[str, Any] = {"checklist": checklist, "form": form, "listed": listed}
    if form.is_valid():
        try:
            if row is None:
                raise ActionRefused(_taken_off())
            actions.edit_item(listed=row, by=request.membership, at=clock.now(), **form.cleaned_data)
        except ActionRefused as refused:
            compared = form.compare(refused.listed) if isinstance(refused, actions.EditedMeanwhile) else []
            context |= {"is_stale": True, "compared": compared}
            form.add_error(None, str(refused))
        else:
            return _to_draft(request, checklist, line=f"line-{listed}")
    return render(request, "checklists/draft_item_edit.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Right.CHECKLIST_EDIT)
def draft_item_choose(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Questions that exist already, to be asked by this list too; ``?search=`` finds some by their words."""
    checklist = _checklist(request, pk)
    draft = checklist.versions.filter(status=Status.DRAFT).select_related("checklist").first()
    if draft is None or checklist.archived_at:
        return _to_draft(request, checklist)
    if request.method == "POST":
        try:
            key = request.POST.get("key", "")
            listed = actions.list_known_question(version=draft, key=key, by=request.membership, at=clock.now())
        except ActionRefused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("On the list: “%(question)s”") % {"question": listed.revision.question})
        return redirect(request.get_full_path())
    form = QuestionSearchForm(request.GET)
    search = form.cleaned_data["search"] if form.is_valid() else ""
    questions = known_questions(draft, search=search)
    context = {"checklist": checklist, "form": form, "search": search, "questions": questions}
    return render(request, "checklists/draft_item_choose.html", context)


@require_POST
@require(Right.CHECKLIST_EDIT)
def draft_order(request: OrganizationRequest, pk: int) -> HttpResponse:
    """The questions of the draft in the order into which they were dragged."""
    checklist = _checklist(request, pk)
    draft = checklist.versions.filter(status=Status.DRAFT).first()
    order = [number(value) or 0 for value in request.POST.getlist("line")]
    if draft is not None:
        seen = request.POST.get("seen", "")
        try:
            actions.order_items(version=draft, order=order, seen=seen, by=request.membership, at=clock.now())
        except ActionRefused as refused:
            messages.error(request, str(refused))
    return _to_draft(request, checklist)


@require_POST
@require(Right.CHECKLIST_EDIT)
def draft_item_move(request: OrganizationRequest, pk: int, listed: int) -> HttpResponse:
    """Up or down by one."""
    shown_at = request.POST.get("position", "")
    is_place = shown_at.isdecimal() and len(shown_at) < 6  # a longer one is nobody's, and may be too long to read
    where = {"up": request.POST.get("to") == "up", "position": int(shown_at) if is_place else None}
    return _change(request, pk, listed, actions.move_item, back_to=f"line-{listed}", **where)


@require_POST
@require(Right.CHECKLIST_EDIT)
def draft_item_remove(request: OrganizationRequest, pk: int, listed: int) -> HttpResponse:
    """Off this list; the question's answers stay."""
    return _change(request, pk, listed, actions.remove_item)


def _change(
    request: OrganizationRequest, pk: int, listed: int, action: Any, *, back_to: str = "lines", **how: Any
) -> HttpResponse:
    """Do it, and go back to where it was done: whoever works with the keyboard doesn't begin at the top each time."""
    checklist = _checklist(request, pk)
    row = _lines(request, pk).filter(pk=listed).first()
    if row is None:
        messages.info(request, _taken_off())
        return _to_draft(request, checklist)
    try:
        action(listed=row, by=request.membership, at=clock.now(), **how)
    except ActionRefused as refused:
        messages.error(request, str(refused))
        return _to_draft(request, checklist)
    return _to_draft(request, checklist, line=back_to)


def _checklist(request: OrganizationRequest, pk: int) -> Checklist:
    return get_object_or_404(request.organization.checklists.select_related("organization"), pk=pk)


def _to_draft(request: OrganizationRequest, checklist: Checklist, *, line: str = "") -> HttpResponse:
    draft = reverse("checklists:draft-edit", args=[request.organization.slug, checklist.pk])
    return redirect(f"{draft}#{line}" if line else draft)


def _taken_off() -> str:
    return _("This question has been taken off the draft meanwhile.")


def _lines(request: OrganizationRequest, pk: int) -> QuerySet[ListedItem]:
    lines = ListedItem.objects.filter(version__checklist_id=pk, organization=request.organization)
    return lines.select_related("version__checklist", "revision", "item")


def _line(request: OrganizationRequest, pk: int, listed: int) -> ListedItem | None:
    """The line that was opened; once its draft is published, that of the same question in the draft begun since."""
    row = _lines(request, pk).filter(pk=listed).first()
    if row is None or row.version.status == Status.DRAFT:
        return row
    return _lines(request, pk).filter(item=row.item_id, version__status=Status.DRAFT).first() or row


def _words(row: ListedItem | None) -> dict[str, Any]:
    if row is None:
        return {}
    return {"section_title": row.section_title, "seen": digest_of([row]), **item_words(row.revision)}
