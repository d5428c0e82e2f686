"""Who uses what stands in two tables and nowhere else: no mail, event, snapshot or count carries it (invariant 11).

What every page and export sends to whom is held by the URL walk (tests/test_url_walk.py).
"""

import datetime as dt

import pytest
from django.db import connection

from checklists import actions, tasks
from checklists.actions import Used
from notifications.digest import write_mail
from notifications.models import OutgoingMail
from notifications.schedule import workday
from operations import clock
from tests.world import TOLD_IN_CONFIDENCE, build

pytestmark = pytest.mark.django_db

PURPOSE = "zephyr-purpose"
WITHIN = {"checklists_usedtool", "audit_freetext"}
TABLES = """
SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace ORDER BY 1
"""


def tables_with(word: str) -> set[str]:
    found = set()
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        for (table,) in cursor.fetchall():
            cursor.execute(
                f'SELECT EXISTS (SELECT FROM "{table}" AS one WHERE strpos(lower(one::text), %s) > 0)', [word]
            )
            found |= {table} if cursor.fetchone()[0] else set()
    return found


def test_what_somebody_says_stands_in_no_mail_event_or_count(
    caplog: pytest.LogCaptureFixture, django_capture_on_commit_callbacks, tmp_path, settings
) -> None:
    settings.STATE_DIR = tmp_path
    with django_capture_on_commit_callbacks(execute=True):
        world = build()
        again = [Used("none", name=TOLD_IN_CONFIDENCE, purposes=(PURPOSE,))]
        actions.say_what_is_used(membership=world.acme.sal, used=again, at=clock.now())
        actions.show_names(inquiry=world.inquiry, by=world.acme.mara, at=clock.now())
        tasks.remind()
        tasks.fold_counts()
        actions.close_inquiry(inquiry=world.inquiry, by=world.acme.mara, at=clock.now())
    write_mail(at=dt.datetime.combine(workday(clock.now().date() + dt.timedelta(days=1)), dt.time(12), dt.UTC))

    assert OutgoingMail.objects.filter(text__contains="What do you use today?").exists() is False, (
        "withdrawn on closing"
    )
    assert OutgoingMail.objects.filter(kind="digest").exists()
    assert tables_with(TOLD_IN_CONFIDENCE.lower()) == {"audit_freetext"}
    assert tables_with(PURPOSE) == {"checklists_usedtool"}
    assert "usage.told" in caplog.text
    assert TOLD_IN_CONFIDENCE not in caplog.text
