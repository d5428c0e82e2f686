"""Whom we may call beyond public addresses, read from one line."""

import ipaddress
import re

import environ
from django.core.exceptions import ImproperlyConfigured

_HOST = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?\.?", re.IGNORECASE)


def allowed(env: environ.Env, name: str) -> list[str]:
    """The networks, addresses and names of hosts in the variable ``name``."""
    entries = [entry.strip() for entry in env.list(name, default=[]) if entry.strip()]
    for entry in entries:
        if not _is_network(entry) and not _HOST.fullmatch(entry):
            raise ImproperlyConfigured(f"{name}: {entry!r} is neither a network (10.1.0.0/16) nor the name of a host")
    return entries


def _is_network(entry: str) -> bool:
    try:
        return bool(ipaddress.ip_network(entry, strict=False))
    except ValueError:
        return False
