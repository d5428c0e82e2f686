"""Figures for whoever watches the machine: ``/metrics``, in the words of Prometheus.

Requests are timed by each web process in files that all of them share (``config/gunicorn.py``); everything else is asked of the
database when somebody looks, so that worker and beat need to be asked nothing. Labels name views and sweeps, never a person, an
organization or an address.
"""

import datetime as dt
import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.module_loading import import_string

from operations.late import late
from operations.models import Heartbeat, SweepRun

# Where what several processes count is brought together; the library reads this variable itself.
SHARED = "PROMETHEUS_MULTIPROC_DIR"
# Which of them this one is; config/gunicorn.py says it.
PLACE = "WEB_PLACE"
# Seconds: a page is meant to take a twentieth; a minute is where gunicorn gives up.
BUCKETS = (0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60)
NO_VIEW = "none"


@dataclass(frozen=True)
class Figure:
    """One thing that goes up and down, with one value, or one for each of its labels.

    :ivar name: as Prometheus has it: small letters, with its unit at the end; ``wayleave_`` is put before it.
    :ivar says: what it is, in a sentence.
    :ivar label: what the values are told apart by; empty where there is one.
    """

    name: str
    says: str
    values: tuple[tuple[str, float], ...]
    label: str = ""

    @classmethod
    def one(cls, name: str, says: str, value: float) -> "Figure":
        """A figure with one value."""
        return cls(name, says, (("", value),))


class MetricsMiddleware:
    """Times each request by the view that answered it; not there at all without ``METRICS_TOKEN``."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        if not settings.METRICS_TOKEN:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        response = self.get_response(request)
        view = request.resolver_match.view_name if request.resolver_match else NO_VIEW
        method = request.method if request.method in {"GET", "HEAD", "POST"} else "other"
        _durations().labels(view, method, str(response.status_code)).observe(time.perf_counter() - began)
        return response


def as_text(*, at: dt.datetime) -> bytes:
    """Everything, as Prometheus reads it."""
    client = late("prometheus_client")
    registry = client.CollectorRegistry()
    registry.register(_Now(at))
    _durations()
    if os.environ.get(SHARED):
        late("prometheus_client.multiprocess").MultiProcessCollector(registry)
        return bytes(client.generate_latest(registry))
    return bytes(client.generate_latest(registry) + client.generate_latest(_registry()))


class _Now:
    """What the database says, in the library's shape."""

    def __init__(self, at: dt.datetime) -> None:
        self.at = at

    def collect(self) -> Iterable[Any]:
        """Called by the library."""
        family = late("prometheus_client.core").GaugeMetricFamily
        for figure in [
            *_of_sweeps(self.at),
            *(one for path in settings.METRICS for one in import_string(path)(self.at)),
        ]:
            gauge = family(f"wayleave_{figure.name}", figure.says, labels=[figure.label] if figure.label else [])
            for label, value in figure.values:
                gauge.add_metric([label] if figure.label else [], value)
            yield gauge


def _of_sweeps(at: dt.datetime) -> list[Figure]:
    known = {str(entry["task"]) for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    runs = list(SweepRun.objects.filter(name__in=known).order_by("name"))
    beats = Heartbeat.objects.order_by("name").values_list("name", "at")
    return [
        Figure(
            "sweep_since_success_seconds",
            "Seconds since a sweep last got through; since it began where it never has.",
            tuple((run.name, (at - (run.finished_at or run.started_at)).total_seconds()) for run in runs),
            label="sweep",
        ),
        Figure(
            "sweep_failures_in_a_row",
            "Runs of a sweep in a row that failed.",
            tuple((run.name, run.failures) for run in runs),
            label="sweep",
        ),
        Figure(
            "heartbeat_age_seconds",
            "Seconds since a bell that beat rang was last heard.",
            tuple((name, (at - beat).total_seconds()) for name, beat in beats),
            label="process",
        ),
    ]


@cache
def _registry() -> Any:
    return late("prometheus_client").CollectorRegistry()


@cache
def _durations() -> Any:
    if os.environ.get(SHARED):
        values = late("prometheus_client.values")
        values.ValueClass = values.MultiProcessValue(lambda: os.environ[PLACE])
    return late("prometheus_client").Histogram(
        "wayleave_request_seconds",
        "Seconds until a view had answered, by view, method and status.",
        ["view", "method", "status"],
        buckets=BUCKETS,
        registry=_registry(),
    )
