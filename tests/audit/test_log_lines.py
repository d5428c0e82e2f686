"""One line in the log for each event: when it has happened, and as it stands in its row."""

import datetime as dt
import uuid

import pytest
from django.db import transaction
from pytest_django import DjangoCaptureOnCommitCallbacks
from structlog.testing import capture_logs

from audit.actions import record
from operations import clock

pytestmark = pytest.mark.django_db
ACME = uuid.uuid4()
ON = dt.date(2026, 7, 5)


def test_line_holds_what_the_row_holds(django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> None:
    with capture_logs() as lines, django_capture_on_commit_callbacks(execute=True):
        event = record("thing.done", by=ACME, organization_id=ACME, at=clock.now(), target="thing:1", on=ON, who=ACME)

    assert lines == [
        {
            "event": "thing.done",
            "log_level": "info",
            "event_id": event.pk,
            "organization": str(ACME),
            "actor": str(ACME),
            "target": "thing:1",
            "data_on": "2026-07-05",
            "data_who": str(ACME),
        }
    ]


@pytest.mark.django_db(transaction=True)
def test_what_was_rolled_back_leaves_no_line() -> None:
    with capture_logs() as lines:
        with pytest.raises(RuntimeError), transaction.atomic():
            record("thing.done", by=None, organization_id=ACME, at=clock.now())
            raise RuntimeError
        record("thing.said", by=None, organization_id=ACME, at=clock.now())

    assert [line["event"] for line in lines] == ["thing.said"]
