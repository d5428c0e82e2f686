"""The organization's settings: name, time zone, job roles, sign-off groups."""

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import actions
from accounts.decorators import require
from accounts.forms import JobRoleForm, OrganizationForm, RenameForm, RetentionForm, SignOffGroupForm
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
def settings_retention(request: OrganizationRequest) -> HttpResponse:
    """For how long whoever has left is kept."""
    here = request.organization
    years = {"keep_people_for_years": here.keep_people_for_years, "keep_signers_for_years": here.keep_signers_for_years}
    form = RetentionForm(request.POST or None, initial=years)
    if form.is_valid():
        try:
            actions.change_retention(organization=here, by=request.membership, at=clock.now(), **form.cleaned_data)
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return _saved(request)
    lead = _(
        "Afterwards their name, address, words and files are erased. That they answered or signed stays, without a name."
    )
    return _render_name(request, form, _("How long people are kept"), lead, _("Save"))


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
    return _render_name(
        request, form, _("Add a job role"), _("People can be placed in it, and checklists fitted to it."), _("Add")
    )


@require_http_methods(["GET", "POST"])
@require(Right.SETTINGS_EDIT)
def job_role_edit(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Rename a job role."""
    role = get_object_or_404(request.organization.job_roles.filter(archived_at=None), pk=pk)
    form = RenameForm(request.POST or None, initial={"name": role.name})
    if form.is_valid():
        try:
            actions.rename_job_role(job_role=role, by=request.membership, at=clock.now(), **form.cleaned_data)
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return _saved(request)
    lead = _("Whoever has it keeps it; only the name changes. What was signed or answered before keeps the old one.")
    return _render_name(request, form, _("Rename %(name)s") % {"name": role}, lead, _("Rename"))


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
    lead = _("From the day somebody belongs to it, it signs whatever is submitted, after the others.")
    return _render_name(request, form, _("Add a sign-off group"), lead, _("Add"))


@require_http_methods(["GET", "POST"])
@require(Right.SETTINGS_EDIT)
def sign_off_group_edit(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Rename a group that signs."""
    group = get_object_or_404(groups_with_people(request.organization), pk=pk)
    form = RenameForm(request.POST or None, initial={"name": group.name})
    if form.is_valid():
        try:
            actions.rename_sign_off_group(group=group, by=request.membership, at=clock.now(), **form.cleaned_data)
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return _saved(request)
    lead = _("Whoever belongs to it goes on signing. What was submitted before keeps the old name.")
    return _render_name(request, form, _("Rename %(name)s") % {"name": group}, lead, _("Rename"))


@require_http_methods(["GET", "POST"])
@require(Right.SETTINGS_EDIT)
def sign_off_group_archive(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Say what happens when a group is archived, then do it."""
    group = get_object_or_404(groups_with_people(request.organization), pk=pk)
    refused = ""
    if request.method == "POST":
        try:
            actions.archive_sign_off_group(group=group, by=request.membership, at=clock.now())
        except ActionRefused as refusal:
            refused = str(refusal)
        else:
            messages.success(request, _("%(group)s is archived.") % {"group": group})
            return redirect("accounts:settings-edit", organization=request.organization.slug)
    consequences = [
        _("Whatever is submitted from now on is no longer signed by %(group)s.") % {"group": group},
        _("What was submitted before keeps its name, and waits for those who were named then."),
        _("Whoever is invited to sign for it joins without it."),
    ]
    context = {"group": group, "consequences": consequences, "refused": refused}
    return render(request, "accounts/sign_off_group_archive.html", context)


def _render_name(request: OrganizationRequest, form: Form, title: str, lead: str, action: str) -> HttpResponse:
    context = {"form": form, "title": title, "lead": lead, "action_label": action}
    return render(request, "accounts/settings_name.html", context)


def _saved(request: OrganizationRequest) -> HttpResponse:
    messages.success(request, _("Saved."))
    return redirect("accounts:settings-edit", organization=request.organization.slug)
