"""/metrics: figures for whoever says the token, over several web processes, with nobody's name in them."""

import datetime as dt
import os
import signal
import subprocess
import urllib.request
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from prometheus_client.parser import text_string_to_metric_families

from notifications.models import OutgoingMail
from operations import clock, metrics
from operations.models import Heartbeat, SweepRun
from tests.faults.installation import eventually, free_port
from tests.webserver import web_server
from tests.world import build

TOKEN = "a-token-of-the-tests"
MOST_QUERIES = 8


@pytest.fixture
def told(settings, client, db):
    """Asks with the token, as Prometheus would."""
    settings.METRICS_TOKEN = TOKEN

    def ask() -> dict[str, dict[str, float]]:
        response = client.get("/metrics", HTTP_AUTHORIZATION=f"Bearer {TOKEN}")
        assert response.status_code == 200
        return read(response.text)

    return ask


def read(text: str) -> dict[str, dict[str, float]]:
    """Each figure's values, by its label (view, sweep …)."""
    found: dict[str, dict[str, float]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            label = next((sample.labels[name] for name in ("sweep", "process", "view") if name in sample.labels), "")
            found.setdefault(sample.name, {})[label] = sample.value
    return found


def test_without_the_setting_there_is_no_such_page(client, db):
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", HTTP_AUTHORIZATION="Bearer ").status_code == 404


@pytest.mark.parametrize(
    "said", [None, "", "Bearer", "Bearer ", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer ü"]
)
def test_without_the_token_nothing_is_told(client, settings, db, said):
    settings.METRICS_TOKEN = TOKEN

    response = client.get("/metrics", **({"HTTP_AUTHORIZATION": said} if said is not None else {}))

    assert (response.status_code, response.content) == (401, b"")
    assert response["WWW-Authenticate"] == "Bearer"


def test_it_says_how_sweeps_and_the_worker_are(told):
    at = clock.now()
    SweepRun.objects.create(
        name="checklists.settle", started_at=at, finished_at=at - dt.timedelta(minutes=10), failures=2
    )
    SweepRun.objects.create(name="gone.since_long", started_at=at)
    Heartbeat.objects.create(name="worker", at=at - dt.timedelta(seconds=30))

    figures = told()

    assert figures["wayleave_sweep_since_success_seconds"]["checklists.settle"] == pytest.approx(600, abs=30)
    assert figures["wayleave_sweep_failures_in_a_row"] == {"checklists.settle": 2}
    assert figures["wayleave_heartbeat_age_seconds"]["worker"] == pytest.approx(30, abs=30)


def test_it_says_what_of_the_mail_waits_and_failed(told):
    world = build()
    OutgoingMail.objects.all().delete()
    at, hour = clock.now(), dt.timedelta(hours=1)
    for number, (status, age, organization) in enumerate(
        [
            ("pending", 1, world.acme.organization),
            ("pending", 3, None),
            ("failed", 2, world.acme.organization),
            ("failed", 2, None),
            ("failed", 48, None),
        ]
    ):
        OutgoingMail.objects.create(
            organization=organization,
            kind="account",
            to="ada@acme.example",
            from_email="w@acme.example",
            subject="A code",
            status=status,
            message_id=f"<{number}@acme.example>",
            lease_until=at,
            created_at=at - age * hour,
        )

    figures = told()

    assert figures["wayleave_mail_pending"][""] == 2
    assert figures["wayleave_mail_oldest_pending_seconds"][""] == pytest.approx(3 * 3600, abs=60)
    assert figures["wayleave_mail_failed_last_day"][""] == 2


def test_it_names_nobody_and_costs_a_handful_of_queries(told, client):
    world = build()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        response = client.get("/metrics", HTTP_AUTHORIZATION=f"Bearer {TOKEN}")

    assert len(asked) <= MOST_QUERIES
    for word in (world.acme.organization.slug, world.acme.organization.name, "example", "@"):
        assert word not in response.text
    assert read(response.text)["wayleave_accounts"][""] > 5


def test_requests_are_told_apart_by_view_and_never_by_what_is_in_the_address(settings, told):
    settings.METRICS_TOKEN = TOKEN
    web = metrics.MetricsMiddleware(lambda request: request.answer)

    class Request:
        method = "BREW"
        resolver_match = None
        answer = type("Answer", (), {"status_code": 404})()

    web(Request())

    assert told()["wayleave_request_seconds_count"]["none"] >= 1


def asked(port: int, path: str, **headers: str) -> str:
    with urllib.request.urlopen(
        urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers), timeout=10
    ) as answer:
        return answer.read().decode()


def children(process: subprocess.Popen[bytes]) -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]


@pytest.mark.django_db(transaction=True)
def test_several_processes_count_together_and_who_replaces_one_goes_on_counting(tmp_path):
    port, kept = free_port(), tmp_path / "metrics"
    kept.mkdir()
    (kept / "histogram_9.db").write_bytes(b"of a run before")

    with web_server(tmp_path, port, METRICS_TOKEN=TOKEN, WEB_WORKERS="3") as process:
        for _ in range(30):
            asked(port, "/healthz")
        killed = children(process)
        for pid in killed:
            os.kill(pid, signal.SIGKILL)
        assert eventually(lambda: len(set(children(process)) - set(killed)) == 3, within=60)
        for _ in range(30):
            asked(port, "/healthz")
        counted = sum(
            sample.value
            for family in text_string_to_metric_families(asked(port, "/metrics", Authorization=f"Bearer {TOKEN}"))
            for sample in family.samples
            if sample.name == "wayleave_request_seconds_count" and sample.labels["view"] == "operations:process"
        )

    assert counted >= 60
    assert {path.name for path in kept.iterdir()} <= {f"histogram_{place}.db" for place in (1, 2, 3)}
    assert django_settings.METRICS_TOKEN == ""
