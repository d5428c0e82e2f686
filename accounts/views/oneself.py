"""The person's own name and time zone."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import actions
from accounts.forms import ProfileForm
from accounts.http import PersonRequest
from accounts.models import Organization
from accounts.queries import organization_ids_of
from operations import clock
from operations.errors import ActionRefused


@require_http_methods(["GET", "POST"])
def profile(request: PersonRequest) -> HttpResponse:
    """Correct one's own name and time zone."""
    user = request.user
    form = ProfileForm(request.POST or None, initial={"name": user.name, "timezone": user.timezone})
    if form.is_valid():
        try:
            actions.change_profile(user=user, at=clock.now(), **form.cleaned_data)
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect("accounts:profile")
    organizations = Organization.objects.filter(pk__in=organization_ids_of(user))
    return render(request, "accounts/profile.html", {"form": form, "belongs_to": organizations})
