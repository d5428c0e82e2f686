"""Whether mail arrives, and where a code can be read when nothing sends it."""

from django.http import HttpRequest
from django.urls import reverse

from accounts.queries import leaves_the_house
from notifications.local import is_outbox_open_to


def outbox(request: HttpRequest) -> dict[str, object]:
    """For every page.

    ``is_mail_set_up``: mail of the page's organization is sent; elsewhere, mail at all. ``local_outbox_url``: where the
    demo's codes are read, empty wherever that is not open.
    """
    return {
        "is_mail_set_up": leaves_the_house(getattr(request, "organization", None)),
        "local_outbox_url": reverse("notifications:local-outbox") if is_outbox_open_to(request) else "",
    }
