"""Errors are told to a collector where one is named, and not a word that anybody typed with them."""

import pytest

from tests.collector import Collector
from tests.processes import celery_worker, python

# What may never leave: in messages, variables, addresses, queries, log lines, rows and headers of what fails below.
SECRETS = (
    "ada.lovelace",
    "acme.example",
    "We paste contracts",
    "northwind-slug",
    "invitation-key",
    "hunter2",
    "sessionid=",
)

FAILING = """
import logging, structlog, sys
import sentry_sdk
from django.db import connection, transaction, DatabaseError
from django.test import Client
from django.urls import path
from config import urls
from config.settings.public_url import PublicUrl
from operations import sweeps
from operations.sweeps import each, sweep
import traceback

log = structlog.get_logger("tests")

def typed():
    address = "ada.lovelace@acme.example"
    answer = "We paste contracts into it"
    raise ValueError(f"{address} said: {answer}")

# In a request: the address, the query, the form, a cookie, a header.
def broken(request, slug, key):
    password = request.POST.get("password")
    PublicUrl.read("https://ada.lovelace@acme.example/We paste contracts")
broken.__module__ = "operations.views"
from django.contrib.auth.decorators import login_not_required
from accounts.public_views import PUBLIC_VIEWS
PUBLIC_VIEWS["broken"] = "a test"
urls.urlpatterns.insert(0, path("o/<slug:slug>/<str:key>/broken/", broken, name="broken"))
browser = Client(raise_request_exception=False)
browser.cookies["sessionid"] = "hunter2"
browser.post(
    "/o/northwind-slug/invitation-key/broken/?who=ada.lovelace",
    {"password": "hunter2", "answer": "We paste contracts"},
    HTTP_REFERER="https://acme.example/", HTTP_USER_AGENT="ada.lovelace", HTTP_X_REQUEST_ID="ada.lovelace",
)

# A page that says that something is down is no error.
browser.get("/readyz")

# In SQL: the database quotes the row.
try:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE people (address text CONSTRAINT one_of_each UNIQUE)")
        cursor.execute("INSERT INTO people VALUES ('ada.lovelace@acme.example')")
        cursor.execute("INSERT INTO people VALUES (%s)", ["ada.lovelace@acme.example"])
except DatabaseError:
    log.exception("thing.failed", address="ada.lovelace@acme.example")

# In a library's line, put together; and with arguments.
logging.getLogger("theirs").error("could not reach ada.lovelace@acme.example")
logging.getLogger("theirs").error("could not reach %s", "ada.lovelace@acme.example")
log.error("We paste contracts, says ada.lovelace")
log.error("thing.odd", answer="We paste contracts")

# A cause with words, and a kind of error that is named by what somebody typed is still of our code.
try:
    try:
        typed()
    except ValueError as error:
        raise RuntimeError("for ada.lovelace") from error
except RuntimeError:
    logging.getLogger("theirs").exception("ada.lovelace")

# Said to the library by hand: nothing leaves that is no line of the log.
sentry_sdk.set_user({"email": "ada.lovelace@acme.example"})
sentry_sdk.set_tag("who", "ada.lovelace")
sentry_sdk.set_extra("answer", "We paste contracts")
sentry_sdk.add_breadcrumb(message="ada.lovelace")
sentry_sdk.capture_message("We paste contracts")
logging.getLogger("last").error("end")
sentry_sdk.flush(10)
"""


@pytest.fixture
def collector():
    with Collector() as one:
        yield one


@pytest.mark.django_db(transaction=True)
def test_nothing_that_anybody_typed_is_in_what_leaves(collector):
    with python(FAILING, SENTRY_DSN=collector.dsn) as process:
        assert process.wait(timeout=120) == 0
        collector.wait_for(8)

    for secret in SECRETS:
        assert secret not in collector.everything, secret
    told = collector.events
    assert len(told) == 8
    assert {key for event in told for key in event} <= {
        "event_id", "timestamp", "platform", "level", "release", "logger", "tags", "exception", "message",
    }  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_what_is_told_is_enough_to_find_the_fault(collector):
    with python(FAILING, SENTRY_DSN=collector.dsn) as process:
        assert process.wait(timeout=120) == 0
        collector.wait_for(8)

    request, sql, *_others, caused, _last = collector.events
    assert request["tags"]["view"] == "broken"
    assert request["tags"]["method"] == "POST"
    assert [one["type"] for one in request["exception"]["values"]] == ["ImproperlyConfigured"]
    frames = request["exception"]["values"][0]["stacktrace"]["frames"]
    assert frames[-1]["filename"] == "config/settings/public_url.py"
    assert (frames[-1]["function"], frames[-1]["context_line"]) == ("read", "raise ImproperlyConfigured(")
    assert all("value" not in one for one in request["exception"]["values"])
    assert sql["message"] == "thing.failed"
    assert (sql["tags"]["sqlstate"], sql["tags"]["constraint"]) == ("23505", "one_of_each")
    assert [one["type"] for one in caused["exception"]["values"]] == ["ValueError", "RuntimeError"]


@pytest.mark.django_db(transaction=True)
def test_a_failing_task_is_told_once_with_its_name(collector):
    broken = """
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("ALTER TABLE notifications_notice RENAME TO away")
from operations.bell import Ring
Ring("notifications.digest")()
"""
    mended = """
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("ALTER TABLE away RENAME TO notifications_notice")
"""
    try:
        with python(broken) as process:
            assert process.wait(timeout=60) == 0
        with celery_worker(SENTRY_DSN=collector.dsn):
            collector.wait_for(1)
    finally:
        with python(mended) as process:
            assert process.wait(timeout=60) == 0

    assert {event["tags"]["task"] for event in collector.events} == {"notifications.digest"}
    assert len(collector.events) == 1


def test_without_an_address_nothing_is_loaded_and_nothing_told():
    code = "import sys; sys.exit('sentry_sdk' in sys.modules)"
    with python(code, SENTRY_DSN="") as process:
        assert process.wait(timeout=60) == 0
