"""Whoever has an address of an organization with a provider of its own is led there, before a code leaves or a password counts."""

from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse

from accounts.models import SingleSignOn
from accounts.next_page import page_to_go_back_to
from accounts.queries import sign_on_of

View = Callable[..., HttpResponseBase]
# In the session, for the page that offers the provider: the address that was typed.
TYPED = "accounts_address_typed"
# Of the form on that page: they know, and want a code all the same.
ANYWAY = "anyway"


def leads_to_provider(view: View, *, field: str, takes_anyway: bool = False) -> View:
    """The same view of django-allauth for everybody whose organization doesn't insist on its provider.

    :param field: of the form, with the address.
    :param takes_anyway: lead there too where the provider is one way of several, but nobody who says that they know: who
        belongs to another organization as well comes in there by a code. What this says of an address is the same for every one.
    """

    @wraps(view)
    def led(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        typed = request.POST.get(field, "") if request.method == "POST" else ""
        sign_on = sign_on_of(typed) if typed and "\0" not in typed else None  # no database takes it; the form says so
        passes = ANYWAY in request.POST if takes_anyway else not (sign_on and sign_on.is_only_way)
        if sign_on is None or passes:
            return view(request, *args, **kwargs)
        request.session[TYPED] = typed
        return to_provider(sign_on, back=page_to_go_back_to(request))

    return led


def to_provider(sign_on: SingleSignOn, *, back: str = "") -> HttpResponseRedirect:
    """To the page that offers the organization's provider.

    :param back: the page to go on to.
    """
    offer = reverse("accounts:single-sign-on-offer", args=[sign_on.organization.slug])
    return HttpResponseRedirect(f"{offer}?{urlencode({'next': back})}" if back else offer)
