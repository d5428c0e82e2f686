"""Whether passkeys work at the address a page was reached by."""

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port
from django.utils.translation import gettext as _


def why_no_passkeys(request: HttpRequest) -> str:
    """Why a passkey neither can be made nor works at the address the page was reached by; empty where it does."""
    (here, _port), home = split_domain_port(request.get_host()), settings.PUBLIC.host
    if not settings.PUBLIC.is_https and home != "localhost":
        return _("Browsers allow passkeys only at addresses that begin with https.")
    if _is_number(home):
        return _("Browsers allow passkeys only at addresses that are names, not numbers.")
    if here != home:
        return _("A passkey belongs to one address. Open %(address)s to use it.") % {"address": settings.PUBLIC.address}
    return ""


def _is_number(host: str) -> bool:
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True
