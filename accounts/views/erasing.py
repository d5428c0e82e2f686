"""Erasing whoever has left: what goes, what stays, and putting it off."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import actions
from accounts.actions.erasing import label_of
from accounts.decorators import require
from accounts.forms.erasing import EraseForm, KeepForm
from accounts.http import OrganizationRequest
from accounts.models import Membership
from accounts.queries import people_reached
from accounts.queries.recorded import has_left, recorded
from accounts.rights import Right
from operations import clock
from operations.errors import ActionRefused


@require_http_methods(["GET", "POST"])
@require(Right.PERSON_ERASE)
def person_erase(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Say what goes and what stays, then erase."""
    person = _person(request, pk)
    form = EraseForm(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid():
        try:
            actions.erase_person(membership=person, by=request.membership, at=clock.now())
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            person.user.refresh_from_db()
            messages.success(request, _("Erased. What they did stands here without their name from now on."))
            return _to(request, person)
    gone = has_left(person)
    context = {
        "person": person,
        "form": form,
        "label": label_of(person.user),
        "rows": [one for one in recorded(person) if one.count],
        "elsewhere": person.user.memberships.exclude(pk=person.pk).filter(erased_at=None).exists(),
        "left_at": gone[0] if gone else None,
    }
    return render(request, "accounts/person_erase.html", context)


@require_http_methods(["GET", "POST"])
@require(Right.PERSON_ERASE)
def person_keep(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Put off erasing somebody, and why."""
    person = _person(request, pk)
    form = KeepForm(request.POST or None)
    if form.is_valid():
        try:
            actions.keep_person(membership=person, by=request.membership, at=clock.now(), **form.cleaned_data)
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("They are kept until an owner ends that."))
            return _to(request, person)
    return render(request, "accounts/person_keep.html", {"person": person, "form": form})


@require_POST
@require(Right.PERSON_ERASE)
def person_let_go(request: OrganizationRequest, pk: int) -> HttpResponse:
    """End putting it off."""
    person = _person(request, pk)
    try:
        actions.let_person_go(membership=person, by=request.membership, at=clock.now())
    except ActionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("They are erased when their time has come."))
    return _to(request, person)


def _person(request: OrganizationRequest, pk: int) -> Any:
    people = people_reached(request.membership, request.standing).select_related("user", "held_by", "held_because")
    return get_object_or_404(people, pk=pk)


def _to(request: OrganizationRequest, person: Membership) -> HttpResponse:
    return redirect("accounts:person-detail", organization=request.organization.slug, pk=person.pk)
