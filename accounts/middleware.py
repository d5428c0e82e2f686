"""Nobody passes unasked: every page is private, and an organization's pages are its members' alone."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from accounts.public_views import PUBLIC_VIEWS
from accounts.queries import (
    Standing,
    has_second_factor,
    standing_of,
    with_factors,
    with_rounds,
    with_standing,
)
from accounts.rights import needs_password, needs_second_factor
from accounts.vouched import is_vouched


class PrivateByDefaultMiddleware(LoginRequiredMiddleware):
    """Sends whoever is not signed in to the door; the list of public views decides otherwise, no decorator does."""

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase], view_args: tuple, view_kwargs: dict
    ) -> HttpResponseBase | None:
        if request.user.is_authenticated or _name_of(request) in PUBLIC_VIEWS:
            return None
        return self.handle_no_permission(request, view_func)


class OrganizationMiddleware:
    """Sets ``request.organization``, ``request.membership`` and ``request.rights`` for ``/o/<organization>/…``.

    Outsiders get 404. Where the organization's provider is the only way in, whoever came otherwise is sent there. Whoever needs a
    second factor or a password and has none is asked for that first.

    Times are shown in the person's time zone, else the organization's.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        request.organization = request.membership = request.standing = None
        request.rights = frozenset()
        timezone.deactivate()
        try:
            return self.get_response(request)
        finally:
            timezone.deactivate()

    def process_view(
        self, request: Any, view_func: Callable[..., HttpResponse], view_args: tuple, view_kwargs: dict
    ) -> HttpResponse | None:
        slug = view_kwargs.pop("organization", None)
        if slug is None or not request.user.is_authenticated:
            return None
        membership: Any = (
            with_rounds(with_factors(with_standing(Membership.objects.select_related("organization"))))
            .filter(organization__slug=slug, user=request.user, organization__locked_at__isnull=True)
            .first()
        )
        standing = standing_of(membership) if membership else None
        if membership is None or standing is None or standing.level is None:
            raise Http404
        demanded = membership.round_demanded
        if demanded is not None and not is_vouched(request, membership.organization_id, round=demanded):
            return _leave_for("accounts:single-sign-on-offer", request, slug)
        if first := _must_do_first(request, membership, standing):
            return _leave_for(first, request)
        membership.user = request.user
        request.organization = membership.organization
        request.membership = membership
        request.standing = standing
        request.rights = standing.rights
        timezone.activate(ZoneInfo(request.user.timezone or membership.organization.timezone))
        return None


def _must_do_first(request: Any, membership: Any, standing: Standing) -> str:
    """The page on which somebody gives themselves what they need before anything here opens; empty: nothing.

    Whoever has a second factor, or came by a provider whose word counts for one, confirms with what they have, and needs no password.
    """
    request.factors = frozenset(membership.factor_types)
    here, is_signer, trusted = membership.organization, bool(standing.groups), membership.round_trusted
    if has_second_factor(request) or (trusted is not None and is_vouched(request, here.pk, round=trusted)):
        return ""
    if needs_second_factor(here.second_factor, level=standing.level, is_signer=is_signer):
        return "accounts:second-factor-needed"
    must_prove = needs_password(level=standing.level, is_signer=is_signer, is_solo=here.is_solo)
    return "account_set_password" if must_prove and not request.user.has_usable_password() else ""


def _leave_for(name: str, request: HttpRequest, *args: str) -> HttpResponseRedirect:
    """To the page that has to come first, which leads back here."""
    query = urlencode({"next": request.get_full_path() if request.method == "GET" else reverse("home:start")})
    return HttpResponseRedirect(f"{reverse(name, args=args)}?{query}")


def _name_of(request: HttpRequest) -> str:
    """The view's name; middleware runs after the address was resolved."""
    return request.resolver_match.view_name if request.resolver_match else ""
