"""Being asked once more who one is: by password, else by a fresh code."""

from collections.abc import Iterator

import pytest
from allauth.core import context
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from django.test import RequestFactory

from accounts.forms import ConfirmIdentityForm
from accounts.models import User
from accounts.reauthentication import send_code
from notifications.models import OutgoingMail
from operations import clock
from tests.accounts.refusals import logged
from tests.cast import PASSWORD, Company, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _inside_a_request() -> Iterator[None]:
    """As allauth's middleware has it around every request."""
    with context.request_context(RequestFactory().post("/")):
        yield


def request_of(user: User) -> HttpRequest:
    request = RequestFactory().post("/")
    request.user = user
    request.session = SessionStore()
    return request


@pytest.fixture
def without_password(acme: Company) -> HttpRequest:
    acme.dev.user.set_unusable_password()
    acme.dev.user.save(update_fields=["password"])
    return request_of(acme.dev.user)


def sent_code(request: HttpRequest) -> str:
    send_code(request, at=clock.now())
    return OutgoingMail.objects.latest("pk").text.split("\n\n")[1].strip()


def test_the_password_confirms(acme: Company) -> None:
    form = ConfirmIdentityForm({"password": PASSWORD}, request=request_of(acme.sven.user))

    assert form.is_valid()
    assert form.cleaned_data == {}
    assert logged() == []


def test_a_wrong_password_does_not_and_is_logged(acme: Company) -> None:
    form = ConfirmIdentityForm({"password": "wrong"}, request=request_of(acme.sven.user))

    assert not form.is_valid()
    assert form.errors == {"password": ["This is not your password."]}
    assert "person.identity_refused" in logged()


def test_attempts_are_limited(acme: Company) -> None:
    request = request_of(acme.sven.user)
    for _attempt in range(5):
        ConfirmIdentityForm({"password": "wrong"}, request=request).is_valid()

    form = ConfirmIdentityForm({"password": PASSWORD}, request=request)

    assert not form.is_valid()


def test_a_fresh_code_confirms_once(without_password: HttpRequest) -> None:
    code = sent_code(without_password)

    first = ConfirmIdentityForm({"code": f" {code.lower()} "}, request=without_password)
    second = ConfirmIdentityForm({"code": code}, request=without_password)

    assert first.is_valid()
    assert not second.is_valid()


def test_a_code_dies_after_three_wrong_ones(without_password: HttpRequest) -> None:
    code = sent_code(without_password)
    for _attempt in range(3):
        assert not ConfirmIdentityForm({"code": "WRONG"}, request=without_password).is_valid()

    assert not ConfirmIdentityForm({"code": code}, request=without_password).is_valid()


def test_a_code_runs_out(without_password: HttpRequest, move_clock) -> None:
    code = sent_code(without_password)
    move_clock(minutes=11)

    assert not ConfirmIdentityForm({"code": code}, request=without_password).is_valid()


def test_a_code_is_not_kept_where_it_could_be_read(without_password: HttpRequest) -> None:
    code = sent_code(without_password)

    assert code not in str(dict(without_password.session.items()))


def test_a_code_is_sent_by_button_and_leads_back_here_only(acme: Company) -> None:
    client = signed_in(acme.dev)

    here = client.post("/account/identity-code/", {"next": "/o/acme/"})
    away = client.post("/account/identity-code/", {"next": "https://evil.example/"})

    assert (here["Location"], away["Location"]) == ("/o/acme/", "/")
    assert OutgoingMail.objects.filter(to="dev@acme.example").count() == 2
