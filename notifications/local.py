"""Who may read the local outbox without signing in: whoever sits at a fresh local installation."""

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest


def is_outbox_open_to(request: HttpRequest) -> bool:
    """Switched on, and asked from this very machine with nothing in between that could carry it further."""
    if not settings.LOCAL_OUTBOX or "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
