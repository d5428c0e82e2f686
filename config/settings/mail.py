"""How mail leaves the house, read from one address."""

import re
from importlib.util import find_spec
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

# Each step of one conversation may take this long; all of them together stay below half of a sender's lease.
TIMEOUT_SECONDS = 15
PROVIDER = "anymail+"


def mail_transport(env: environ.Env) -> dict[str, Any]:
    """The backend and its options for ``EMAIL_URL``; empty when no mail is set up."""
    url = env("EMAIL_URL", default="")
    if not url:
        return {}
    if url.startswith(PROVIDER):
        return _provider(url)
    parts = env.email_url("EMAIL_URL")
    return {
        "backend": parts["EMAIL_BACKEND"],
        "host": parts["EMAIL_HOST"],
        "port": parts["EMAIL_PORT"] or _usual_port(parts),
        "username": parts["EMAIL_HOST_USER"] or "",
        "password": parts["EMAIL_HOST_PASSWORD"] or "",
        "use_tls": parts.get("EMAIL_USE_TLS", False),
        "use_ssl": parts.get("EMAIL_USE_SSL", False),
        "timeout": TIMEOUT_SECONDS,
    }


def _provider(url: str) -> dict[str, Any]:
    """``anymail+postmark://?server_token=…``: a backend of django-anymail, with the options that it documents."""
    parts = urlsplit(url)
    name = parts.scheme.removeprefix(PROVIDER).replace("-", "_")
    is_known = re.fullmatch(r"[a-z0-9_]+", name) and find_spec(f"anymail.backends.{name}")
    if not is_known or parts.netloc or parts.path.strip("/"):
        # Without the address itself: it holds a secret.
        raise ImproperlyConfigured(
            "EMAIL_URL names no provider: write it like anymail+postmark://?server_token=… with the options that "
            "django-anymail documents for it, small letters, without its name in front"
        )
    options = dict(parse_qsl(parts.query))
    return {"backend": f"anymail.backends.{name}.EmailBackend", **options, "timeout": TIMEOUT_SECONDS}


def _usual_port(parts: dict[str, Any]) -> int:
    if parts.get("EMAIL_USE_SSL"):
        return 465
    return 587 if parts.get("EMAIL_USE_TLS") else 25
