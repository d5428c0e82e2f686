"""Saying once more who one is: on a page of its own, and the parts that forms elsewhere need for it."""

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.decorators import CONFIRMED_AT
from accounts.forms import ConfirmIdentityForm
from accounts.http import PersonRequest
from accounts.next_page import page_to_go_back_to
from accounts.reauthentication import send_code
from operations import clock
from operations.errors import ActionRefused
from operations.late import loaded_late

challenge = loaded_late("accounts.passkeys.challenge")


@require_http_methods(["GET", "POST"])
def reauthenticate(request: PersonRequest) -> HttpResponse:
    """Confirm who one is before something about one's own account changes."""
    back = page_to_go_back_to(request) or resolve_url("accounts:security")
    form = ConfirmIdentityForm(request.POST if request.method == "POST" else None, request=request)
    if form.is_valid():
        request.session[CONFIRMED_AT] = clock.now().isoformat()
        return redirect(back)
    return render(request, "account/reauthenticate.html", {"form": form, "next": back})


@require_POST
def passkey_challenge(request: PersonRequest) -> JsonResponse:
    """What the browser is to sign for the form on the page ``for`` names."""
    path = request.POST.get("for", "").partition("?")[0]
    return JsonResponse(challenge(request, path=path, at=clock.now()))


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
