"""Mail that comes back: noticed by the sender, read from reports or said by hand; no reminders until it is tried again."""

import io
import mailbox
import sys
from pathlib import Path

import pytest
from django.core.management import call_command
from django.urls import reverse

from accounts.models import AccessPeriod, Membership, User
from audit.models import AuditEvent
from notifications import actions, digest, sending
from notifications.models import Bounce, Notice, OutgoingMail
from notifications.queries import bounce_of
from operations import clock
from tests.cast import Company, company, signed_in
from tests.notifications.test_digest import moment, tell
from tests.notifications.test_sending import mail

pytestmark = pytest.mark.django_db

REPORT = """\
From: MAILER-DAEMON@mx.example
To: wayleave@acme.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

It did not arrive.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; person1@acme.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {status} no such user

--b
Content-Type: {enclosed}

Message-ID: {message_id}
Subject: Reminders

--b--
"""


@pytest.fixture
def member(organization, make_member) -> Membership:
    return make_member(organization)


def report(of: OutgoingMail, *, action: str = "failed", status: str = "5.1.1", enclosed: str = "message/rfc822") -> str:
    return REPORT.format(message_id=of.message_id, action=action, status=status, enclosed=enclosed)


def to(member: Membership, **fields) -> OutgoingMail:
    return mail(**{"organization": member.organization, "user": member.user, "to": member.user.email, **fields})


def sent_to(member: Membership, **fields) -> OutgoingMail:
    return to(member, status="sent", sent_at=clock.now(), **fields)


def piped(monkeypatch, words: str) -> str:
    said = io.StringIO()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(words.encode())))
    call_command("read_bounces", stdout=said)
    return said.getvalue()


@pytest.mark.parametrize(
    ("reply", "is_marked"),
    [
        ("550 no such user here", True),
        ("550 5.1.1 unknown", True),
        ("550 5.7.1 relaying denied", False),
        ("451 later", False),
    ],
)
def test_address_refused_for_good_is_marked_at_once_and_other_trouble_is_not(member, smtp, reply, is_marked):
    written = to(member)
    smtp.refuse(member.user.email, reply)

    sending.send_due()

    bounce = bounce_of(member)
    assert (bounce is not None) == is_marked
    if bounce:
        assert (bounce.mail, bounce.marked_by) == (written, None)
        assert AuditEvent.objects.get(action="person.mail_bounced").target == f"membership:{member.pk}"


def test_code_that_comes_back_marks_its_person_wherever_they_are(member, demo, smtp):
    other = Membership.objects.create(organization=demo, user=member.user, created_at=clock.now())
    AccessPeriod.objects.create(organization=demo, membership=other, level="member", started_at=clock.now())
    to(member, organization=None, kind="account")
    smtp.refuse(member.user.email, "550 gone")

    sending.send_due()

    assert bounce_of(member)
    assert bounce_of(other)


def test_who_is_out_of_reach_gets_no_digest_until_it_is_tried_again_and_then_all_that_waited(member):
    actions.mark_bouncing(membership=member, by=member, at=moment(7))
    tell(member, 1)

    assert [digest.write_mail(at=moment(9, day=day)) for day in (9, 10, 11)] == [0, 0, 0]
    assert Notice.objects.unsent().count() == 1
    tell(member, 2, is_urgent=True, at=moment(10, day=11))
    assert digest.write_mail(at=moment(10, day=11)) == 1

    actions.try_again(membership=member, by=member, at=moment(11, day=11))

    assert digest.write_mail(at=moment(9, day=12)) == 1
    assert OutgoingMail.objects.get(kind="digest").notices.count() == 1


def test_other_address_is_reached(member):
    actions.mark_bouncing(membership=member, by=member, at=moment(7))
    User.objects.update(email="another@acme.example")
    tell(member)

    assert bounce_of(member) is None
    assert digest.write_mail(at=moment(9)) == 1


def test_marking_and_clearing_twice_is_once(member):
    for _time in range(2):
        actions.mark_bouncing(membership=member, by=member, at=moment(7))
    assert Bounce.objects.count() == 1
    for _time in range(2):
        actions.try_again(membership=member, by=member, at=moment(8))

    assert AuditEvent.objects.filter(action="person.mail_tried_again").count() == 1
    assert Bounce.objects.get().cleared_at == moment(8)


def test_report_about_mail_to_somebody_who_was_erased_leaves_no_address_behind(member, monkeypatch):
    back = sent_to(member)
    OutgoingMail.objects.update(to="", subject="")  # as erasing leaves it

    said = piped(monkeypatch, report(back))

    assert "0 people marked" in said
    assert OutgoingMail.objects.get().last_error == ""


@pytest.mark.parametrize("enclosed", ["message/rfc822", "text/rfc822-headers"])
def test_report_on_standard_input_marks_by_our_message_id_and_says_why(member, monkeypatch, enclosed):
    back = sent_to(member)

    said = piped(monkeypatch, report(back, enclosed=enclosed))

    assert said == "Read 1, of which 1 are about mail of ours; 1 people marked.\n"
    assert bounce_of(member).mail == back
    back.refresh_from_db()
    assert (back.status, back.why) == ("sent", "Came back: 5.1.1 smtp; 5.1.1 no such user")


@pytest.mark.parametrize(
    "other",
    [{"action": "delayed"}, {"action": "delivered", "status": "2.0.0"}, {"status": "4.2.2"}, {"status": "5.7.1"}],
)
def test_delay_success_and_policy_mark_nobody(member, monkeypatch, other):
    piped(monkeypatch, report(sent_to(member), **other))

    assert not Bounce.objects.exists()


def test_report_about_a_stranger_and_nonsense_mark_nobody(member, monkeypatch):
    forged = report(sent_to(member)).replace("Message-ID: <", "Message-ID: <no")
    assert "0 people marked" in piped(monkeypatch, forged)
    assert "0 people marked" in piped(monkeypatch, "Subject: I am away\n\nUntil Monday.")
    assert not Bounce.objects.exists()


@pytest.mark.parametrize("kind", [mailbox.Maildir, mailbox.mbox])
def test_boxes_are_read_again_without_marking_again_what_was_cleared(member, tmp_path: Path, kind):
    box = kind(tmp_path / "box", create=True)
    box.add(report(sent_to(member)))
    box.flush()

    call_command("read_bounces", str(tmp_path / "box"), stdout=io.StringIO())
    assert bounce_of(member)
    actions.try_again(membership=member, by=member, at=clock.now())
    call_command("read_bounces", str(tmp_path / "box"), stdout=io.StringIO())

    assert bounce_of(member) is None


@pytest.fixture
def acme(db) -> Company:
    return company()


def test_manager_marks_and_clears_by_hand_and_it_shows(acme):
    browser = signed_in(acme.mara)
    url = reverse("notifications:person-reach", args=["acme", acme.dev.pk])
    assert "Doesn’t mail reach Dev?" in browser.get(url).content.decode()

    page = browser.post(url, follow=True).content.decode()

    assert "Mail doesn’t arrive" in page
    assert "Mail doesn’t arrive" in browser.get(reverse("accounts:person-list", args=["acme"])).content.decode()
    assert "Said by Mara." in browser.get(url).content.decode()
    browser.post(url, {"try_again": "1"})
    assert bounce_of(acme.dev) is None
    assert "Mail doesn’t arrive" not in browser.get(reverse("accounts:person-list", args=["acme"])).content.decode()


def test_person_is_told_on_their_page_and_tries_again(acme):
    actions.mark_bouncing(membership=acme.dev, by=acme.mara, at=clock.now())
    browser = signed_in(acme.dev)
    url = reverse("notifications:preferences", args=["acme"])
    assert "Mail to you doesn’t arrive" in browser.get(url).content.decode()

    browser.post(url, {"try_again": "1"})

    assert bounce_of(acme.dev) is None
