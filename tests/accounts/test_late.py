"""Passkeys are loaded where one is used."""

from tests.processes import python

WEB = """
import sys
from config import wsgi
from django.urls import get_resolver
get_resolver().url_patterns
sys.exit(any(name in sys.modules for name in ("fido2", "cryptography.fernet", "qrcode")))
"""


def test_a_web_worker_at_rest_holds_no_cryptography() -> None:
    with python(WEB) as process:
        assert process.wait(timeout=60) == 0
