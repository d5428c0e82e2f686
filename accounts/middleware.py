"""Resolves the organization of a page and the person's membership in it; outsiders get 404."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse

from accounts.models import Membership
from accounts.queries import standing_of, with_standing


class OrganizationMiddleware:
    """Sets ``request.organization``, ``request.membership`` and ``request.rights`` for ``/o/<organization>/…``."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.organization = request.membership = request.standing = None
        request.rights = frozenset()
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., HttpResponse], view_args: tuple, view_kwargs: dict
    ) -> None:
        slug = view_kwargs.pop("organization", None)
        if slug is None or not request.user.is_authenticated:
            return
        membership = (
            with_standing(Membership.objects.select_related("organization"))
            .filter(organization__slug=slug, user=request.user, organization__locked_at__isnull=True)
            .first()
        )
        standing = standing_of(membership) if membership else None
        if standing is None or standing.level is None:
            raise Http404
        request.organization = membership.organization
        request.membership = membership
        request.standing = standing
        request.rights = standing.rights
