"""Asking a checklist of people picked by name."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.decorators import require
from accounts.http import OrganizationRequest
from accounts.models import Membership
from accounts.queries import asked_memberships, people_searched
from accounts.rights import Right
from checklists import actions
from checklists.forms import AskPeopleForm
from checklists.models import Checklist, ChecklistVersion
from operations import clock
from operations.errors import ActionRefused
from operations.paging import number

FOUND = 20


@require_http_methods(["GET", "HEAD", "POST"])
@require(Right.CHECKLIST_ASSIGN)
def person_ask(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Of one person: which checklist, until when, and why."""
    person = get_object_or_404(asked_memberships(request.organization).select_related("user"), pk=pk)
    lists = request.organization.checklists.filter(
        kind=Checklist.Kind.PERSONAL, archived_at=None, versions__status=ChecklistVersion.Status.PUBLISHED
    )
    today = clock.today(request.organization.timezone)
    form = AskPeopleForm(request.POST or None, lists=lists.order_by("name"), today=today)
    if form.is_valid() and _ask(request, form, form.cleaned_data["checklist"], [person]):
        return redirect("accounts:person-detail", request.organization.slug, person.pk)
    return render(request, "checklists/person_ask.html", {"person": person, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@require(Right.CHECKLIST_ASSIGN)
def people_ask(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Of people found by name, as many as are ticked; whoever was ticked stays so while more are looked for."""
    checklist = get_object_or_404(request.organization.checklists, pk=pk, kind=Checklist.Kind.PERSONAL)
    if request.method != "POST" and checklist.archived_at:
        return redirect(checklist)
    picked = _picked(request)
    today = clock.today(request.organization.timezone)
    is_search = "search" in request.POST
    form = AskPeopleForm(
        None if is_search else request.POST or None, lists=None, today=today, initial=request.POST.dict()
    )
    if form.is_valid():
        if not picked:
            form.add_error("find", _("Find and tick at least one person."))
        elif _ask(request, form, checklist, list(picked)):
            return redirect(checklist)
    searched = request.POST.get("find", "").strip()[:100]
    people = asked_memberships(request.organization).select_related("user").exclude(pk__in=[one.pk for one in picked])
    found = people_searched(people, search=searched).order_by("user__name", "pk")[:FOUND] if searched else ()
    context = {"checklist": checklist, "form": form, "picked": picked, "found": found, "searched": searched}
    return render(request, "checklists/people_ask.html", context)


def _picked(request: OrganizationRequest) -> QuerySet[Membership]:
    ids = [pk for named in request.POST.getlist("people") if (pk := number(named)) is not None]
    return (
        asked_memberships(request.organization).filter(pk__in=ids).select_related("user").order_by("user__name", "pk")
    )


def _ask(request: OrganizationRequest, form: AskPeopleForm, checklist: Checklist, people: list[Membership]) -> bool:
    words = {name: form.cleaned_data[name] for name in ("reason", "due_days", "due_on")}
    try:
        rules = actions.ask_people(checklist=checklist, people=people, by=request.membership, at=clock.now(), **words)
    except ActionRefused as refused:
        form.add_error(None, str(refused))
        return False
    asked = ngettext("Asked of %(count)d person.", "Asked of %(count)d people.", len(rules)) % {"count": len(rules)}
    messages.success(request, asked)
    return True
