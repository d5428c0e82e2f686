"""Whoever looks for what a request woke finds it by the request's id: it stands in the lines of the task."""

import json
import logging
from pathlib import Path
from typing import Any

import pytest

from tests.faults.installation import eventually
from tests.processes import celery_worker
from tests.smtp import MailServer


def lines_of(log: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{") and line.endswith("}")]


@pytest.mark.django_db(transaction=True)
def test_the_task_that_a_commit_rang_says_whose_request_it_was(
    client, organization, make_member, smtp: MailServer, tmp_path, caplog
):
    owner = make_member(organization, level="owner")
    owner.user.set_password("a long enough password")
    owner.user.save(update_fields=["password"])
    client.force_login(owner.user, backend="django.contrib.auth.backends.ModelBackend")
    log = tmp_path / "worker.log"
    caplog.set_level(logging.INFO)

    with celery_worker(log, EMAIL_URL=smtp.url):
        said = client.post(f"/o/{organization.slug}/mail/test/")
        assert said.status_code == 302, said.content
        smtp.wait_for(1)
        assert eventually(
            lambda: any(line.get("sweep") == "notifications.send_due" for line in lines_of(log)), within=30
        )

    (asked,) = {
        record.msg["request_id"]
        for record in caplog.records
        if isinstance(record.msg, dict) and record.msg["event"] == "request_finished"
    }
    told = [line for line in lines_of(log) if line.get("request_id") == asked]
    assert [(line["event"], line["sweep"], line["done"]) for line in told] == [
        ("sweep.finished", "notifications.send_due", 1)
    ]
    assert owner.user.email not in log.read_text()
