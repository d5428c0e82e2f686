"""What happens around every request: it asked for the right name, and it leaves one line in the log."""

from collections.abc import Awaitable, Callable

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port
from django.template.loader import render_to_string
from django_structlog.middlewares import RequestMiddleware

from operations.log_paths import without_keys

FOR_MACHINES = ("/healthz", "/readyz", "/metrics")  # probes ask by address, not by name


class PublicNameMiddleware:
    """A request on another name than PUBLIC_URL's gets a page that says which value to set; it names no other host."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info in FOR_MACHINES:
            request.META["HTTP_HOST"] = settings.PUBLIC.host
        try:
            request.get_host()
        except DisallowedHost:
            if request.path.startswith(settings.STATIC_URL):
                request.META["HTTP_HOST"] = settings.PUBLIC.host  # the page's own style sheets
                return self.get_response(request)
            # Without the request: no context processor may ask the database on behalf of a stranger.
            return HttpResponse(
                render_to_string("operations/wrong_name.html", {"value": _asked_for(request)}), status=421
            )
        return self.get_response(request)


class LogLineMiddleware(RequestMiddleware):
    """django-structlog's line without what people typed into addresses and without keys; none for a probe."""

    def __call__(self, request: HttpRequest) -> HttpResponse | Awaitable[HttpResponse]:
        return self.get_response(request) if request.path_info in FOR_MACHINES else super().__call__(request)

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        return f"{request.method} {without_keys(request.path)}"


def _asked_for(request: HttpRequest) -> str:
    """The address that was asked for, as a value for PUBLIC_URL; empty where the name is none."""
    name = request.META.get("HTTP_HOST", "")
    domain, _port = split_domain_port(name)
    return f"{request.scheme}://{name.lower()}{settings.PUBLIC.path}" if domain else ""
