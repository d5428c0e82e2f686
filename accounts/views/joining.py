"""The page behind an invitation's link. Opening it changes nothing; its button does."""

from typing import cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import actions
from accounts.entering import enter
from accounts.forms import AcceptForm
from accounts.http import PersonRequest
from accounts.models import Invitation
from accounts.queries import account_exists, has_joined_by, invitation_by_token, must_prove_address, sign_on_of
from operations import clock
from operations.errors import ActionRefused


@never_cache
@require_http_methods(["GET", "POST"])
def invitation_accept(request: HttpRequest, token: str) -> HttpResponse:
    """Join: as oneself, or, for somebody new, with a name and where it is needed a password."""
    found = invitation_by_token(token)
    if found is None:
        return _unusable(request, _("This link is not whole: copy all of it, or ask for a new invitation."), status=404)
    invitation, number = found
    if has_joined_by(invitation, request.user):
        return redirect(invitation.organization)
    try:
        actions.refuse_unusable(invitation, round=number, at=clock.now())
    except ActionRefused as refusal:
        return _unusable(request, str(refusal), status=410)
    stands_in_the_way = _stands_in_the_way(request, invitation)
    if stands_in_the_way:
        return render(request, "accounts/invitation_accept.html", {"invitation": invitation, **stands_in_the_way})
    form = _form(request, invitation)
    if request.method == "POST" and form.is_valid():
        try:
            return _join(request, invitation, number, form)
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
    return render(request, "accounts/invitation_accept.html", {"invitation": invitation, "form": form})


def _form(request: HttpRequest, invitation: Invitation) -> AcceptForm:
    data = request.POST if request.method == "POST" else None
    if not request.user.is_authenticated:
        return AcceptForm(data, invitation=invitation, is_new=True)
    proves = cast(PersonRequest, request) if must_prove_address(request.user) else None
    return AcceptForm(data, invitation=invitation, is_new=False, proves_by_code=proves)


def _join(request: HttpRequest, invitation: Invitation, number: int, form: AcceptForm) -> HttpResponse:
    user = request.user if request.user.is_authenticated else None
    at = clock.now()
    membership = actions.accept(invitation=invitation, round=number, user=user, at=at, **form.cleaned_data)
    if user is None:
        enter(request, membership.user, means="invitation", at=at)
    return redirect(membership.organization)


def _stands_in_the_way(request: HttpRequest, invitation: Invitation) -> dict[str, object]:
    """Somebody with an account signs in first: a link must not open an account that exists."""
    if request.user.is_authenticated:
        return {"signed_in_as": request.user.email} if request.user.email != invitation.email else {}
    provider = sign_on_of(invitation.email)
    if provider is not None and provider.is_only_way and provider.organization_id == invitation.organization_id:
        return {"provider_url": reverse("accounts:single-sign-on-offer", args=[provider.organization.slug])}
    if not account_exists(invitation.email):
        return {}
    door = reverse("account_login")
    return {"sign_in_url": f"{door}?{urlencode({'next': request.path})}"}


def _unusable(request: HttpRequest, because: str, *, status: int) -> HttpResponse:
    return render(request, "accounts/invitation_unusable.html", {"because": because}, status=status)
