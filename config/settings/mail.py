"""How mail leaves the house, read from one address."""

from typing import Any

import environ

# Each step of one SMTP conversation may take this long; all of them together stay below half of a sender's lease.
TIMEOUT_SECONDS = 15


def mail_transport(env: environ.Env) -> dict[str, Any]:
    """The backend and its options for ``EMAIL_URL``; empty when no mail is set up."""
    if not env("EMAIL_URL", default=""):
        return {}
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


def _usual_port(parts: dict[str, Any]) -> int:
    if parts.get("EMAIL_USE_SSL"):
        return 465
    return 587 if parts.get("EMAIL_USE_TLS") else 25
