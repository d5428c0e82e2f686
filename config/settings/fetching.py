"""Whom fetching policies may call beyond public addresses, read from one line."""

import ipaddress
import re

import environ
from django.core.exceptions import ImproperlyConfigured

_HOST = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?\.?", re.IGNORECASE)


def fetch_allowed(env: environ.Env) -> list[str]:
    """The networks, addresses and names of hosts in ``POLICY_FETCH_ALLOW``."""
    entries = [entry.strip() for entry in env.list("POLICY_FETCH_ALLOW", default=[]) if entry.strip()]
    for entry in entries:
        if not _is_network(entry) and not _HOST.fullmatch(entry):
            raise ImproperlyConfigured(
                f"POLICY_FETCH_ALLOW: {entry!r} is neither a network (10.1.0.0/16) nor the name of a host"
            )
    return entries


def _is_network(entry: str) -> bool:
    try:
        return bool(ipaddress.ip_network(entry, strict=False))
    except ValueError:
        return False
