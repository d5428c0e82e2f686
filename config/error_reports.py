"""Errors told to a collector that speaks Sentry's protocol (GlitchTip, Sentry itself), where ``SENTRY_DSN`` names one.

What people write here is nobody else's: an error's text may quote an answer, an address, a row, a page's address. So the library's
report is not cleaned but thrown away, and a new one is made of what can't hold any of it: kinds of errors, lines of our own code,
names of views, tasks, tables' constraints and log lines, all of which stand in the source. Whoever needs the rest finds it in the
log of this machine, by the request's id.
"""

import linecache
import re
import sys
import traceback
from collections.abc import Iterator, Mapping
from importlib import import_module
from logging import ERROR, LogRecord
from pathlib import Path
from types import TracebackType
from typing import Any

import structlog

ROOT = Path(__file__).resolve().parent.parent
OURS = frozenset(path.parent.name for path in ROOT.glob("*/__init__.py"))
# How log lines of ours are called ("sweep.failed"); they are written in the source, never put together.
OUR_LINE = re.compile(r"[a-z_]+(\.[a-z_]+)+")
REQUEST_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MOST_CAUSES = 5
# It logs every error of a request or a task once more, before those who know the view or the task do.
SAID_TWICE = "django_structlog."
# Without an error it says that a page answered 5xx on purpose, as /readyz does every few seconds while a part is down.
ANSWERED = "django.request"


def begin(dsn: str, *, version: str, tasks: frozenset[str]) -> None:
    """Tell the collector of each error that is logged from here on; without an address nothing is loaded.

    :param tasks: the names of background tasks, which may be told.
    """
    if not dsn:
        return
    sdk, logs = import_module("sentry_sdk"), import_module("sentry_sdk.integrations.logging")
    sdk.init(
        dsn,
        release=version,
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[logs.LoggingIntegration(level=None, sentry_logs_level=None, event_level=ERROR)],
        before_send=lambda event, hint: report(event, hint, version=version, tasks=tasks),
        send_default_pii=False,
        include_local_variables=False,
        include_source_context=False,
        max_breadcrumbs=0,
        max_request_body_size="never",
        auto_session_tracking=False,
        send_client_reports=False,
        server_name="",
        propagate_traces=False,
        shutdown_timeout=2,
    )


def report(
    event: Mapping[str, Any], hint: Mapping[str, Any], *, version: str, tasks: frozenset[str]
) -> dict[str, Any] | None:
    """What is told of one log line; None (nothing) for anything else, and for an error that was told already."""
    record = hint.get("log_record")
    if not isinstance(record, LogRecord) or record.name.startswith(SAID_TWICE):
        return None
    error = _error_of(record)
    if error is None and record.name == ANSWERED:
        return None
    if error is not None:
        if getattr(error, "_was_reported", False):
            return None
        error._was_reported = True  # type: ignore[attr-defined]  # a sweep's error is logged by the sweep, then by Celery
    return {
        "event_id": event["event_id"],
        "timestamp": event["timestamp"],
        "platform": "python",
        "level": "error",
        "release": version,
        "logger": record.name,
        "tags": {name: value for name, value in _tags(record, error, tasks) if value},
        **({"exception": {"values": [_told(one) for one in _with_causes(error)]}} if error is not None else {}),
        **({"message": line} if (line := _line_of(record)) else {}),
    }


def _error_of(record: LogRecord) -> BaseException | None:
    """structlog has made a text of the one it was told of; it is still being handled, though."""
    told = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
    return told or sys.exc_info()[1]


def _line_of(record: LogRecord) -> str:
    """The name of a log line of ours; nothing of a line of others, which may be put together."""
    line = record.msg.get("event") if isinstance(record.msg, dict) else ""
    return line if isinstance(line, str) and OUR_LINE.fullmatch(line) else ""


def _tags(record: LogRecord, error: BaseException | None, tasks: frozenset[str]) -> Iterator[tuple[str, str]]:
    said = record.msg if isinstance(record.msg, dict) else {}
    task = said.get("sweep") or getattr(record, "data", {}).get("name")
    yield "task", task if task in tasks else ""
    request = getattr(record, "request", None)
    match = getattr(request, "resolver_match", None)
    yield "view", match.view_name if match else ""
    method = str(getattr(request, "method", ""))
    yield "method", method if method in {"GET", "HEAD", "POST"} else ""
    request_id = str(structlog.contextvars.get_contextvars().get("request_id", ""))
    yield "request_id", request_id if REQUEST_ID.fullmatch(request_id) else ""
    diagnosis = getattr(error.__cause__ or error, "diag", None) if error else None
    yield "sqlstate", getattr(diagnosis, "sqlstate", None) or ""
    yield "constraint", getattr(diagnosis, "constraint_name", None) or ""


def _with_causes(error: BaseException | None) -> list[BaseException]:
    """The error and what led to it, the first cause first."""
    found: list[BaseException] = []
    while error is not None and error not in found and len(found) < MOST_CAUSES:
        found.append(error)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return found[::-1]


def _told(error: BaseException) -> dict[str, Any]:
    kind = type(error)
    return {"type": kind.__name__, "module": kind.__module__, "stacktrace": {"frames": _lines(error.__traceback__)}}


def _lines(trace: TracebackType | None) -> list[dict[str, Any]]:
    """The lines of our own code that it went through, with the words that stand there."""
    return [
        {
            "filename": path.as_posix(),
            "function": frame.f_code.co_name,
            "lineno": number,
            "context_line": linecache.getline(frame.f_code.co_filename, number).strip(),
            "in_app": True,
        }
        for frame, number in traceback.walk_tb(trace)
        if (path := _ours(frame.f_code.co_filename))
    ]


def _ours(filename: str) -> Path | None:
    path = Path(filename)
    inner = path.relative_to(ROOT) if path.is_relative_to(ROOT) else None
    return inner if inner and inner.parts[0] in OURS else None
