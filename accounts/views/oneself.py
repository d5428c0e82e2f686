"""The person's own name and time zone, and the code that confirms who they are."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import actions
from accounts.forms import ProfileForm
from accounts.http import PersonRequest
from accounts.models import Organization
from accounts.next_page import page_to_go_back_to
from accounts.queries import organization_ids_of
from accounts.reauthentication import send_code
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


@require_POST
def identity_code_send(request: PersonRequest) -> HttpResponse:
    """Send a code to the person's own address, then go back to the form that asks for it."""
    try:
        send_code(request, at=clock.now())
    except ActionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("A code is on its way to %(email)s.") % {"email": request.user.email})
    return redirect(page_to_go_back_to(request) or resolve_url("home:start"))
