"""Whether an organization requires a second factor, and helping one of its people who lost theirs."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import actions
from accounts.decorators import require
from accounts.forms import ConfirmIdentityForm, SecondFactorForm
from accounts.http import OrganizationRequest
from accounts.queries import active_memberships, has_second_factor, is_in_one_organization, lacking_factors
from accounts.rights import Right
from operations import clock
from operations.errors import ActionRefused


@require_http_methods(["GET", "POST"])
@require(Right.SETTINGS_EDIT)
def settings_second_factor(request: OrganizationRequest) -> HttpResponse:
    """Say of whom it is required, seeing how many have none."""
    here = request.organization
    if here.is_solo:
        raise Http404
    form = SecondFactorForm(request.POST or None, request=request, initial={"of_whom": here.second_factor})
    if form.is_valid():
        try:
            actions.require_second_factor(by=request.membership, at=clock.now(), **form.cleaned_data)
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect("accounts:settings-edit", organization=here.slug)
    context = {"form": form, "lacking": lacking_factors(here), "has_one": has_second_factor(request)}
    return render(request, "accounts/settings_second_factor.html", context)


@require_http_methods(["GET", "POST"])
@require(Right.ACCESS_GRANT)
def person_factors_reset(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Take the second factors off somebody who lost theirs; only of people who belong to no other organization."""
    person = get_object_or_404(active_memberships(request.organization).select_related("user"), pk=pk)
    form = ConfirmIdentityForm(request.POST if request.method == "POST" else None, request=request)
    if form.is_valid():
        try:
            actions.reset_factors_of(person=person, by=request.membership, at=clock.now())
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("%(person)s signs in without a second step now.") % {"person": person.user})
            return redirect("accounts:person-detail", organization=request.organization.slug, pk=pk)
    context = {"person": person, "form": form, "is_only_here": is_in_one_organization(person.user)}
    return render(request, "accounts/person_factors_reset.html", context)
