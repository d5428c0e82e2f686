"""Signing in by an organization's own provider, a real one: who is let in as whom, and who is not."""

import json
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.management import call_command
from django.test import Client

from accounts import actions
from accounts.actions import Way
from accounts.links import token_of
from accounts.models import (
    AccessPeriod,
    ClaimRule,
    EmailDomain,
    Invitation,
    Membership,
    Organization,
    Placement,
    ProviderIdentity,
    SingleSignOn,
    User,
)
from audit.models import AuditEvent
from notifications.models import OutgoingMail
from operations import clock
from operations.secrets import encrypt
from tests.accounts.refusals import logged
from tests.cast import PASSWORD, Company, company, signed_in
from tests.provider import Account, Running, running

pytestmark = pytest.mark.django_db

HOME = "http://testserver"
PEOPLE = [
    Account("olga", "Olga", "olga@acme.example"),
    Account("dev", "Dev", "dev@acme.example", group="Sales", title="closers"),
    Account("nora", "Nora New", "nora@acme.example", group="Sales", title="closers"),
    Account("nobody", "No Body", "nobody@acme.example", group="Nowhere"),
    Account("guess", "Guess Who", "mara@acme.example", verified=False),
    Account("away", "Glo Bex", "olga@globex.example"),
    Account("mara2", "Another Mara", "mara@acme.example"),
    Account("finn", "Finn", "finn@acme.example"),
    Account("lea", "Lea", "lea@acme.example"),
]


@pytest.fixture(scope="module")
def provider() -> Iterator[Running]:
    addresses = {slug: [f"{HOME}/account/single-sign-on/{slug}/callback/"] for slug in ("acme", "globex")}
    with running(people=PEOPLE, clients=addresses) as found:
        yield found


@pytest.fixture(autouse=True)
def _this_machine_may_be_called(settings: Any) -> None:
    settings.SSO_ALLOW = ["127.0.0.1"]
    settings.PUBLIC_URL = HOME
    settings.SSO_SECONDS = 60  # however busy this machine is


def sign_on_of(organization: Organization, provider: Running, way: str = Way.BESIDE, **chosen: Any) -> SingleSignOn:
    """Turned on, with the organization's own domain verified."""
    at = clock.now()
    EmailDomain.objects.create(
        organization=organization,
        domain=f"{organization.slug}.example",
        token="t",
        added_at=at,
        verified_at=at,
        verified_by="dns",
    )
    return SingleSignOn.objects.create(
        organization=organization,
        issuer=provider.issuer,
        client_id=organization.slug,
        client_secret=encrypt(chosen.pop("secret", f"secret of {organization.slug}")),
        configured_at=at,
        tested_at=at,
        turned_on_at=None if way == Way.OFF else at,
        is_only_way=way == Way.ONLY,
        **chosen,
    )


def door(client: Client, slug: str = "acme", **query: str) -> str:
    response = client.get(f"/account/single-sign-on/{slug}/begin/", query)
    assert response.status_code == 302, response.content.decode()
    return response["Location"]


def come_in(client: Client, provider: Running, who: str, slug: str = "acme", **query: str) -> Any:
    """All the way there and back."""
    return client.get(provider.sign_in(door(client, slug, **query), who).removeprefix(HOME))


def placed(membership: Membership) -> tuple[int | None, int | None]:
    return Placement.objects.open().filter(membership=membership).values_list("team_id", "job_role_id").get()


# Who is let in.


def test_a_member_comes_in_as_themselves_and_the_log_says_how(acme: Company, provider: Running) -> None:
    sign_on_of(acme.organization, provider)
    client = Client()

    response = come_in(client, provider, "dev", next="/o/acme/my-list/")

    assert response["Location"] == "/o/acme/my-list/"
    assert client.get("/o/acme/").status_code == 200
    assert ProviderIdentity.objects.get().membership == acme.dev
    event = AuditEvent.objects.get(action="sign-in.succeeded")
    assert (event.actor_id, json.loads(event.data)["means"]) == (acme.dev.user_id, "single-sign-on")
    assert "dev@" not in "".join(AuditEvent.objects.values_list("data", flat=True))


def test_the_second_time_the_subject_decides_whatever_the_address_here(acme: Company, provider: Running) -> None:
    sign_on_of(acme.organization, provider)
    come_in(Client(), provider, "dev")
    User.objects.filter(pk=acme.dev.user_id).update(email="devi@acme.example")
    client = Client()

    page = client.get(come_in(client, provider, "dev")["Location"])

    assert client.session["_auth_user_id"] == str(acme.dev.user_id)
    assert User.objects.get(pk=acme.dev.user_id).email == "devi@acme.example"
    assert "here it is still devi@acme.example" in page.content.decode()


def test_somebody_new_becomes_a_member_and_is_placed_by_claims(acme: Company, provider: Running) -> None:
    sign_on_of(acme.organization, provider, makes_people=True, team_claim="groups", job_role_claim="profile")
    ClaimRule.objects.create(organization=acme.organization, value="closers", job_role=acme.seller)

    response = come_in(Client(), provider, "nora")

    assert response["Location"] == "/o/acme/"
    nora = Membership.objects.get(user__email="nora@acme.example")
    assert (nora.user.name, nora.user.has_usable_password(), nora.user.address_proved_at is None) == (
        "Nora New",
        False,
        False,
    )
    assert AccessPeriod.objects.open().get(membership=nora).level == "member"
    assert placed(nora) == (acme.sales.pk, acme.seller.pk)
    assert {"person.joined", "person.linked", "person.placed", "sign-in.succeeded"} <= set(logged())


def test_changed_claims_move_somebody_and_those_that_lead_nowhere_do_not(acme: Company, provider: Running) -> None:
    sign_on = sign_on_of(acme.organization, provider, team_claim="groups", job_role_claim="profile")

    come_in(Client(), provider, "dev")
    moved = placed(acme.dev)
    come_in(Client(), provider, "dev")

    assert moved == placed(acme.dev) == (acme.sales.pk, acme.engineer.pk)  # nothing here is called "closers"
    event = AuditEvent.objects.get(action="person.placed")
    assert (event.actor_id, json.loads(event.data)["by_provider"]) == (None, True)
    assert Placement.objects.open().get(membership=acme.dev).started_by is None
    sign_on.refresh_from_db()


def test_nobody_is_placed_where_no_claim_is_named(acme: Company, provider: Running) -> None:
    sign_on_of(acme.organization, provider)
    before = placed(acme.dev)

    come_in(Client(), provider, "dev")

    assert placed(acme.dev) == before


def test_whoever_is_invited_takes_the_place_that_waits(acme: Company, provider: Running) -> None:
    sign_on_of(acme.organization, provider)
    actions.invite(email="nora@acme.example", level="auditor", by=acme.olga, at=clock.now())

    come_in(Client(), provider, "nora")

    nora = Membership.objects.get(user__email="nora@acme.example")
    assert AccessPeriod.objects.open().get(membership=nora).level == "auditor"
    assert Invitation.objects.get().accepted_by == nora.user


def test_a_password_that_somebody_else_may_have_set_ends(acme: Company, provider: Running) -> None:
    sign_on_of(acme.organization, provider)
    User.objects.filter(pk=acme.dev.user_id).update(address_proved_at=None)
    impostor = signed_in(acme.dev)

    come_in(Client(), provider, "dev")

    user = User.objects.get(pk=acme.dev.user_id)
    assert (user.has_usable_password(), user.address_proved_at is None) == (False, False)
    assert impostor.get("/o/acme/").status_code == 302


def test_whoever_is_signed_in_as_another_leaves_first(acme: Company, provider: Running) -> None:
    sign_on_of(acme.organization, provider)
    client = signed_in(acme.ann)

    come_in(client, provider, "dev")

    assert client.session["_auth_user_id"] == str(acme.dev.user_id)
    assert "sign-in.ended" in logged()


# Who is not.


def refused(response: Any, words: str, *, status: int = 403) -> None:
    assert response.status_code == status
    assert words in response.content.decode()
    assert "_auth_user_id" not in response.client.session
    assert "sign-in.succeeded" not in logged()


def test_an_address_that_the_provider_has_not_verified_opens_nothing(acme: Company, provider: Running) -> None:
    sign_on_of(acme.organization, provider, makes_people=True)

    refused(come_in(Client(), provider, "guess"), "has verified your address")

    assert not ProviderIdentity.objects.exists()
    assert "sign-in.refused" in logged()


def test_a_provider_speaks_for_its_own_domains_only(acme: Company, provider: Running) -> None:
    globex = company("globex")
    sign_on_of(acme.organization, provider, makes_people=True)

    refused(come_in(Client(), provider, "away"), "for which this provider doesn’t speak")

    assert not ProviderIdentity.objects.exists()
    assert not acme.organization.memberships.filter(user=globex.olga.user).exists()


def test_a_domain_that_is_not_verified_is_nobodys(acme: Company, provider: Running) -> None:
    sign_on_of(acme.organization, provider)
    EmailDomain.objects.update(verified_at=None, verified_by="")

    refused(come_in(Client(), provider, "dev"), "for which this provider doesn’t speak")


def test_whoever_was_known_is_not_once_their_address_is_of_another_domain(acme: Company, provider: Running) -> None:
    sign_on_of(acme.organization, provider)
    come_in(Client(), provider, "dev")
    AuditEvent.objects.all()
    User.objects.filter(pk=acme.dev.user_id).update(email="dev@globex.example")
    client = Client()

    response = come_in(client, provider, "dev")

    assert response.status_code == 403
    assert "_auth_user_id" not in client.session


def test_somebody_new_is_not_let_in_where_people_are_invited(acme: Company, provider: Running) -> None:
    sign_on_of(acme.organization, provider)

    refused(come_in(Client(), provider, "nora"), "ask to be invited")

    assert not User.objects.filter(email="nora@acme.example").exists()


def test_whoever_has_left_comes_back_by_invitation_only(acme: Company, provider: Running) -> None:
    sign_on_of(acme.organization, provider, makes_people=True)

    refused(come_in(Client(), provider, "finn"), "You no longer belong to Acme")

    actions.invite(email="finn@acme.example", by=acme.mara, at=clock.now())
    assert come_in(Client(), provider, "finn")["Location"] == "/o/acme/"


def test_a_second_subject_with_the_same_address_is_somebody_else(acme: Company, provider: Running) -> None:
    sign_on_of(acme.organization, provider)
    ProviderIdentity.objects.create(
        organization=acme.organization,
        membership=acme.mara,
        issuer=provider.issuer,
        subject="the mara of before",
        linked_at=clock.now(),
    )

    refused(come_in(Client(), provider, "mara2"), "has signed in with your address before")

    actions.forget_identity(membership=acme.mara, by=acme.olga, at=clock.now())
    assert come_in(Client(), provider, "mara2")["Location"] == "/o/acme/"


def test_an_account_that_is_switched_off_stays_off(acme: Company, provider: Running) -> None:
    sign_on_of(acme.organization, provider)
    User.objects.filter(pk=acme.dev.user_id).update(is_active=False)

    refused(come_in(Client(), provider, "dev"), "switched off")


# What comes back has to be of this sign-in.


def test_what_another_browser_began_is_not_taken(acme: Company, provider: Running) -> None:
    sign_on_of(acme.organization, provider)
    back = provider.sign_in(door(Client()), "dev")

    refused(Client().get(back.removeprefix(HOME)), "begun in another browser", status=400)


def test_what_came_back_works_once(acme: Company, provider: Running) -> None:
    sign_on_of(acme.organization, provider)
    client = Client()
    back = provider.sign_in(door(client), "dev").removeprefix(HOME)
    client.get(back)
    client.post("/account/logout/")

    again = client.get(back)

    assert again.status_code == 400
    assert "_auth_user_id" not in client.session


def test_a_code_that_was_redeemed_is_worth_nothing_in_another_sign_in(acme: Company, provider: Running) -> None:
    sign_on_of(acme.organization, provider)
    victim, thief = Client(), Client()
    back = provider.sign_in(door(victim), "dev").removeprefix(HOME)
    code = parse_qs(urlsplit(back).query)["code"][0]
    state = parse_qs(urlsplit(door(thief)).query)["state"][0]

    stolen = thief.get("/account/single-sign-on/acme/callback/", {"code": code, "state": state})

    refused(stolen, "It isn’t you", status=424)  # the verifier is the victim's browser's


def test_a_token_of_another_sign_in_is_not_believed(acme: Company, provider: Running) -> None:
    sign_on_of(acme.organization, provider)
    client = Client()
    address = door(client)
    nonce = parse_qs(urlsplit(address).query)["nonce"][0]

    back = provider.sign_in(address.replace(nonce, "of-another-sign-in"), "dev")

    refused(client.get(back.removeprefix(HOME)), "It isn’t you", status=424)


def test_an_answer_that_names_another_issuer_is_not_taken(acme: Company, provider: Running) -> None:
    sign_on_of(acme.organization, provider)
    client = Client()
    back = provider.sign_in(door(client), "dev").removeprefix(HOME)

    refused(client.get(f"{back.partition('&iss=')[0]}&iss=https://elsewhere.example"), "It isn’t you", status=424)


def test_one_organizations_answer_is_not_taken_at_anothers_address(acme: Company, provider: Running) -> None:
    globex = company("globex")
    sign_on_of(acme.organization, provider)
    sign_on_of(globex.organization, provider)
    client = Client()
    back = provider.sign_in(door(client), "dev").removeprefix(HOME)

    refused(client.get(back.replace("/acme/", "/globex/")), "begun in another browser", status=400)


def test_what_was_begun_before_the_provider_was_changed_is_not_taken(acme: Company, provider: Running) -> None:
    sign_on_of(acme.organization, provider)
    client = Client()
    back = provider.sign_in(door(client), "dev").removeprefix(HOME)
    SingleSignOn.objects.update(round=2)

    refused(client.get(back), "begun in another browser", status=400)


def test_it_takes_too_long(acme: Company, provider: Running, move_clock: Any) -> None:
    sign_on_of(acme.organization, provider)
    client = Client()
    back = provider.sign_in(door(client), "dev").removeprefix(HOME)
    move_clock(minutes=16)

    refused(client.get(back), "took too long", status=400)


def test_a_wrong_secret_is_refused_by_the_provider(acme: Company, provider: Running) -> None:
    sign_on_of(acme.organization, provider, secret="a wrong one")

    refused(come_in(Client(), provider, "dev"), "It isn’t you", status=424)

    assert json.loads(AuditEvent.objects.get().data)["code"] == "client"


def test_whoever_cancels_is_told_so(acme: Company, provider: Running) -> None:
    sign_on_of(acme.organization, provider)
    client = Client()
    state = parse_qs(urlsplit(door(client)).query)["state"][0]

    page = client.get("/account/single-sign-on/acme/callback/", {"error": "access_denied", "state": state})

    refused(page, "You cancelled it there")


def test_a_provider_that_is_down_is_said_to_be(acme: Company, provider: Running) -> None:
    sign_on_of(acme.organization, provider)
    SingleSignOn.objects.update(issuer="http://127.0.0.1:1")

    refused(Client().get("/account/single-sign-on/acme/begin/"), "can’t be reached", status=424)


@pytest.mark.parametrize("issuer", ["http://127.0.0.1:{port}/", "http://localhost:{port}"])
def test_a_provider_is_called_where_the_operator_allows_it_only(
    acme: Company, provider: Running, settings: Any, issuer: str
) -> None:
    settings.SSO_ALLOW = []
    sign_on_of(acme.organization, provider)
    SingleSignOn.objects.update(issuer=issuer.format(port=provider.port))

    refused(Client().get("/account/single-sign-on/acme/begin/"), "can’t be reached", status=424)


def test_what_the_browser_carries_is_fresh_and_says_no_secret(acme: Company, provider: Running) -> None:
    sign_on_of(acme.organization, provider, team_claim="groups", job_role_claim="profile")

    first, second = (parse_qs(urlsplit(door(Client())).query) for _time in range(2))

    assert first["code_challenge_method"] == ["S256"]
    assert first["scope"] == ["openid email profile groups"]
    for name in ("state", "nonce", "code_challenge"):
        assert len(urlsafe_b64decode(f"{first[name][0]}===")) >= 32
        assert first[name] != second[name]
    assert "secret" not in str(first)


# The door.


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
        ("login/code/", {"email": "dev@acme.example", "anyway": "yes"}),
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
    assert "Sign in with a code" not in page.content.decode()
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
    globex = company("globex")
    at = clock.now()
    both = Membership.objects.create(organization=globex.organization, user=acme.dev.user, created_at=at)
    AccessPeriod.objects.create(organization=globex.organization, membership=both, level="member", started_at=at)
    Placement.objects.create(organization=globex.organization, membership=both, started_at=at)
    sign_on_of(acme.organization, provider, way=Way.ONLY)
    client = signed_in(acme.dev)

    assert client.get("/o/acme/").status_code == 302
    assert client.get("/o/globex/").status_code == 200


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
