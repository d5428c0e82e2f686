"""Mail through django.core.mail becomes rows in the caller's transaction."""

import pytest
from django.core.mail import EmailMessage, EmailMultiAlternatives, send_mail
from django.db import transaction

from accounts.models import Invitation
from notifications.models import OutgoingMail
from operations import clock

pytestmark = pytest.mark.django_db

TRANSPORT = {"backend": "django.core.mail.backends.smtp.EmailBackend", "host": "127.0.0.1", "port": 9}


@pytest.fixture(autouse=True)
def _mail_is_ours(settings):
    settings.EMAIL_BACKEND = "notifications.mail.OutgoingMailBackend"


def test_message_becomes_a_pending_row_for_each_address(settings):
    settings.MAIL_TRANSPORT = TRANSPORT
    settings.PUBLIC_URL = "https://wayleave.acme.example"

    send_mail("Hello", "Text", None, ["a@acme.example", "b@acme.example"])

    rows = list(OutgoingMail.objects.order_by("to"))
    assert [(row.to, row.status, row.kind) for row in rows] == [
        ("a@acme.example", "pending", "account"),
        ("b@acme.example", "pending", "account"),
    ]
    assert rows[0].message_id != rows[1].message_id
    assert all(row.message_id.endswith("@wayleave.acme.example>") for row in rows)


def test_both_forms_of_the_words_are_kept(settings):
    settings.MAIL_TRANSPORT = TRANSPORT
    message = EmailMultiAlternatives("Hello", "Plain", None, ["a@acme.example"], reply_to=["keeper@acme.example"])
    message.attach_alternative("<p>Rich</p>", "text/html")

    message.send()

    mail = OutgoingMail.objects.get()
    assert (mail.text, mail.html) == ("Plain", "<p>Rich</p>")
    assert mail.headers == {"Reply-To": "keeper@acme.example"}


def test_without_a_transport_mail_is_kept_here_and_says_why(settings):
    settings.MAIL_TRANSPORT = {}

    send_mail("Hello", "Text", None, ["a@acme.example"])

    mail = OutgoingMail.objects.get()
    assert mail.status == "held"
    assert mail.why == "No mail is set up, so it stays here to be read."


def test_rolled_back_transaction_leaves_no_mail(settings):
    settings.MAIL_TRANSPORT = TRANSPORT

    with pytest.raises(RuntimeError), transaction.atomic():
        send_mail("Hello", "Text", None, ["a@acme.example"])
        raise RuntimeError

    assert not OutgoingMail.objects.exists()


def test_organization_in_the_header_is_kept_and_does_not_leave(settings, organization):
    settings.MAIL_TRANSPORT = TRANSPORT
    headers = {"X-Wayleave-Organization": str(organization.pk), "X-Kept": "yes"}

    EmailMessage("Hello", "Text", None, ["a@acme.example"], headers=headers).send()

    mail = OutgoingMail.objects.get()
    assert (mail.organization, mail.kind, mail.headers) == (organization, "message", {"X-Kept": "yes"})


def test_organization_on_the_message_is_kept(settings, organization):
    settings.MAIL_TRANSPORT = TRANSPORT
    message = EmailMessage("Hello", "Text", None, ["a@acme.example"])
    message.organization = organization  # type: ignore[attr-defined]  # what the backend reads of it

    message.send()

    assert OutgoingMail.objects.get().organization == organization


def test_mail_of_the_demo_is_held_even_with_a_transport(settings, demo):
    settings.MAIL_TRANSPORT = TRANSPORT

    EmailMessage("Hi", "Text", None, ["a@else.example"], headers={"X-Wayleave-Organization": str(demo.pk)}).send()

    mail = OutgoingMail.objects.get()
    assert mail.status == "held"
    assert mail.why == "The demo company never sends mail outside."


def test_sign_in_code_of_a_person_only_in_the_demo_is_held(settings, demo, make_member):
    settings.MAIL_TRANSPORT = TRANSPORT
    member = make_member(demo)

    send_mail("Sign-in code", "123456", None, [member.user.email])

    assert OutgoingMail.objects.get().status == "held"


def test_sign_in_code_of_a_person_also_elsewhere_is_sent(settings, demo, organization, make_member):
    settings.MAIL_TRANSPORT = TRANSPORT
    member = make_member(demo)
    organization.memberships.create(user=member.user, created_at=member.created_at)

    send_mail("Sign-in code", "123456", None, [member.user.email])

    assert OutgoingMail.objects.get().status == "pending"


@pytest.mark.parametrize(("state", "status"), [("open", "pending"), ("withdrawn", "held"), ("demo's", "held")])
def test_sign_in_code_of_a_person_in_the_demo_is_sent_once_another_organization_waits_for_them(
    settings, demo, organization, make_member, state, status
):
    settings.MAIL_TRANSPORT = TRANSPORT
    member, at = make_member(demo), clock.now()
    Invitation.objects.create(
        organization=demo if state == "demo's" else organization,
        email=member.user.email,
        invited_at=at,
        sent_at=at,
        expires_at=at,
        withdrawn_at=at if state == "withdrawn" else None,
    )

    send_mail("Sign-in code", "123456", None, [member.user.email])

    assert OutgoingMail.objects.get().status == status


def test_attachments_are_refused(settings):
    settings.MAIL_TRANSPORT = TRANSPORT
    message = EmailMessage("Hello", "Text", None, ["a@acme.example"])
    message.attach("list.csv", "a,b", "text/csv")

    with pytest.raises(ValueError, match="no attachments"):
        message.send()

    assert not OutgoingMail.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_down_stops_nobody(settings, broker_is_down):
    settings.MAIL_TRANSPORT = TRANSPORT

    send_mail("Hello", "Text", None, ["a@acme.example"])

    assert OutgoingMail.objects.get().status == "pending"
