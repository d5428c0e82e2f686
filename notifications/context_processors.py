"""Where a code can be read when nothing sends it."""

from django.http import HttpRequest
from django.urls import reverse

from notifications.local import is_outbox_open_to


def outbox(request: HttpRequest) -> dict[str, str]:
    """``local_outbox_url``: the page to read one's sign-in code on, empty wherever mail is sent as usual."""
    return {"local_outbox_url": reverse("notifications:local-outbox") if is_outbox_open_to(request) else ""}
