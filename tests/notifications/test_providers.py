"""Mail by a provider's interface instead of SMTP: what is sent, and what its refusals mean."""

import email.parser
import json
from collections.abc import Iterator

import environ
import pytest
from django.core.exceptions import ImproperlyConfigured

from config.settings.mail import TIMEOUT_SECONDS, mail_transport
from notifications import sending
from notifications.models import Bounce, OutgoingMail
from notifications.sending import LEASE
from operations import clock
from tests.provider_of_mail import MailProvider

TAKEN = {"ErrorCode": 0, "Message": "OK", "To": "person1@acme.example", "MessageID": "b7bc2f4a"}


@pytest.fixture
def provider() -> Iterator[MailProvider]:
    with MailProvider() as one:
        one.answer = (200, TAKEN)
        yield one


@pytest.fixture
def postmark(settings, provider, monkeypatch) -> MailProvider:
    monkeypatch.setenv("EMAIL_URL", f"anymail+postmark://?server_token=a%2Btoken&api_url={provider.address}")
    settings.MAIL_TRANSPORT = mail_transport(environ.Env())
    return provider


@pytest.fixture
def mail(organization, make_member):
    who = make_member(organization)
    at = clock.now()
    return OutgoingMail.objects.create(
        organization=organization,
        user=who.user,
        kind="message",
        to=who.user.email,
        from_email="Wayleave <wayleave@acme.example>",
        subject="Your list",
        text="Please look.",
        html="<p>Please look.</p>",
        headers={"List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
        message_id="<fixed@acme.example>",
        status="pending",
        lease_until=at,
        created_at=at,
    )


def test_a_message_goes_to_the_provider_under_the_id_that_was_fixed_before(postmark, mail):
    assert sending.send_due() == 1

    ((path, headers, body),) = postmark.taken
    told = json.loads(body)
    assert (path, headers["X-Postmark-Server-Token"]) == ("/email", "a+token")
    assert (told["To"], told["Subject"], told["TextBody"]) == (mail.to, "Your list", "Please look.")
    said = {header["Name"]: header["Value"] for header in told["Headers"]}
    assert said["Message-ID"] == "<fixed@acme.example>"
    assert said["X-PM-KeepID"] == "true"
    assert said["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    mail.refresh_from_db()
    assert (mail.status, mail.text, mail.last_error) == ("sent", "", "")


def test_another_provider_takes_it_in_its_own_shape(settings, provider, mail, monkeypatch):
    monkeypatch.setenv(
        "EMAIL_URL", f"anymail+mailgun://?api_key=k&sender_domain=acme.example&api_url={provider.address}v3"
    )
    settings.MAIL_TRANSPORT = mail_transport(environ.Env())
    provider.answer = (200, {"id": "<x@acme.example>", "message": "Queued. Thank you."})

    assert sending.send_due() == 1

    ((path, headers, body),) = provider.taken
    assert path == "/v3/acme.example/messages"
    form = email.parser.BytesParser().parsebytes(b"Content-Type: " + headers["Content-Type"].encode() + b"\n\n" + body)
    fields = (
        {part.get_param("name", header="content-disposition"): part.get_payload() for part in form.get_payload()}
        if form.is_multipart()
        else dict(pair.split("=", 1) for pair in body.decode().split("&"))
    )
    assert "fixed" in fields["h:Message-Id"] if "h:Message-Id" in fields else "fixed" in body.decode()


@pytest.mark.parametrize(
    ("status", "answer", "words"),
    [
        (422, {"ErrorCode": 406, "Message": "You tried to send to recipients that have been marked as inactive. Found inactive addresses: person1@acme.example. Inactive recipients are ones that have generated a hard bounce, a spam complaint, or a manual suppression."}, "rejected"),
        (422, {"ErrorCode": 300, "Message": "Error parsing 'To': Illegal email domain 'acme.example' in address 'person1@acme.example'."}, "invalid"),
    ],
)  # fmt: skip
def test_an_address_refused_for_good_fails_at_once_and_is_marked(postmark, mail, status, answer, words):
    postmark.answer = (status, answer)

    assert sending.send_due() == 0

    mail.refresh_from_db()
    assert (mail.status, mail.attempts) == ("failed", 1)
    assert words in mail.why
    assert Bounce.objects.filter(cleared_at=None).count() == 1


@pytest.mark.parametrize("status", [400, 413, 422])
def test_words_refused_for_good_fail_at_once_and_mark_nobody(postmark, mail, status):
    postmark.answer = (status, {"ErrorCode": 300, "Message": "Invalid 'From' address: 'x'."})

    assert sending.send_due() == 0

    mail.refresh_from_db()
    assert (mail.status, mail.attempts) == ("failed", 1)
    assert "Invalid 'From' address" in mail.why
    assert not Bounce.objects.exists()


@pytest.mark.parametrize("status", [401, 403, 404, 429, 500, 503])
def test_what_is_about_us_or_passes_is_tried_again(postmark, mail, move_clock, status):
    postmark.answer = (status, {"ErrorCode": 10, "Message": "Bad or missing API token."})

    assert sending.send_due() == 0
    mail.refresh_from_db()
    assert (mail.status, mail.attempts) == ("pending", 1)
    assert str(status) in mail.why
    assert "a+token" not in mail.why

    postmark.answer = (200, TAKEN)
    move_clock(minutes=2)
    assert sending.send_due() == 1


def test_a_provider_that_does_not_answer_is_tried_again(settings, mail):
    settings.MAIL_TRANSPORT = {
        "backend": "anymail.backends.postmark.EmailBackend",
        "server_token": "t",
        "api_url": "http://127.0.0.1:1/",
        "timeout": 2,
    }

    assert sending.send_due() == 0

    mail.refresh_from_db()
    assert (mail.status, mail.attempts) == ("pending", 1)


def test_an_option_that_is_missing_is_said_on_the_mail_page(settings, mail, monkeypatch):
    monkeypatch.setenv("EMAIL_URL", "anymail+postmark://")
    settings.MAIL_TRANSPORT = mail_transport(environ.Env())

    assert sending.send_due() == 0

    mail.refresh_from_db()
    assert mail.status == "pending"
    assert "SERVER_TOKEN" in mail.why


def test_anymails_own_test_backend_takes_what_we_hand_over(settings, mail):
    settings.MAIL_TRANSPORT = {"backend": "anymail.backends.test.EmailBackend"}

    assert sending.send_due() == 1


@pytest.mark.parametrize(
    "url",
    [
        "anymail+nobody://?server_token=hunter2",
        "anymail+postmark://hunter2@",
        "anymail+../x://?key=hunter2",
        "anymail+postmark:///hunter2",
    ],
)
def test_an_address_that_names_no_provider_is_refused_without_being_quoted(monkeypatch, url):
    monkeypatch.setenv("EMAIL_URL", url)

    with pytest.raises(ImproperlyConfigured, match=r"anymail\+postmark") as refusal:
        mail_transport(environ.Env())
    assert "hunter2" not in str(refusal.value)


def test_a_slow_provider_ends_before_half_of_the_lease(monkeypatch):
    monkeypatch.setenv("EMAIL_URL", "anymail+amazon-ses://?region_name=eu-central-1")

    transport = mail_transport(environ.Env())

    assert transport["backend"] == "anymail.backends.amazon_ses.EmailBackend"
    assert LEASE.total_seconds() / 2 >= 2 * TIMEOUT_SECONDS >= transport["timeout"]
