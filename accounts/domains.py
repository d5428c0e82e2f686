"""Whether a domain is an organization's: the record that only whoever looks after the domain can set."""

from typing import Any

from django.conf import settings

from accounts.models import EmailDomain
from operations.late import late

SECONDS = 5


def record_name(domain: EmailDomain) -> str:
    """Where the record has to stand."""
    return f"_wayleave.{domain.domain}"


def record_text(domain: EmailDomain) -> str:
    """What it has to say."""
    return f"wayleave={domain.token}"


def is_record_set(domain: EmailDomain) -> bool:
    """Whether the record is there; also not where nobody answers."""
    try:
        found = _resolver().resolve(record_name(domain), "TXT", lifetime=SECONDS)
    except late("dns.exception").DNSException:
        return False
    return any(b"".join(record.strings).decode(errors="replace").strip() == record_text(domain) for record in found)


def _resolver() -> Any:
    """The system's, or the one that the operator names."""
    dns = late("dns.resolver")
    if not settings.SSO_DNS:
        return dns.Resolver()
    resolver = dns.Resolver(configure=False)
    host, _colon, port = settings.SSO_DNS.partition(":")
    resolver.nameservers, resolver.port = [host], int(port or 53)
    return resolver
