"""Where a code can be read when nothing sends it."""

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from notifications.local import is_outbox_open_to


def outbox(request: HttpRequest) -> dict[str, object]:
    """``is_mail_set_up``; ``local_outbox_url``: where the demo's codes are read, empty wherever that is not open."""
    return {
        "is_mail_set_up": bool(settings.MAIL_TRANSPORT),
        "local_outbox_url": reverse("notifications:local-outbox") if is_outbox_open_to(request) else "",
    }
