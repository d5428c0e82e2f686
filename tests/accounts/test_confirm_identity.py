"""Being asked once more who one is: by whatever the person has, a second factor first."""

from collections.abc import Iterator

import pytest
from allauth.core import context
from allauth.mfa.models import Authenticator
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from django.test import Client, RequestFactory

from accounts.actions import end_membership
from accounts.forms import ConfirmIdentityForm
from accounts.models import User
from accounts.passkeys import challenge
from accounts.reauthentication import send_code
from notifications.models import OutgoingMail
from operations import clock
from tests.accounts.apps import recovery_codes, shown, with_app, wrong
from tests.accounts.keys import Key
from tests.accounts.refusals import logged
from tests.cast import PASSWORD, Company, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _inside_a_request() -> Iterator[None]:
    """As allauth's middleware has it around every request."""
    with context.request_context(RequestFactory().post("/")):
        yield


def request_of(user: User, path: str = "/") -> HttpRequest:
    request = RequestFactory().post(path, headers={"Host": "localhost:8000"})
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


def test_whoever_has_an_app_confirms_with_its_code_once_and_not_with_the_password(acme: Company) -> None:
    secret = with_app(acme.sven.user)
    code = shown(secret)

    by_password = ConfirmIdentityForm({"password": PASSWORD}, request=request_of(acme.sven.user))
    first = ConfirmIdentityForm({"one_time_code": code}, request=request_of(acme.sven.user))
    again = ConfirmIdentityForm({"one_time_code": code}, request=request_of(acme.sven.user))

    assert list(first.fields) == ["one_time_code"]
    assert not by_password.is_valid()
    assert first.is_valid()
    assert first.cleaned_data == {}
    assert not again.is_valid()
    assert logged() == ["person.identity_refused"]


def test_a_recovery_code_confirms_once_and_is_logged(acme: Company) -> None:
    with_app(acme.sven.user)
    code = recovery_codes(acme.sven.user)[0]

    first = ConfirmIdentityForm({"one_time_code": code}, request=request_of(acme.sven.user))
    again = ConfirmIdentityForm({"one_time_code": code}, request=request_of(acme.sven.user))

    assert (first.is_valid(), again.is_valid()) == (True, False)
    assert logged() == ["recovery-codes.used", "person.identity_refused"]


def test_attempts_with_codes_are_limited(acme: Company) -> None:
    secret = with_app(acme.sven.user)
    request = request_of(acme.sven.user)
    for _attempt in range(5):
        ConfirmIdentityForm({"one_time_code": wrong(secret)}, request=request).is_valid()

    form = ConfirmIdentityForm({"one_time_code": shown(secret)}, request=request)

    assert not form.is_valid()


def test_a_code_that_signed_in_confirms_nothing(acme: Company) -> None:
    secret = with_app(acme.sven.user)
    code = shown(secret)
    client = Client()
    step = client.post("/account/login/", {"login": "sven@acme.example", "password": PASSWORD})["Location"]
    client.post(step, {"code": code})

    form = ConfirmIdentityForm({"one_time_code": code}, request=request_of(acme.sven.user))

    assert not form.is_valid()


class TestByPasskey:
    """Signed by a key in the test, as a browser's would."""

    @pytest.fixture
    def sven(self, acme: Company) -> User:
        return acme.sven.user

    @pytest.fixture
    def key(self, sven: User) -> Key:
        return Key.of(sven)

    def answered(self, sven: User, key: Key, *, asked_at: str = "/", sent_to: str = "/") -> tuple[HttpRequest, str]:
        """A request to ``sent_to`` of somebody whose browser signed for the form at ``asked_at``."""
        request = request_of(sven, path=sent_to)
        with context.request_context(request):
            options = challenge(request, path=asked_at, at=clock.now())
        return request, key.sign(options)

    def confirms(self, request: HttpRequest, **said: str) -> bool:
        with context.request_context(request):
            return ConfirmIdentityForm(said, request=request).is_valid()

    def test_it_confirms_once(self, sven: User, key: Key) -> None:
        request, assertion = self.answered(sven, key)

        assert self.confirms(request, passkey=assertion)
        assert not self.confirms(request, passkey=assertion)
        assert Authenticator.objects.get(user=sven, type="webauthn").last_used_at is not None

    def test_not_for_another_form(self, sven: User, key: Key) -> None:
        request, assertion = self.answered(
            sven, key, asked_at="/account/reauthenticate/", sent_to="/o/acme/sign-offs/1/"
        )

        assert not self.confirms(request, passkey=assertion)

    def test_not_in_another_session(self, sven: User, key: Key) -> None:
        _request, assertion = self.answered(sven, key)
        elsewhere, _other = self.answered(sven, key)

        assert not self.confirms(elsewhere, passkey=assertion)

    def test_not_after_five_minutes(self, sven: User, key: Key, move_clock) -> None:
        request, assertion = self.answered(sven, key)
        move_clock(minutes=6)

        assert not self.confirms(request, passkey=assertion)

    def test_not_by_somebody_elses_key(self, sven: User, key: Key, acme: Company) -> None:
        request, assertion = self.answered(sven, Key.of(acme.lea.user))

        assert not self.confirms(request, passkey=assertion)

    def test_not_without_the_person(self, sven: User, key: Key) -> None:
        key.verifies = False
        request, assertion = self.answered(sven, key)

        assert not self.confirms(request, passkey=assertion)

    @pytest.mark.parametrize("said", ["", "{}", "[]", "nothing", '{"id": 1, "response": {}}'])
    def test_not_by_nonsense(self, sven: User, key: Key, said: str) -> None:
        request, _assertion = self.answered(sven, key)

        assert not self.confirms(request, passkey=said)

    def test_a_recovery_code_does_too(self, sven: User, key: Key) -> None:
        request, _assertion = self.answered(sven, key)

        assert self.confirms(request, one_time_code=recovery_codes(sven)[0])

    def test_at_another_address_only_codes_are_offered(self, sven: User, key: Key) -> None:
        request = request_of(sven)
        request.META["HTTP_HOST"] = "127.0.0.1:8000"

        assert list(ConfirmIdentityForm(request=request).fields) == ["one_time_code"]


@pytest.mark.parametrize(
    "path",
    [
        "settings/second-factor/",
        "settings/single-sign-on/provider/",
        "settings/single-sign-on/way/",
        "settings/single-sign-on/forget/",
        "people/{dev}/erase/",
        "people/{ann}/second-factor/",
    ],
)
def test_every_page_that_asks_who_one_is_has_the_browser_ask_for_a_passkey(acme: Company, path: str) -> None:
    Key.of(acme.olga.user)
    end_membership(membership=acme.dev, by=acme.mara, at=clock.now())
    client = signed_in(acme.olga)
    page = f"/o/acme/{path.format(dev=acme.dev.pk, ann=acme.ann.pk)}"

    html = client.get(page, headers={"Host": "localhost:8000"}).content.decode()

    assert html.count('name="passkey"') == 1
    assert f'data-passkey-url="/account/passkey-challenge/" data-passkey-for="{page}"' in html
    assert "js/passkey.js" in html
    assert html.count("data-passkey-instead") == 1


@pytest.mark.parametrize("page", ["http://[", "\0", ""])
def test_a_passkey_for_no_page_is_asked_for_and_opens_none(acme: Company, page: str) -> None:
    client = signed_in(acme.olga)

    response = client.post("/account/passkey-challenge/", {"for": page}, headers={"Host": "localhost:8000"})

    assert response.status_code == 200
