"""Signing in by an organization's own provider, a real one: who is let in as whom, and who is not."""

import json
from base64 import urlsafe_b64decode
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from accounts import actions
from accounts.models import (
    AccessPeriod,
    ClaimRule,
    EmailDomain,
    Invitation,
    Membership,
    Placement,
    ProviderIdentity,
    SingleSignOn,
    User,
)
from audit.models import AuditEvent
from operations import clock
from tests.accounts.refusals import logged
from tests.accounts.sign_ons import HOME, come_in, door, refused, sign_on_of
from tests.cast import Company, company, signed_in
from tests.provider import Running

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("this_machine_may_be_called")]


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
