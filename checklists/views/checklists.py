"""The publisher's pages: what is asked, in which words, of whom."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.decorators import require
from accounts.http import OrganizationRequest
from accounts.queries import with_keepers
from accounts.rights import Right
from checklists import actions, queries
from checklists.forms import AssignForm, DetailsForm, NewChecklistForm, PublishForm
from checklists.models import Checklist, ChecklistVersion
from checklists.queries.revisions import digest_to_publish, lines_shown, listed_anew
from checklists.queries.uploads import held_back
from checklists.queries.way import people_reached, way_of
from checklists.starters import shipped
from checklists.views.next_step import (
    after_assigning,
    after_beginning,
    after_copying,
    after_publishing,
    asked_no_longer,
    no_draft_left,
)
from operations import clock
from operations.errors import ActionRefused


@require_safe
@require(Right.CHECKLIST_VIEW)
def checklist_list(request: OrganizationRequest) -> HttpResponse:
    """All checklists with how far people are."""
    at = clock.now()
    today = clock.day_of(at, request.organization.timezone)
    counts = queries.readiness(request.organization, on=today)
    once = _counted_once(request, at, today)
    checklists = request.organization.checklists.filter(archived_at=None)
    rows = [
        {
            "checklist": checklist,
            "published": _version(checklist, ChecklistVersion.Status.PUBLISHED),
            "draft": _version(checklist, ChecklistVersion.Status.DRAFT),
            "counts": counts.get((f"checklist:{checklist.pk}", 0)),
            "once": once.get(checklist.pk),
        }
        for checklist in with_keepers(checklists).prefetch_related("versions")
    ]
    context = {
        "rows": rows,
        "unsettled_since": queries.unsettled_since(request.organization),
        "can_edit": Right.CHECKLIST_EDIT in request.rights,
        "held_back": held_back(request.organization).count() if Right.CHECKLIST_EDIT in request.rights else 0,
    }
    return render(request, "checklists/checklist_list.html", context)


@require_safe
@require(Right.CHECKLIST_VIEW)
def checklist_detail(request: OrganizationRequest, pk: int) -> HttpResponse:
    """One checklist: what it asks, whom, and how far they are."""
    checklist = get_object_or_404(with_keepers(request.organization.checklists), pk=pk)
    versions = list(checklist.versions.order_by("-number").select_related("published_by"))
    shown = next(
        (one for one in versions if one.status == ChecklistVersion.Status.PUBLISHED),
        next((one for one in versions if one.status != ChecklistVersion.Status.DISCARDED), None),
    )
    may_edit = Right.CHECKLIST_EDIT in request.rights and checklist.archived_at is None
    rules = list(
        checklist.rules.open().select_related("team", "job_role", "route", "membership__user", "reason", "started_by")[
            :200
        ]
    )
    today = clock.today(request.organization.timezone)
    return render(
        request,
        "checklists/checklist_detail.html",
        {
            "checklist": checklist,
            "versions": versions,
            "version": shown,
            "draft": next((one for one in versions if one.status == ChecklistVersion.Status.DRAFT), None),
            "items": lines_shown(shown) if shown else [],
            "rules": rules,
            "counts": queries.readiness(request.organization, on=today).get((f"checklist:{checklist.pk}", 0)),
            "may_edit": may_edit,
            "may_restore": Right.CHECKLIST_EDIT in request.rights and checklist.archived_at is not None,
            "way": way_of(checklist, has_rule=bool(rules)) if may_edit else [],
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@require(Right.CHECKLIST_EDIT)
def starter_list(request: OrganizationRequest) -> HttpResponse:
    """What ships, to copy; a copy may be published and assigned at once as it ships."""
    if request.method == "POST":
        at, key = clock.now(), request.POST.get("starter", "")
        try:
            if not request.POST.get("publish"):
                return after_copying(request, actions.copy_starter(key=key, by=request.membership, at=at))
            adopted = actions.adopt_as_shipped(key=key, by=request.membership, at=at)
        except ActionRefused as refused:
            messages.error(request, str(refused))
            copy = request.organization.checklists.filter(key=key).first() if key in shipped().checklists else None
            return redirect(copy or reverse("checklists:starter-list", args=[request.organization.slug]))
        return after_publishing(request, adopted, at=at)
    copies = {one.key: one for one in request.organization.checklists.select_related("organization")}
    starters = [
        {"starter": starter, "items": [shipped().items[key] for key in starter.items], "copy": copies.get(starter.key)}
        for starter in shipped().checklists.values()
    ]
    return render(request, "checklists/starter_list.html", {"starters": starters})


@require_http_methods(["GET", "HEAD", "POST"])
@require(Right.CHECKLIST_EDIT)
def checklist_add(request: OrganizationRequest) -> HttpResponse:
    """A checklist of one's own."""
    new = Checklist(organization=request.organization, keeper=request.membership)
    form = NewChecklistForm(request.POST or None, instance=new)
    if form.is_valid():
        try:
            made = actions.begin_checklist(by=request.membership, at=clock.now(), **form.cleaned_data)
        except ActionRefused as refused:
            form.add_error(None, str(refused))
        else:
            return after_beginning(request, made)
    return render(request, "checklists/checklist_add.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@require(Right.CHECKLIST_EDIT)
def checklist_edit(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Name, purpose, keeper, minutes and interval."""
    checklist = get_object_or_404(request.organization.checklists, pk=pk)
    if request.method != "POST" and checklist.archived_at:
        return redirect(checklist)
    form = DetailsForm(request.POST or None, instance=checklist)
    if form.is_valid():
        try:
            actions.save_details(checklist=checklist, by=request.membership, at=clock.now(), **form.cleaned_data)
        except ActionRefused as refused:
            form.add_error(None, str(refused))
        else:
            return redirect(checklist)
    return render(request, "checklists/checklist_edit.html", {"checklist": checklist, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@require(Right.CHECKLIST_EDIT)
def checklist_publish(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Before publishing: each changed item, editorial or material, and how many people would be asked again."""
    checklist = get_object_or_404(request.organization.checklists, pk=pk)
    draft = checklist.versions.filter(status=ChecklistVersion.Status.DRAFT).select_related("checklist").first()
    if draft is None or checklist.archived_at:
        return no_draft_left(request, checklist)
    seen = digest_to_publish(draft)
    changed = queries.what_changes(draft, at=clock.now())
    data = request.POST if request.method == "POST" else None
    today = clock.today(request.organization.timezone)
    form = PublishForm(data, initial={"seen": seen}, changed=changed, today=today)
    if form.is_valid():
        at = clock.now()
        try:
            actions.publish(version=draft, by=request.membership, at=at, **form.judged())
        except ActionRefused as refused:
            form.add_error(None, str(refused))
            form.carry(seen)
            draft.refresh_from_db(fields=["status"])
            if draft.status != ChecklistVersion.Status.DRAFT:
                return no_draft_left(request, checklist)
        else:
            return after_publishing(request, draft.checklist, at=at)
    context = {"checklist": checklist, "form": form, **_whom_it_reaches(draft)}
    return render(request, "checklists/checklist_publish.html", context)


def _whom_it_reaches(draft: ChecklistVersion) -> dict[str, Any]:
    """What a draft asks anew and no longer, and of how many."""
    way = way_of(draft.checklist)
    added, removed = ([], []) if way else listed_anew(draft)
    is_personal = draft.checklist.kind == Checklist.Kind.PERSONAL
    return {
        "way": way,
        "added": added,
        "removed": removed,
        "reached": people_reached(draft.checklist, at=clock.now()) if added and is_personal else None,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@require(Right.CHECKLIST_ASSIGN)
def checklist_assign(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Who has to answer it."""
    checklist = get_object_or_404(request.organization.checklists, pk=pk)
    if request.method != "POST" and checklist.archived_at:
        return redirect(checklist)
    form = AssignForm(request.POST or None, organization=request.organization, checklist=checklist)
    if form.is_valid():
        at = clock.now()
        try:
            actions.assign(checklist=checklist, by=request.membership, at=at, **form.cleaned_data)
        except ActionRefused as refused:
            form.add_error(None, str(refused))
        else:
            return after_assigning(request, checklist, at=at)
    context = {"checklist": checklist, "form": form, "way": way_of(checklist)}
    return render(request, "checklists/checklist_assign.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Right.CHECKLIST_ASSIGN)
def rule_end(request: OrganizationRequest, pk: int, rule: int) -> HttpResponse:
    """Stop asking by one rule, after saying whom it touches."""
    checklist = get_object_or_404(request.organization.checklists, pk=pk)
    row = get_object_or_404(
        checklist.rules.select_related("team", "job_role", "route", "membership__user", "reason", "started_by"), pk=rule
    )
    if request.method == "POST":
        try:
            actions.end_rule(rule=row, by=request.membership, at=clock.now())
        except ActionRefused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("They are asked no longer. What was answered stays."))
        return redirect(checklist)
    context = {"checklist": checklist, "rule": row, "people": asked_no_longer(row, at=clock.now())}
    return render(request, "checklists/rule_end.html", context)


def _counted_once(request: OrganizationRequest, at: dt.datetime, today: dt.date) -> dict[int, dict[str, Any]]:
    """For each shared checklist, how many of its questions are answered, how many are late, and since when."""
    counted: dict[int, dict[str, Any]] = {}
    for one in queries.shared_questions(request.organization, at=at):
        row = counted.setdefault(one.checklist_id, {"done": 0, "total": 0, "overdue": 0, "since": None})
        row["total"] += 1
        row["done"] += not one.reason
        if one.is_overdue(today):
            row["overdue"] += 1
            row["since"] = min(day for day in (row["since"], one.due_on) if day)
    return counted


def _version(checklist: Checklist, status: str) -> ChecklistVersion | None:
    return next((version for version in checklist.versions.all() if version.status == status), None)
