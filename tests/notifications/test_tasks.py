"""The sweeps as beat rings them: twice, late, and each leaves a row that says how it is doing."""

import pytest
from django.conf import settings as django_settings

from config import celery_app
from notifications import tasks
from notifications.models import OutgoingMail
from operations.models import SweepRun
from tests.notifications.test_sending import mail

pytestmark = pytest.mark.django_db


def test_send_due_run_twice_sends_once(smtp):
    mail()

    assert [tasks.send_due(), tasks.send_due()] == [1, 0]

    assert len(smtp.messages) == 1
    assert SweepRun.objects.get(name="notifications.send_due").error == ""


def test_digest_run_twice_with_nothing_due_writes_nothing():
    assert [tasks.write_digests(), tasks.write_digests()] == [0, 0]

    assert not OutgoingMail.objects.exists()
    assert SweepRun.objects.filter(name="notifications.digest").exists()


@pytest.mark.parametrize("name", ["notifications.send_due", "notifications.digest"])
def test_sweep_is_on_the_timetable_and_an_old_ring_is_dropped(name):
    entry = next(entry for entry in django_settings.CELERY_BEAT_SCHEDULE.values() if entry["task"] == name)

    assert name in celery_app.tasks
    assert entry["options"]["expires"] <= entry["schedule"]
