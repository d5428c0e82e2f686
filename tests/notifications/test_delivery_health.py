"""Whether mail leaves: the figures of the last week, the line of ``/readyz``, and a message to oneself."""

import datetime as dt
import json

import pytest
from django.urls import reverse

from notifications import actions, sending
from notifications.models import OutgoingMail
from notifications.queries import delivery_health
from notifications.queries.health import stuck_mail
from operations import clock
from tests.cast import Company, company, signed_in
from tests.notifications.test_sending import mail

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
TEST = "notifications:mail-test"


@pytest.fixture
def acme(db) -> Company:
    return company()


def test_week_is_counted_by_day_and_state(acme):
    at = clock.now()
    here = {"organization": acme.organization}
    mail(1, **here, created_at=at - 2 * HOUR)
    mail(2, **here, status="failed", created_at=at - 48 * HOUR)
    mail(3, **here, status="failed", created_at=at - 24 * 30 * HOUR)
    mail(4, **here, status="held")
    mail(5, **here, status="sent", sent_at=at, created_at=at)
    mail(6)
    actions.mark_bouncing(membership=acme.dev, by=acme.mara, at=at)

    health = delivery_health(acme.organization, at=at)

    assert (health.waiting, health.failed, health.held, health.unreached) == ("1", "1", "1", "1")
    assert (health.oldest_waiting_at, health.last_sent_at) == (at - 2 * HOUR, at)
    assert [(day.sent, day.failed) for day in health.days] == [
        ("1", "0"),
        ("0", "0"),
        ("0", "1"),
        *[("0", "0")] * 4,
    ]


def test_mail_page_says_how_delivery_is_doing(acme):
    page = signed_in(acme.mara).get(reverse("notifications:mail-list", args=["acme"])).content.decode()

    assert "People whom mail doesn’t reach" in page
    assert "Send a test" in page
    auditors = signed_in(acme.ann).get(reverse("notifications:mail-list", args=["acme"])).content.decode()
    assert "Send a test" not in auditors


def test_readyz_says_what_is_stuck_and_stays_well(client):
    mail(created_at=clock.now() - 3 * HOUR)

    health = stuck_mail(clock.now())

    assert (health.part, health.is_well, health.says) == ("mail", True, "stuck: the oldest waits for 180 min")
    assert json.loads(client.get("/readyz").content)["parts"]["mail"] == health.says
    assert "mail" not in json.loads(client.get("/readyz").content)["sick"]


def test_nothing_is_said_while_mail_goes(db):
    mail()
    mail(2, status="held", created_at=clock.now() - 300 * HOUR)

    assert stuck_mail(clock.now()) is None


def test_test_message_goes_to_oneself_and_shows_its_way(acme, smtp):
    browser = signed_in(acme.mara)
    assert "You have sent no test yet." in browser.get(reverse(TEST, args=["acme"])).content.decode()

    waiting = browser.post(reverse(TEST, args=["acme"]), follow=True).content.decode()
    assert 'hx-trigger="every 2s"' in waiting

    sending.send_due()
    assert [message["To"] for message in smtp.messages] == ["mara@acme.example"]
    sent = browser.get(reverse(TEST, args=["acme"])).content.decode()
    assert "handed to the mail server" in sent
    assert "hx-trigger" not in sent


def test_test_message_that_is_refused_shows_the_servers_words(acme, smtp):
    smtp.refuse("mara@acme.example", "550 not here")
    browser = signed_in(acme.mara)
    browser.post(reverse(TEST, args=["acme"]))
    sending.send_due()

    assert "550 not here" in browser.get(reverse(TEST, args=["acme"])).content.decode()


def test_too_many_tests_are_turned_away(acme):
    browser = signed_in(acme.mara)
    for _time in range(7):
        browser.post(reverse(TEST, args=["acme"]))

    assert OutgoingMail.objects.filter(kind="test").count() == 5


@pytest.mark.parametrize("who", ["ann", "dev", "tom"])
def test_who_does_not_manage_sends_no_test(acme, who):
    assert signed_in(getattr(acme, who)).post(reverse(TEST, args=["acme"])).status_code == 403
    assert not OutgoingMail.objects.exists()
