"""Resolves the organization of a page and the person's membership in it; outsiders get 404."""

from collections.abc import Callable
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from accounts.queries import standing_of, with_standing
from accounts.rights import needs_password


class OrganizationMiddleware:
    """Sets ``request.organization``, ``request.membership`` and ``request.rights`` for ``/o/<organization>/…``.

    Times are shown in the person's time zone, else the organization's.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.organization = request.membership = request.standing = None
        request.rights = frozenset()
        timezone.deactivate()
        try:
            return self.get_response(request)
        finally:
            timezone.deactivate()

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., HttpResponse], view_args: tuple, view_kwargs: dict
    ) -> HttpResponse | None:
        slug = view_kwargs.pop("organization", None)
        if slug is None or not request.user.is_authenticated:
            return None
        membership = (
            with_standing(Membership.objects.select_related("organization"))
            .filter(organization__slug=slug, user=request.user, organization__locked_at__isnull=True)
            .first()
        )
        standing = standing_of(membership) if membership else None
        if standing is None or standing.level is None:
            raise Http404
        must_prove = needs_password(level=standing.level, is_signer=bool(standing.groups))
        if must_prove and not request.user.has_usable_password():
            query = urlencode({"next": request.get_full_path() if request.method == "GET" else "/"})
            return HttpResponseRedirect(f"{reverse('account_set_password')}?{query}")
        membership.user = request.user
        request.organization = membership.organization
        request.membership = membership
        request.standing = standing
        request.rights = standing.rights
        timezone.activate(ZoneInfo(request.user.timezone or membership.organization.timezone))
        return None
