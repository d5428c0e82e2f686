"""Policies of an organization's own: added, corrected, retired and brought back."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.decorators import require
from accounts.http import OrganizationRequest
from accounts.rights import Right
from catalog import actions
from catalog.forms import SourceForm
from catalog.models import PolicySource
from operations import clock
from operations.errors import ActionRefused


@require_http_methods(["GET", "HEAD", "POST"])
@require(Right.POLICY_EDIT)
def source_add(request: OrganizationRequest) -> HttpResponse:
    """Add a contract, a processing agreement, a policy of our own, a page that nobody else keeps."""
    form = SourceForm(request.POST if request.method == "POST" else None, by=request.membership)
    if form.is_valid():
        try:
            source = actions.add_policy_source(by=request.membership, at=clock.now(), **form.cleaned_data)
        except ActionRefused as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request, _("Added. Bring its text as it reads today: the next version is compared with it.")
            )
            return redirect("catalog:source-detail", request.organization.slug, source.pk)
    return render(request, "catalog/source_add.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@require(Right.POLICY_EDIT)
def source_edit(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Correct what a policy of our own is called, where it stands, how often it is fetched, who keeps it."""
    source = own_source(request, pk)
    form = SourceForm(request.POST if request.method == "POST" else None, by=request.membership, source=source)
    if form.is_valid():
        try:
            actions.edit_source(by=request.membership, source=source, at=clock.now(), **form.cleaned_data)
        except ActionRefused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("catalog:source-detail", request.organization.slug, pk)
    return render(request, "catalog/source_edit.html", {"source": source, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@require(Right.POLICY_EDIT)
def source_retire(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Take a policy of our own out of use, after saying what that means."""
    source = own_source(request, pk)
    if request.method == "POST":
        actions.retire_source(by=request.membership, source=source, at=clock.now())
        messages.success(request, _("Retired. You find it in the list of policies under “Retired”."))
        return redirect("catalog:source-detail", request.organization.slug, pk)
    return render(request, "catalog/source_retire.html", {"source": source})


@require_POST
@require(Right.POLICY_EDIT)
def source_restore(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Bring a retired policy of our own back."""
    source = own_source(request, pk)
    try:
        actions.restore_source(by=request.membership, source=source, at=clock.now())
    except ActionRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("It is back in use."))
    return redirect("catalog:source-detail", request.organization.slug, pk)


def own_source(request: OrganizationRequest, pk: int) -> PolicySource:
    return get_object_or_404(PolicySource, organization=request.organization, pk=pk)
