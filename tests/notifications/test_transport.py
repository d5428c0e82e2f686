"""How mail leaves the house, read from EMAIL_URL."""

import environ
import pytest

from config.settings.mail import TIMEOUT_SECONDS, mail_transport
from notifications.sending import LEASE

SMTP = "django.core.mail.backends.smtp.EmailBackend"
# Connect, greet, start TLS, greet again, authenticate (two steps), from, to, data, the words.
STEPS_OF_A_CONVERSATION = 10


@pytest.mark.parametrize(
    ("url", "port", "tls", "ssl"),
    [
        ("smtp://mail.acme.example", 25, False, False),
        ("smtp://mail.acme.example:2525", 2525, False, False),
        ("smtp+tls://mail.acme.example", 587, True, False),
        ("smtp+ssl://mail.acme.example", 465, False, True),
    ],
)
def test_address_names_server_port_and_encryption(monkeypatch, url, port, tls, ssl):
    monkeypatch.setenv("EMAIL_URL", url)

    transport = mail_transport(environ.Env())

    assert (transport["backend"], transport["host"]) == (SMTP, "mail.acme.example")
    assert (transport["port"], transport["use_tls"], transport["use_ssl"]) == (port, tls, ssl)


def test_user_and_password_are_decoded(monkeypatch):
    monkeypatch.setenv("EMAIL_URL", "smtp+tls://way%40acme:p%40ss@mail.acme.example:587")

    transport = mail_transport(environ.Env())

    assert (transport["username"], transport["password"]) == ("way@acme", "p@ss")


@pytest.mark.parametrize("url", [None, ""])
def test_without_an_address_no_mail_is_set_up(monkeypatch, url):
    monkeypatch.delenv("EMAIL_URL", raising=False)
    if url is not None:
        monkeypatch.setenv("EMAIL_URL", url)

    assert mail_transport(environ.Env()) == {}


def test_slowest_conversation_ends_before_half_of_the_lease():
    assert LEASE.total_seconds() / 2 >= TIMEOUT_SECONDS * STEPS_OF_A_CONVERSATION
