"""The door of an organization with a provider of its own: who is led there, who keeps another way in, and what its word is good for."""

from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from accounts import actions
from accounts.actions import Way
from accounts.links import token_of
from accounts.models import (
    AccessPeriod,
    Membership,
    Organization,
    Placement,
    SingleSignOn,
    User,
)
from notifications.models import OutgoingMail
from operations import clock
from tests.accounts.refusals import logged
from tests.accounts.sign_ons import come_in, refused, sign_on_of
from tests.cast import PASSWORD, Company, company, signed_in
from tests.provider import Running

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("this_machine_may_be_called")]


def test_an_address_of_the_domain_is_led_to_the_provider_and_can_have_a_code_all_the_same(
    acme: Company, provider: Running
) -> None:
    sign_on_of(acme.organization, provider)
    client = Client()

    offer = client.post("/account/login/code/", {"email": "dev@acme.example", "next": "/o/acme/my-list/"}, follow=True)
    led = offer.redirect_chain[-1][0]
    client.post("/account/login/code/", {"email": "dev@acme.example", "anyway": "yes"})

    assert led == "/account/single-sign-on/acme/?next=%2Fo%2Facme%2Fmy-list%2F"
    assert "Continue with Acme’s sign-in" in offer.content.decode()
    assert "next=%2Fo%2Facme%2Fmy-list%2F" in offer.content.decode()
    assert OutgoingMail.objects.filter(to="dev@acme.example").count() == 1


def test_a_password_works_beside_it(acme: Company, provider: Running) -> None:
    sign_on_of(acme.organization, provider)
    client = Client()

    client.post("/account/login/", {"login": "dev@acme.example", "password": PASSWORD})

    assert client.get("/o/acme/").status_code == 200


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        ("login/", {"login": "dev@acme.example", "password": PASSWORD}),
        ("login/", {"login": " DEV@acme.example ", "password": PASSWORD}),
        ("login/code/", {"email": "dev@acme.example"}),
        ("password/reset/", {"email": "dev@acme.example"}),
    ],
)
def test_as_the_only_way_in_it_ends_codes_and_passwords(
    acme: Company, provider: Running, path: str, typed: dict[str, str]
) -> None:
    sign_on_of(acme.organization, provider, way=Way.ONLY)
    client = Client()

    page = client.post(f"/account/{path}", typed, follow=True)

    assert page.redirect_chain == [("/account/single-sign-on/acme/", 302)]
    assert not OutgoingMail.objects.exists()
    assert "_auth_user_id" not in client.session


def test_a_code_that_was_sent_before_opens_nothing_any_more(acme: Company, provider: Running) -> None:
    sign_on_of(acme.organization, provider)
    client = Client()
    client.post("/account/login/code/", {"email": "dev@acme.example", "anyway": "yes"})
    code = OutgoingMail.objects.get().text.split("\n\n")[1].strip()
    SingleSignOn.objects.update(is_only_way=True)

    response = client.post("/account/login/code/confirm/", {"code": code})

    assert response["Location"] == "/account/single-sign-on/acme/"
    assert "_auth_user_id" not in client.session


def test_sessions_that_began_otherwise_are_led_to_the_provider_and_back(acme: Company, provider: Running) -> None:
    sign_on_of(acme.organization, provider, way=Way.ONLY)
    client = signed_in(acme.dev)

    sent = client.get("/o/acme/my-list/")
    offer = client.get(sent["Location"])
    back = come_in(client, provider, "dev", next="/o/acme/my-list/")

    assert sent["Location"] == "/account/single-sign-on/acme/?next=%2Fo%2Facme%2Fmy-list%2F"
    assert "You are signed in otherwise" in offer.content.decode()
    assert back["Location"] == "/o/acme/my-list/"
    assert client.get("/o/acme/my-list/").status_code == 200


def test_another_provider_asks_everybody_to_come_in_anew(acme: Company, provider: Running) -> None:
    sign_on_of(acme.organization, provider, way=Way.ONLY)
    client = Client()
    come_in(client, provider, "dev")
    SingleSignOn.objects.update(round=2)

    assert client.get("/o/acme/").status_code == 302


def test_it_is_asked_for_the_pages_of_that_organization_only(acme: Company, provider: Running) -> None:
    also_at_globex(acme.dev)
    sign_on_of(acme.organization, provider, way=Way.ONLY)
    client = signed_in(acme.dev)

    assert client.get("/o/acme/").status_code == 302
    assert client.get("/o/globex/").status_code == 200


@pytest.mark.parametrize("has_left", [False, True])
def test_whoever_belongs_elsewhere_too_comes_in_there_by_a_code(
    acme: Company, provider: Running, has_left: bool
) -> None:
    also_at_globex(acme.dev)
    sign_on_of(acme.organization, provider, way=Way.ONLY)
    if has_left:
        actions.end_membership(membership=acme.dev, by=acme.olga, at=clock.now())
    client = Client()

    offer = client.post("/account/login/code/", {"email": "dev@acme.example"}, follow=True).content.decode()
    client.post("/account/login/code/", {"email": "dev@acme.example", "anyway": "yes"})
    code = OutgoingMail.objects.filter(to="dev@acme.example").latest("pk").text.split("\n\n")[1].strip()
    client.post("/account/login/code/confirm/", {"code": code})

    assert "You belong to another organization here as well?" in offer
    assert client.get("/o/globex/").status_code == 200
    assert client.get("/o/acme/").status_code == (404 if has_left else 302)


@pytest.mark.parametrize("email", ["dev@acme.example", "nobody-here@acme.example"])
def test_whoever_belongs_nowhere_else_is_sent_no_code_and_told_no_more_than_anybody(
    acme: Company, provider: Running, email: str
) -> None:
    sign_on_of(acme.organization, provider, way=Way.ONLY)
    client = Client()

    page = client.post("/account/login/code/", {"email": email, "anyway": "yes"}, follow=True)

    assert page.redirect_chain == [("/account/login/code/confirm/", 302)]
    assert not OutgoingMail.objects.exists()


def test_elsewhere_its_word_opens_what_a_code_would_and_is_no_second_factor(acme: Company, provider: Running) -> None:
    globex = also_at_globex(acme.dev)
    sign_on_of(acme.organization, provider, is_second_factor=True)
    client = Client()
    come_in(client, provider, "dev")

    assert client.get("/o/globex/").status_code == 200
    Organization.objects.filter(pk=globex.pk).update(second_factor=Organization.SecondFactor.EVERYBODY)
    assert client.get("/o/globex/")["Location"].startswith("/account/security/needed/")


def also_at_globex(membership: Membership) -> Organization:
    """The same person, a member there as well."""
    globex, at = company("globex").organization, clock.now()
    both = Membership.objects.create(organization=globex, user=membership.user, created_at=at)
    AccessPeriod.objects.create(organization=globex, membership=both, level="member", started_at=at)
    Placement.objects.create(organization=globex, membership=both, started_at=at)
    return globex


def test_what_one_provider_vouched_for_is_not_said_to_another_organization(acme: Company, provider: Running) -> None:
    globex = company("globex")
    sign_on_of(acme.organization, provider)
    sign_on_of(globex.organization, provider, way=Way.ONLY)
    client = Client()
    come_in(client, provider, "dev")
    session = client.session
    session["_auth_user_id"], session["_auth_user_hash"] = (
        str(globex.olga.user_id),
        globex.olga.user.get_session_auth_hash(),
    )
    session.save()

    assert client.get("/o/globex/").status_code == 302


def test_outside_counsel_keeps_code_and_password(acme: Company, provider: Running) -> None:
    sign_on_of(acme.organization, provider, way=Way.ONLY)
    invitation = actions.invite(
        email="counsel@lawyers.example", level="guest", group=acme.legal, by=acme.olga, at=clock.now()
    )
    counsel = actions.accept(
        invitation=invitation, round=1, user=None, at=clock.now(), name="Helena", password="a long password of hers"
    )
    client = Client()

    client.post("/account/login/", {"login": counsel.user.email, "password": "a long password of hers"})

    assert client.get("/o/acme/").status_code == 200


def test_the_operators_door_stays_as_it_is(acme: Company, provider: Running) -> None:
    sign_on_of(acme.organization, provider, way=Way.ONLY)
    User.objects.create_user("root@acme.example", PASSWORD, is_staff=True)
    client = Client()

    client.post("/account/login/", {"login": "root@acme.example", "password": PASSWORD})

    assert client.session["_auth_user_id"]


def test_the_operator_opens_the_door_again(acme: Company, provider: Running, capsys: Any) -> None:
    sign_on_of(acme.organization, provider, way=Way.ONLY)
    client = signed_in(acme.dev)

    call_command("single_sign_on", organization="acme", off=True)
    call_command("single_sign_on", organization="acme", off=True)

    assert client.get("/o/acme/").status_code == 200
    assert logged().count("sso.turned_off") == 1
    assert "off already" in capsys.readouterr().out


def test_an_invitation_leads_to_the_only_way_in(acme: Company, provider: Running) -> None:
    sign_on_of(acme.organization, provider, way=Way.ONLY)
    invitation = actions.invite(email="nora@acme.example", by=acme.olga, at=clock.now())
    from_mail = f"/invitation/{token_of(invitation)}/"

    page = Client().get(from_mail).content.decode()
    come_in(Client(), provider, "nora")

    assert "/account/single-sign-on/acme/" in page
    assert 'name="password"' not in page
    assert Membership.objects.filter(user__email="nora@acme.example").exists()


@pytest.mark.parametrize("path", ["", "begin/"])
@pytest.mark.parametrize("slug", ["acme", "no-such-organization"])
def test_nobody_is_told_whether_there_is_an_organization(
    acme: Company, provider: Running, slug: str, path: str
) -> None:
    sign_on_of(acme.organization, provider, way=Way.OFF)

    assert Client().get(f"/account/single-sign-on/{slug}/{path}").status_code == 404


# What its word is good for.


def test_its_word_is_a_second_factor_for_as_long_as_the_organization_says_so(acme: Company, provider: Running) -> None:
    sign_on = sign_on_of(acme.organization, provider, is_second_factor=True)
    Organization.objects.update(second_factor=Organization.SecondFactor.EVERYBODY)
    client = Client()
    come_in(client, provider, "dev")
    assert client.get("/o/acme/").status_code == 200

    for changed in ({"is_second_factor": False}, {"round": 2}, {"turned_on_at": None}):
        SingleSignOn.objects.update(**changed)
        assert client.get("/o/acme/")["Location"].startswith("/account/security/needed/"), changed
        sign_on.save()
        assert client.get("/o/acme/").status_code == 200


def test_no_provider_opens_an_operators_account(acme: Company, provider: Running) -> None:
    sign_on_of(acme.organization, provider, way=Way.ONLY)
    User.objects.filter(pk=acme.olga.user_id).update(is_staff=True)
    stranger, olga = Client(), Client()

    refused(come_in(stranger, provider, "olga"), "operates the installation")
    olga.post("/account/login/", {"login": "olga@acme.example", "password": PASSWORD})
    come_in(olga, provider, "olga")

    assert stranger.get("/account/profile/").status_code == 302
    assert olga.get("/o/acme/").status_code == 200
