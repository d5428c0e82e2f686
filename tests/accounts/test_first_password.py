"""A first password: who is asked for one, and that an open session alone doesn't give it."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.signals import user_logged_in
from django.test import Client

from accounts.models import Membership, User
from accounts.vouched import MEANS
from notifications.models import OutgoingMail
from tests.accounts.apps import shown, with_app
from tests.accounts.refusals import logged
from tests.cast import PASSWORD, Company, signed_in

pytestmark = pytest.mark.django_db
SET = "/account/password/set/"
CHOSEN = {"password1": PASSWORD, "password2": PASSWORD, "next": "/o/acme/"}


def without_password(membership: Membership) -> Membership:
    membership.user.set_unusable_password()
    membership.user.save(update_fields=["password"])
    return membership


def has_password(membership: Membership) -> bool:
    membership.user.refresh_from_db()
    return membership.user.has_usable_password()


def code_of(client: Client, path: str, **said: str) -> str:
    client.post(path, said)
    return OutgoingMail.objects.latest("pk").text.split("\n\n")[1].strip()


@pytest.mark.parametrize(
    ("name", "must"), [("olga", True), ("mara", True), ("sven", True), ("dev", False), ("ann", False)]
)
def test_who_owns_manages_or_signs_sets_a_password_before_going_on(acme: Company, name: str, must: bool) -> None:
    membership = without_password(getattr(acme, name))

    response = signed_in(membership).get("/o/acme/")

    assert (response.status_code, response.headers.get("Location")) == (
        (302, "/account/password/set/?next=%2Fo%2Facme%2F") if must else (200, None)
    )


def test_an_open_session_alone_gives_no_lasting_way_in(acme: Company) -> None:
    client = signed_in(without_password(acme.mara))

    response = client.post(SET, CHOSEN)

    assert response["Location"] == "/account/reauthenticate/?next=%2Faccount%2Fpassword%2Fset%2F"
    assert not has_password(acme.mara)
    assert logged() == []


def test_whoever_types_in_the_mailed_code_sets_it_and_is_led_on(acme: Company) -> None:
    client = signed_in(without_password(acme.mara))
    asked = client.get(f"{SET}?next=/o/acme/")

    code = code_of(client, "/account/identity-code/")
    page = client.post(asked["Location"], {"code": code}, follow=True)
    response = client.post(SET, CHOSEN, follow=True)

    assert page.redirect_chain[-1][0] == f"{SET}?next=/o/acme/"
    assert response.redirect_chain[-1] == ("/o/acme/", 302)
    assert has_password(acme.mara)
    assert logged() == ["person.password_changed"]


def test_whoever_has_a_second_factor_confirms_with_nothing_less(acme: Company) -> None:
    secret = with_app(without_password(acme.mara).user)
    client = signed_in(acme.mara)

    mailed = code_of(client, "/account/identity-code/")
    assert client.post("/account/reauthenticate/", {"code": mailed}).status_code == 200
    assert client.get(SET).status_code == 302
    client.post("/account/reauthenticate/", {"one_time_code": shown(secret)})

    assert client.get(SET).status_code == 200


def test_whoever_has_just_signed_in_is_not_asked_twice(acme: Company, move_clock: Callable[..., None]) -> None:
    without_password(acme.mara)
    client = Client()
    code = code_of(client, "/account/login/code/", email="mara@acme.example")
    client.post("/account/login/code/confirm/", {"code": code})

    assert client.get(SET).status_code == 200
    assert client.get("/account/second-factor/app/").status_code == 302  # what confirms more is asked for all the same
    move_clock(minutes=11)
    assert client.get(SET).status_code == 302
    move_clock(hours=-1)  # set back: these minutes are no hour
    assert client.get(SET).status_code == 302


def test_a_provider_that_remembers_the_browser_confirms_nothing(acme: Company, rf: Any) -> None:
    client = signed_in(without_password(acme.mara))
    request = rf.get("/")
    request.user, request.session = acme.mara.user, client.session

    user_logged_in.send(sender=User, request=request, user=acme.mara.user, means=MEANS)
    request.session.save()

    assert client.get(SET).status_code == 302
