"""Which hosts the settings name that this installation calls, for the page that lists them."""

from typing import Any
from urllib.parse import urlsplit


def hosts_named(*, mail: dict[str, Any], files: dict[str, Any], errors: str) -> list[tuple[str, str]]:
    """The host, and the setting that names it; of a provider of mail its own name, where its address is not set.

    :param mail: what ``mail_transport`` read, ``files`` what ``file_store`` did, ``errors`` the address of SENTRY_DSN.
    """
    provider = str(mail.get("backend", "")).removeprefix("anymail.backends.").partition(".")[0]
    by_interface = urlsplit(str(mail.get("api_url", ""))).hostname or provider
    found = [
        (mail.get("host") or (by_interface if mail else ""), "EMAIL_URL"),
        (urlsplit(files["OPTIONS"].get("endpoint_url", "")).hostname or "", "FILES_URL"),
        (urlsplit(errors).hostname or "", "SENTRY_DSN"),
    ]
    return [(host, setting) for host, setting in found if host]
