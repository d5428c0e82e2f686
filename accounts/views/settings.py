"""The organization's settings: name, time zone, job roles, sign-off groups."""

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import actions
from accounts.decorators import require
from accounts.forms import JobRoleForm, OrganizationForm, SignOffGroupForm
from accounts.http import OrganizationRequest
from accounts.queries import groups_with_people
from accounts.rights import Right
from operations import clock
from operations.errors import ActionRefused


@require_http_methods(["GET", "POST"])
@require(Right.SETTINGS_EDIT)
def settings_edit(request: OrganizationRequest) -> HttpResponse:
    """Name and time zone; and what the organization is made of."""
    here = request.organization
    form = OrganizationForm(request.POST or None, initial={"name": here.name, "timezone": here.timezone})
    if form.is_valid():
        try:
            actions.change_organization(organization=here, by=request.membership, at=clock.now(), **form.cleaned_data)
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return _saved(request)
    context = {
        "form": form,
        "job_roles": here.job_roles.filter(archived_at__isnull=True),
        "groups": groups_with_people(here),
    }
    return render(request, "accounts/settings_edit.html", context)


@require_http_methods(["GET", "POST"])
@require(Right.SETTINGS_EDIT)
def job_role_add(request: OrganizationRequest) -> HttpResponse:
    """A job role of the organization's own."""
    form = JobRoleForm(request.POST or None)
    if form.is_valid():
        try:
            actions.add_job_role(name=form.cleaned_data["name"], by=request.membership, at=clock.now())
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return _saved(request)
    return _render_addition(
        request, form, _("Add a job role"), _("People can be placed in it, and checklists fitted to it.")
    )


@require_http_methods(["GET", "POST"])
@require(Right.SETTINGS_EDIT)
def sign_off_group_add(request: OrganizationRequest) -> HttpResponse:
    """A further group that signs."""
    form = SignOffGroupForm(request.POST or None)
    if form.is_valid():
        try:
            actions.add_sign_off_group(name=form.cleaned_data["name"], by=request.membership, at=clock.now())
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return _saved(request)
    return _render_addition(
        request,
        form,
        _("Add a sign-off group"),
        _("From the day somebody belongs to it, it signs whatever is submitted, after the others."),
    )


def _render_addition(request: OrganizationRequest, form: Form, title: str, lead: str) -> HttpResponse:
    return render(request, "accounts/settings_add.html", {"form": form, "title": title, "lead": lead})


def _saved(request: OrganizationRequest) -> HttpResponse:
    messages.success(request, _("Saved."))
    return redirect("accounts:settings-edit", organization=request.organization.slug)
