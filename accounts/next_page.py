"""``?next=``: the page that sent somebody here, to which they go back."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def page_to_go_back_to(request: HttpRequest) -> str:
    """The page of ours that ``next`` of the form or the address names; empty where it names none, or one elsewhere."""
    back = request.POST.get("next") or request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(back, allowed_hosts={settings.PUBLIC.host, request.get_host()})
    return back if is_ours else ""
