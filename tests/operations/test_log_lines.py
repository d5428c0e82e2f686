"""One JSON object per line; what people type into addresses stays out of it."""

import json
import logging

import pytest
import structlog
from django.test import Client

from config.log_lines import LOGGING


@pytest.fixture
def lines(caplog):
    formatter = structlog.stdlib.ProcessorFormatter(
        processors=LOGGING["formatters"]["json"]["processors"],
        foreign_pre_chain=LOGGING["formatters"]["json"]["foreign_pre_chain"],
    )
    caplog.set_level(logging.INFO)
    return lambda: [json.loads(formatter.format(record)) for record in caplog.records]


def test_our_own_and_the_librarys_lines_are_json(lines):
    structlog.get_logger("ours").info("thing.happened", count=3)
    logging.getLogger("theirs").warning("it %s", "broke")

    ours, theirs = lines()
    assert (ours["event"], ours["count"], ours["logger"]) == ("thing.happened", 3, "ours")
    assert (theirs["event"], theirs["level"]) == ("it broke", "warning")


def test_a_requests_line_has_neither_its_query_nor_its_key(lines, client, db):
    client.get("/account/nothing?q=Ada+Lovelace")
    client.get("/account/nothing/here/3f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c/")

    said = [line["request"] for line in lines() if line["event"] == "request_started"]
    assert said == ["GET /account/nothing", "GET /account/nothing/here/…/"]
    assert all("ip" not in line for line in lines())


def test_a_request_that_is_refused_leaves_no_key_either(lines, db):
    stranger = Client(enforce_csrf_checks=True)

    stranger.post("/invitation/3f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c/")

    said = [line["event"] for line in lines() if line["logger"] == "django.security.csrf"]
    assert said == ["Forbidden (CSRF cookie not set.): /invitation/…/"]


def test_a_probe_leaves_no_line(lines, client):
    client.get("/healthz")

    assert lines() == []
