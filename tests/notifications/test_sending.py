"""The sender: a real SMTP conversation, what fails and why, and whose a message is."""

import datetime as dt
import uuid

import pytest
from django.db import connections

from notifications import sending
from notifications.mail import new_message_id
from notifications.models import OutgoingMail
from operations import clock

pytestmark = pytest.mark.django_db


def mail(number: int = 1, **fields) -> OutgoingMail:
    at = clock.now()
    values = {
        "kind": "message",
        "to": f"person{number}@acme.example",
        "from_email": "Wayleave <wayleave@acme.example>",
        "subject": f"Number {number}",
        "text": "Your code: 123456",
        "message_id": new_message_id(),
        "status": "pending",
        "lease_until": at,
        "created_at": at,
    }
    return OutgoingMail.objects.create(**{**values, **fields})


def test_message_arrives_as_it_was_written(smtp):
    written = mail(html="<p>Rich</p>", headers={"Reply-To": "keeper@acme.example"}, subject="Für dich – 你好")

    assert sending.send_due() == 1

    arrived = smtp.messages[0]
    assert arrived["Subject"] == "Für dich – 你好"
    assert arrived["Message-ID"] == written.message_id
    assert arrived["To"] == "person1@acme.example"
    assert arrived["Reply-To"] == "keeper@acme.example"
    assert arrived["Auto-Submitted"] == "auto-generated"
    assert "Your code: 123456" in arrived.get_body(("plain",)).get_content()
    assert "<p>Rich</p>" in arrived.get_body(("html",)).get_content()


def test_sent_mail_keeps_its_envelope_and_loses_its_words(smtp):
    mail(html="<p>123456</p>")

    sending.send_due()

    sent = OutgoingMail.objects.get()
    assert (sent.status, sent.text, sent.html, sent.attempts) == ("sent", "", "", 1)
    assert sent.sent_at is not None


def test_more_than_one_batch_goes_in_one_run(smtp):
    for number in range(sending.BATCH * 2 + 1):
        mail(number)

    assert sending.send_due() == 41
    assert sending.send_due() == 0
    assert len(set(smtp.message_ids())) == len(smtp.messages) == 41


def test_address_refused_for_good_fails_at_once_with_the_servers_words(smtp):
    smtp.refuse("person1@acme.example", "550 no such user here")
    mail(1)
    mail(2)

    assert sending.send_due() == 1

    failed = OutgoingMail.objects.get(to="person1@acme.example")
    assert (failed.status, failed.attempts, failed.why) == ("failed", 1, "550 no such user here")
    assert OutgoingMail.objects.get(to="person2@acme.example").status == "sent"


def test_trouble_that_passes_is_tried_again_later(smtp, move_clock):
    smtp.refuse("person1@acme.example", "451 try again later")
    mail(1)
    sending.send_due()
    smtp.refusals.clear()

    assert sending.send_due() == 0
    waiting = OutgoingMail.objects.get()
    assert (waiting.status, waiting.why) == ("pending", "451 try again later")

    move_clock(minutes=2)
    assert sending.send_due() == 1
    assert OutgoingMail.objects.get().why == ""


def test_after_eight_tries_it_failed(smtp, move_clock):
    smtp.refuse("person1@acme.example", "451 try again later")
    mail(1)

    for day in range(10):
        move_clock(days=day)
        sending.send_due()

    failed = OutgoingMail.objects.get()
    assert (failed.status, failed.attempts, failed.why) == ("failed", 8, "451 try again later")


def test_mail_that_killed_its_sender_eight_times_is_given_up(smtp):
    mail(1, attempts=8, claim=uuid.uuid4(), lease_until=clock.now() - dt.timedelta(minutes=1))

    assert sending.send_due() == 0

    failed = OutgoingMail.objects.get()
    assert failed.status == "failed"
    assert "cut off 8 times" in failed.why


def test_server_that_is_away_costs_one_message_one_try(settings):
    settings.MAIL_TRANSPORT = {
        "backend": "django.core.mail.backends.smtp.EmailBackend",
        "host": "127.0.0.1",
        "port": 1,
        "timeout": 2,
    }
    for number in range(5):
        mail(number)

    assert sending.send_due() == 0

    rows = OutgoingMail.objects.order_by("pk")
    assert [row.attempts for row in rows] == [1, 0, 0, 0, 0]
    assert {row.status for row in rows} == {"pending"}
    assert "Connection refused" in rows[0].why


def test_what_was_tried_before_is_claimed_alone(smtp, settings):
    settings.MAIL_TRANSPORT = {**settings.MAIL_TRANSPORT, "port": 1}
    for number in range(3):
        mail(number, attempts=1)

    sending.send_due()

    assert sorted(OutgoingMail.objects.values_list("attempts", flat=True)) == [1, 1, 2]


def test_leased_mail_is_left_to_its_sender_until_the_lease_ends(smtp, move_clock):
    mail(1, attempts=1, claim=uuid.uuid4(), lease_until=clock.now() + sending.LEASE)

    assert sending.send_due() == 0
    move_clock(minutes=6)
    assert sending.send_due() == 1


def test_sender_stops_at_half_of_its_lease_and_gives_the_rest_back(smtp, move_clock):
    for number in range(4):
        mail(number)
    smtp.before_answer = lambda count: move_clock(minutes=3)

    assert sending.send_due() == 1

    smtp.before_answer = None
    rest = OutgoingMail.objects.pending()
    assert [(row.attempts, row.claim) for row in rest] == [(0, None)] * 3
    assert sending.send_due() == 3


@pytest.mark.django_db(transaction=True)
def test_sender_that_overslept_marks_nothing_that_is_another_ones(smtp):
    mail(1)
    another = uuid.uuid4()

    def claimed_by_another(count: int) -> None:
        OutgoingMail.objects.update(claim=another)
        connections.close_all()

    smtp.before_answer = claimed_by_another

    assert sending.send_due() == 0

    theirs = OutgoingMail.objects.get()
    assert (theirs.status, theirs.claim) == ("pending", another)


def test_mail_of_the_demo_never_leaves_even_if_it_was_waiting(smtp, demo):
    mail(1, organization=demo)

    assert sending.send_due() == 0

    assert OutgoingMail.objects.get().status == "held"
    assert smtp.messages == []


def test_waiting_mail_is_kept_here_once_no_mail_is_set_up(settings):
    settings.MAIL_TRANSPORT = {}
    mail(1)

    sending.send_due()

    assert OutgoingMail.objects.get().status == "held"


def test_subject_that_is_no_header_fails_alone(smtp):
    mail(1, subject="Two\nlines")
    mail(2)

    assert sending.send_due() == 1

    assert OutgoingMail.objects.get(to="person1@acme.example").status == "pending"
