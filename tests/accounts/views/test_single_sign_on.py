"""The settings of single sign-on: provider, domains, test, switch, and where claims lead."""

import json
import threading
from collections.abc import Iterator
from socket import SOCK_DGRAM, socket
from typing import Any

import dns.message
import dns.rrset
import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client
from pytest_django.asserts import assertContains

from accounts import actions
from accounts.actions import Way
from accounts.models import ClaimRule, EmailDomain, SingleSignOn
from accounts.queries import members_elsewhere
from operations import clock
from operations.secrets import decrypt
from tests.accounts.refusals import logged, refused
from tests.accounts.sign_ons import HOME
from tests.cast import PASSWORD, Company, company, signed_in
from tests.provider import Account, Running, running
from tests.website import Page, WebSite

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("this_machine_may_be_called")]

PAGE = "/o/acme/settings/single-sign-on/"
CLIENT = {"client_id": "acme", "client_secret": "secret of acme", "password": PASSWORD}
PEOPLE = [
    Account("olga", "Olga", "olga@acme.example", group="Engineering", title="boss"),
    Account("guess", "Olga?", "olga@acme.example", verified=False),
]


@pytest.fixture(scope="module")
def provider() -> Iterator[Running]:
    with running(people=PEOPLE, clients={"acme": [f"{HOME}/account/single-sign-on/acme/callback/"]}) as found:
        yield found


@pytest.fixture
def olga(acme: Company) -> Client:
    return signed_in(acme.olga)


def domain_of(acme: Company, name: str = "acme.example", *, is_verified: bool = True) -> EmailDomain:
    domain = actions.add_email_domain(domain=name, by=acme.olga, at=clock.now())
    if is_verified:
        actions.verify_email_domain(domain=domain, means="operator", by=None, at=clock.now())
    return domain


def configured(acme: Company, issuer: str = "https://login.acme.example", **chosen: Any) -> SingleSignOn:
    said = {"client_id": "acme", "team_claim": "groups", "job_role_claim": "", **chosen}
    return actions.configure_sign_on(
        issuer=issuer,
        secret_kept=said.pop("secret_kept", "kept"),
        makes_people=False,
        is_second_factor=False,
        by=acme.olga,
        at=clock.now(),
        **said,
    )


def turned(acme: Company, way: str = Way.BESIDE) -> SingleSignOn:
    domain_of(acme)
    sign_on = configured(acme)
    actions.record_sign_on_tested(round=sign_on.round, by=acme.olga, at=clock.now())
    actions.set_way_in(way=way, by=acme.olga, at=clock.now())
    sign_on.refresh_from_db()
    return sign_on


def test_the_page_stays_within_its_budget(acme: Company, olga: Client, django_assert_num_queries: Any) -> None:
    turned(acme)
    with django_assert_num_queries(9):
        olga.get(PAGE)
    for number in range(3):
        domain_of(acme, f"{number}.example", is_verified=False)
        actions.add_claim_rule(value=f"v{number}", team=acme.sales, job_role=None, by=acme.olga, at=clock.now())

    with django_assert_num_queries(9):
        assertContains(olga.get(PAGE), f"{HOME}/account/single-sign-on/acme/callback/")


def test_a_provider_is_asked_and_its_secret_kept_encrypted(acme: Company, olga: Client, provider: Running) -> None:
    response = olga.post(f"{PAGE}provider/", {**CLIENT, "issuer": f"{provider.issuer}/", "makes_people": "on"})

    assert response["Location"] == PAGE
    sign_on = SingleSignOn.objects.get()
    assert (sign_on.issuer, sign_on.makes_people, sign_on.is_on) == (provider.issuer, True, False)
    assert "secret of" not in sign_on.client_secret
    assert decrypt(sign_on.client_secret) == "secret of acme"
    assert "secret of" not in olga.get(f"{PAGE}provider/").content.decode()
    assert logged() == ["sso.configured"]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"password": "wrong"}, "This is not your password."),
        ({"issuer": "https://10.0.0.1"}, "a network that is not public"),
        ({"issuer": "http://login.acme.example"}, "is not called without https"),
        ({"issuer": "http://127.0.0.1:1"}, "nobody answered"),
        ({"issuer": "{issuer}/oauth"}, "describe itself as an OpenID provider"),
        ({"client_secret": ""}, "This field is required."),
    ],
)
def test_what_is_no_provider_is_said_to_be_none(
    acme: Company, olga: Client, provider: Running, typed: dict[str, str], words: str
) -> None:
    told = {name: text.format(issuer=provider.issuer) for name, text in typed.items()}

    page = olga.post(f"{PAGE}provider/", {**CLIENT, "issuer": provider.issuer, **told})

    assertContains(page, words)
    assert not SingleSignOn.objects.exists()


def test_a_provider_that_calls_itself_otherwise_is_not_taken_for_it(acme: Company, olga: Client) -> None:
    names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    document = json.dumps(
        {"issuer": "https://elsewhere.example", **dict.fromkeys(names, "https://elsewhere.example/x")}
    )
    with WebSite() as site:
        site.pages["/.well-known/openid-configuration"] = Page(document, kind="application/json")

        page = olga.post(f"{PAGE}provider/", {**CLIENT, "issuer": site.url("")})

    assertContains(page, "calls itself by another address")


def test_nobody_but_an_owner_configures_it(acme: Company) -> None:
    assert signed_in(acme.mara).get(PAGE).status_code == 403
    with refused("You may no longer do this"):
        actions.add_email_domain(domain="acme.example", by=acme.mara, at=clock.now())
    with refused("You may no longer do this"):
        actions.configure_sign_on(
            issuer="https://login.acme.example",
            client_id="acme",
            secret_kept="kept",
            team_claim="",
            job_role_claim="",
            makes_people=True,
            is_second_factor=False,
            by=acme.mara,
            at=clock.now(),
        )


def test_another_client_turns_it_off_until_it_is_tested_anew(acme: Company) -> None:
    before = turned(acme)

    with refused("Another client has another secret"):
        configured(acme, client_id="another", secret_kept="")
    configured(acme, client_id="another")

    sign_on = SingleSignOn.objects.get()
    assert (sign_on.round, sign_on.tested_at, sign_on.is_on) == (before.round + 1, None, False)
    with refused("test it again"):
        actions.record_sign_on_tested(round=before.round, by=acme.olga, at=clock.now())


def test_other_claims_leave_it_on_and_the_secret_as_it_is(acme: Company) -> None:
    turned(acme)

    configured(acme, team_claim="department", secret_kept="")

    sign_on = SingleSignOn.objects.get()
    assert (sign_on.is_on, sign_on.client_secret, sign_on.team_claim) == (True, "kept", "department")


# The test.


def test_the_test_shows_what_came_and_keeps_none_of_it(acme: Company, olga: Client, provider: Running) -> None:
    domain_of(acme)
    olga.post(f"{PAGE}provider/", {**CLIENT, "issuer": provider.issuer, "team_claim": "groups"})
    door = olga.get(f"{PAGE}test/")["Location"]

    page = olga.get(provider.sign_in(door, "olga").removeprefix(HOME))

    assertContains(page, "The test went well")
    assertContains(page, "olga@acme.example")
    assertContains(page, "<dd>Engineering</dd>", html=True)
    assert SingleSignOn.objects.get().tested_at is not None
    assert "olga@" not in str(dict(olga.session))
    assert logged()[-1] == "sso.tested"
    assert not acme.olga.provider_identities.exists()


def test_a_test_of_an_unverified_address_fails_and_says_why(acme: Company, olga: Client, provider: Running) -> None:
    domain_of(acme)
    olga.post(f"{PAGE}provider/", {**CLIENT, "issuer": provider.issuer})
    door = olga.get(f"{PAGE}test/")["Location"]

    page = olga.get(provider.sign_in(door, "guess").removeprefix(HOME))

    assertContains(page, "has verified your address", status_code=403)
    assert SingleSignOn.objects.get().tested_at is None


def test_a_test_says_what_is_wrong_with_the_client(acme: Company, olga: Client, provider: Running) -> None:
    domain_of(acme)
    olga.post(f"{PAGE}provider/", {**CLIENT, "issuer": provider.issuer, "client_secret": "wrong"})
    door = olga.get(f"{PAGE}test/")["Location"]

    page = olga.get(provider.sign_in(door, "olga").removeprefix(HOME))

    assertContains(page, "its secret is wrong", status_code=424)


def test_a_secret_that_cannot_be_read_any_more_is_said_to_be(acme: Company, olga: Client, provider: Running) -> None:
    configured(acme, provider.issuer, secret_kept="under a key that is gone")

    assertContains(olga.get(f"{PAGE}test/"), "SECRET_KEY was changed", status_code=424)


def test_only_whoever_owns_the_organization_tests_it(acme: Company, olga: Client, provider: Running) -> None:
    domain_of(acme)
    olga.post(f"{PAGE}provider/", {**CLIENT, "issuer": provider.issuer})
    back = provider.sign_in(olga.get(f"{PAGE}test/")["Location"], "olga").removeprefix(HOME)
    olga.post("/account/logout/")

    assert olga.get(back).status_code == 400  # what this browser carried ended with the session
    assert SingleSignOn.objects.get().tested_at is None


# The switch.


@pytest.mark.parametrize("way", [Way.BESIDE, Way.ONLY])
def test_it_is_not_turned_on_untested_or_without_a_domain(acme: Company, way: str) -> None:
    sign_on = configured(acme)
    with refused("Test it first"):
        actions.set_way_in(way=way, by=acme.olga, at=clock.now())

    actions.record_sign_on_tested(round=sign_on.round, by=acme.olga, at=clock.now())
    with refused("Verify a domain first"):
        actions.set_way_in(way=way, by=acme.olga, at=clock.now())


def test_it_is_the_only_way_in_once_an_owner_has_come_in_by_it(acme: Company, olga: Client) -> None:
    turned(acme)
    said = {"way": "only", "password": PASSWORD}

    assertContains(olga.post(f"{PAGE}way/", said), "An owner has to come in by it first")
    acme.olga.provider_identities.create(
        organization=acme.organization, issuer="https://login.acme.example", subject="1", linked_at=clock.now()
    )
    assertContains(olga.post(f"{PAGE}way/", {**said, "password": "wrong"}), "This is not your password.")
    response = olga.post(f"{PAGE}way/", said)

    assert response["Location"] == PAGE
    assert SingleSignOn.objects.get().is_only_way
    assert "sso.made_only_way" in logged()
    assert olga.get(PAGE).status_code == 302  # this very session began with a password


def test_the_database_turns_nothing_on_that_was_not_tested(acme: Company) -> None:
    sign_on = configured(acme)

    for wrong in ({"turned_on_at": clock.now()}, {"is_only_way": True}):
        with pytest.raises(IntegrityError), transaction.atomic():
            SingleSignOn.objects.filter(pk=sign_on.pk).update(**wrong)


def test_whoever_has_another_address_is_counted(acme: Company) -> None:
    domain_of(acme)
    before = members_elsewhere(acme.organization)
    acme.dev.user.email = "dev@elsewhere.example"
    acme.dev.user.save(update_fields=["email"])

    assert (before, members_elsewhere(acme.organization)) == (0, 1)


# Domains.


@pytest.fixture
def name_server(settings: Any) -> Iterator[dict[str, str]]:
    """A real one, which knows the records a test sets."""
    records: dict[str, str] = {}
    with socket(type=SOCK_DGRAM) as here:
        here.bind(("127.0.0.1", 0))
        settings.SSO_DNS = f"127.0.0.1:{here.getsockname()[1]}"

        def answer() -> None:
            while True:
                asked, who = here.recvfrom(512)
                if not asked:
                    return
                question = dns.message.from_wire(asked)
                said = dns.message.make_response(question)
                name = question.question[0].name
                if text := records.get(name.to_text().rstrip(".")):
                    said.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", f'"{text}"'))
                here.sendto(said.to_wire(), who)

        thread = threading.Thread(target=answer)
        thread.start()
        yield records
        with socket(type=SOCK_DGRAM) as last:
            last.sendto(b"", here.getsockname())
        thread.join()


def test_a_domain_is_verified_by_its_record(acme: Company, olga: Client, name_server: dict[str, str]) -> None:
    olga.post(f"{PAGE}domains/add/", {"domain": "ACME.example."})
    domain = EmailDomain.objects.get(domain="acme.example")
    verify = f"{PAGE}domains/{domain.pk}/verify/"

    for text in ("", "wayleave=of-somebody-else"):
        name_server["_wayleave.acme.example"] = text
        assertContains(olga.post(verify, follow=True), "isn’t there yet", html=False)
    name_server["_wayleave.acme.example"] = f"wayleave={domain.token}"
    assertContains(olga.post(verify, follow=True), "acme.example is yours.")

    domain.refresh_from_db()
    assert (domain.verified_at is None, domain.verified_by) == (False, "dns")
    assert logged() == ["email-domain.added", "email-domain.verified"]


@pytest.mark.parametrize(
    "typed", ["acme", "dev@acme.example", "acme..example", "-acme.example", "https://acme.example"]
)
def test_what_is_no_domain_is_not_added(acme: Company, olga: Client, typed: str) -> None:
    assertContains(olga.post(f"{PAGE}domains/add/", {"domain": typed}), "This is not a domain")

    assert not EmailDomain.objects.exists()


def test_a_verified_domain_is_one_organizations(acme: Company) -> None:
    globex = company("globex")
    domain_of(acme)
    theirs = actions.add_email_domain(domain="acme.example", by=globex.olga, at=clock.now())

    with refused("verified for another organization"):
        actions.verify_email_domain(domain=theirs, means="operator", by=None, at=clock.now())


def test_the_last_domain_stays_while_it_is_on(acme: Company, olga: Client) -> None:
    turned(acme)
    domain = EmailDomain.objects.get()

    assertContains(olga.post(f"{PAGE}domains/{domain.pk}/remove/"), "turn single sign-on off first")
    actions.set_way_in(way=Way.OFF, by=acme.olga, at=clock.now())
    olga.post(f"{PAGE}domains/{domain.pk}/remove/")

    assert not EmailDomain.objects.exists()


def test_the_operators_word_stands_in_for_a_record(acme: Company, capsys: Any) -> None:
    with pytest.raises(CommandError, match="has not added"):
        call_command("verify_domain", "acme.example", organization="acme")
    domain_of(acme, is_verified=False)

    call_command("verify_domain", "ACME.example", organization="acme")

    assert EmailDomain.objects.get().verified_by == "operator"
    assert "is verified for acme" in capsys.readouterr().out


# Claims.


def test_a_value_leads_to_a_team_or_a_job_role_once(acme: Company, olga: Client) -> None:
    add = f"{PAGE}places/add/"
    places = {"team": acme.sales.pk, "job_role": acme.seller.pk}

    assertContains(olga.post(add, {"value": "x", **places}), "Choose either a team or a job role")
    assertContains(olga.post(add, {"value": "x"}), "Choose either a team or a job role")
    for place in places:
        olga.post(add, {"value": "x", place: places[place]})
    assertContains(olga.post(add, {"value": "x", "team": acme.engineering.pk}), "leads somewhere already")

    assert ClaimRule.objects.count() == 2
    for rule in ClaimRule.objects.all():
        olga.post(f"{PAGE}places/{rule.pk}/remove/")
    assert not ClaimRule.objects.exists()


def test_somebody_whose_account_is_new_is_let_in_anew(acme: Company, olga: Client) -> None:
    acme.dev.provider_identities.create(
        organization=acme.organization, issuer="https://login.acme.example", subject="1", linked_at=clock.now()
    )
    said = {"email": "DEV@acme.example", "password": PASSWORD}

    assertContains(olga.post(f"{PAGE}forget/", {**said, "email": "who@acme.example"}), "Nobody here has this address")
    olga.post(f"{PAGE}forget/", said)
    assertContains(olga.post(f"{PAGE}forget/", said), "has not signed in by the provider")

    assert not acme.dev.provider_identities.exists()
    assert logged() == ["person.identity_forgotten"]
