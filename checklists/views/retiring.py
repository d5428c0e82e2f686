"""Archiving a checklist, taking it up again, giving up a draft: each after saying what it does."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.decorators import require
from accounts.http import OrganizationRequest
from accounts.rights import Right
from checklists import actions, queries
from checklists.forms import SeenForm
from checklists.models import Checklist, ChecklistVersion
from checklists.queries.revisions import changed_items, digest_of, listed_anew
from checklists.queries.way import may_be_discarded
from operations import clock
from operations.errors import ActionRefused


@require_http_methods(["GET", "HEAD", "POST"])
@require(Right.CHECKLIST_EDIT)
def checklist_archive(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Retire a checklist, after saying whom it touches."""
    checklist = get_object_or_404(request.organization.checklists, pk=pk)
    if request.method != "POST" and checklist.archived_at:
        return redirect(checklist)
    today = clock.today(request.organization.timezone)
    if request.method == "POST":
        try:
            actions.archive(checklist=checklist, by=request.membership, at=clock.now())
        except ActionRefused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("Archived."))
        return redirect("checklists:checklist-list", organization=request.organization.slug)
    counts = queries.readiness(request.organization, on=today).get((f"checklist:{checklist.pk}", 0))
    total = counts.total if counts else 0
    if checklist.kind == Checklist.Kind.SHARED:
        people = _("Its questions are answered once; nobody is asked them any more.")
    else:
        words = ngettext("%(count)d person has it on their list.", "%(count)d people have it on their list.", total)
        people = words % {"count": total}
    return render(request, "checklists/checklist_archive.html", {"checklist": checklist, "people": people})


@require_http_methods(["GET", "HEAD", "POST"])
@require(Right.CHECKLIST_EDIT)
def checklist_restore(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Take an archived checklist up again, after saying whom its rules ask once it is published."""
    checklist = get_object_or_404(request.organization.checklists, pk=pk)
    if request.method == "POST":
        try:
            actions.take_up_again(checklist=checklist, by=request.membership, at=clock.now())
        except ActionRefused as refused:
            messages.info(request, str(refused))
        else:
            messages.success(
                request, _("Taken up again, as a draft. Read it, then publish it: nobody is asked before.")
            )
        return redirect("checklists:draft-edit", organization=request.organization.slug, pk=pk)
    if checklist.archived_at is None:
        return redirect(checklist)
    rules = checklist.rules.open().filter(team__archived_at=None, job_role__archived_at=None)
    rules = rules.select_related("team", "job_role", "route", "membership__user", "reason", "started_by")
    draft = checklist.versions.filter(status=ChecklistVersion.Status.DRAFT).first()
    context = {"checklist": checklist, "rules": rules, "draft": draft}
    return render(request, "checklists/checklist_restore.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Right.CHECKLIST_EDIT)
def draft_discard(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Give up a draft, after saying what is lost with it."""
    checklist = get_object_or_404(request.organization.checklists, pk=pk)
    draft = checklist.versions.filter(status=ChecklistVersion.Status.DRAFT).first()
    if draft is None:
        messages.info(request, _("There is no draft of this checklist any more."))
        return redirect(checklist)
    form = SeenForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            actions.discard_draft(version=draft, by=request.membership, at=clock.now(), **form.cleaned_data)
        except ActionRefused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("The draft is discarded. What is published stays as it is."))
            return redirect(checklist)
    if not may_be_discarded(draft):
        return redirect("checklists:checklist-archive", organization=request.organization.slug, pk=pk)
    return render(request, "checklists/draft_discard.html", {"checklist": checklist, **_lost_with(draft)})


def _lost_with(draft: ChecklistVersion) -> dict[str, Any]:
    added, removed = listed_anew(draft)
    seen = digest_of(draft.listed_items.select_related("revision"))
    lost = {"added": added, "removed": removed, "changed": changed_items(draft)}
    return {"draft": draft, "form": SeenForm(initial={"seen": seen}), **lost}
