"""What a Celery worker holds before it does anything (the figure itself is measured by ``make bench``)."""

from tests.processes import python

WORKER = """
import sys
from config.celery import app
app.loader.import_default_modules()
sys.exit(any(name in sys.modules for name in ("config.urls", "catalog.views", "crispy_forms.layout", "openpyxl", "rapidfuzz", "selectolax")))
"""


WEB = """
import sys
from config import urls, wsgi
sys.exit(any(name in sys.modules for name in ("cryptography.fernet", "dns", "fido2", "jwt", "openpyxl", "qrcode", "rapidfuzz", "selectolax")))
"""


def test_the_web_at_rest_has_loaded_nothing_that_few_requests_need() -> None:
    with python(WEB) as process:
        assert process.wait(timeout=60) == 0


def test_a_worker_at_rest_has_imported_no_page() -> None:
    with python(WORKER) as process:
        assert process.wait(timeout=60) == 0
