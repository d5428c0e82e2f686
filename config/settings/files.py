"""Where files that people bring are kept, read from one address."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

LIKE = "s3://KEY:SECRET@host/bucket?region=eu-central-1"


def file_store(env: environ.Env, directory: Path) -> dict[str, Any]:
    """The storage that ``FILES_URL`` names; ``directory`` on this machine where it is empty.

    :raises ImproperlyConfigured: it is no such address; without quoting it, since it holds a secret.
    """
    url = env("FILES_URL", default="")
    if not url:
        return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(directory)}}
    try:
        parts = urlsplit(url)
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
        port = f":{parts.port}" if parts.port else ""
    except ValueError as error:
        raise ImproperlyConfigured(f"FILES_URL is no address: write it like {LIKE}") from error
    bucket, _slash, prefix = parts.path.strip("/").partition("/")
    options = dict(parse_qsl(parts.query))
    if parts.scheme != "s3" or not host or not bucket or not parts.username or not parts.password:
        raise ImproperlyConfigured(f"FILES_URL is no address of a bucket: write it like {LIKE}")
    if unknown := set(options) - {"region", "tls"}:
        raise ImproperlyConfigured(f"FILES_URL: {sorted(unknown)[0]!r} is neither region nor tls")
    return {
        "BACKEND": "operations.object_store.ObjectStore",
        "OPTIONS": {
            "endpoint_url": f"{'http' if options.get('tls') == '0' else 'https'}://{host}{port}",
            "bucket_name": bucket,
            "location": prefix,
            "access_key": unquote(parts.username),
            "secret_key": unquote(parts.password),
            "region_name": options.get("region", "us-east-1"),
        },
    }
