"""Single sign-on from the first setting to the only way in, with a real provider that people sign in at in their browsers."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.management import call_command
from playwright.sync_api import BrowserContext, expect

from accounts.models import EmailDomain, Membership, Placement, SingleSignOn
from tests.browser.people import PHONE, Person
from tests.cast import PASSWORD, Company, company
from tests.provider import PASSWORD as THERE
from tests.provider import Account, Running, running

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = [
    Account("olga", "Olga", "olga@acme.example"),
    Account("nora", "Nora New", "nora@acme.example", group="Vertrieb"),
]


@pytest.fixture
def provider(live_server: Any, settings: Any) -> Iterator[Running]:
    settings.PUBLIC_URL = live_server.url
    settings.SSO_ALLOW = ["127.0.0.1"]
    back = f"{live_server.url}/account/single-sign-on/acme/callback/"
    with running(people=PEOPLE, clients={"wayleave": [back]}) as found:
        yield found


def at_the_provider(person: Person, name: str) -> None:
    """Type what one types there: its own name, its own password."""
    person.page.locator("input[name=login]").fill(name)
    person.page.get_by_role("button", name="Continue").click()
    person.page.locator("input[name=password]").fill(THERE)
    person.page.get_by_role("button", name="Sign in").click()


def test_from_the_first_setting_to_the_only_way_in(
    new_context: Callable[..., BrowserContext], live_server: Any, provider: Running
) -> None:
    acme: Company = company()
    olga = Person(new_context, live_server.url, "olga@acme.example")
    olga.sign_in()

    olga.open("settings/")
    olga.follow("Single sign-on")
    olga.follow("Say which provider")
    olga.page.get_by_label("Issuer").fill(provider.issuer)
    olga.page.get_by_label("Client id").fill("wayleave")
    olga.page.get_by_label("Client secret").fill("secret of wayleave")
    olga.page.get_by_label("Whoever signs in with it becomes a member").check()
    olga.page.get_by_label("Claim that names the team").fill("groups")
    olga.page.get_by_label("Your password").fill(PASSWORD)
    olga.press("Save")
    olga.follow("Place people by a claim")
    olga.page.get_by_label("When the claim says").fill("Vertrieb")
    olga.page.get_by_label("Team").select_option("Sales")
    olga.press("Add")
    olga.follow("Add a domain")
    olga.page.get_by_label("Domain").fill("acme.example")
    olga.press("Add")
    olga.sees("Set this TXT record")
    call_command("verify_domain", "acme.example", organization="acme")

    olga.open("settings/single-sign-on/")
    olga.follow("Test it")
    at_the_provider(olga, "olga")
    olga.sees("The test went well")
    olga.sees("nowhere: its word leads to no team")
    olga.follow("Back to single sign-on")
    olga.follow("Turn it on or off")
    olga.page.get_by_label("With the provider, a code or a password, as they like").check()
    olga.page.get_by_label("Your password").fill(PASSWORD)
    olga.press("Save")
    olga.sees("On, beside codes and passwords.")

    nora = Person(new_context, live_server.url, "nora@acme.example", screen=PHONE)
    nora.page.goto("/account/login/")
    if not nora.page.get_by_role("button", name="Send me a code").is_visible():
        nora.page.get_by_text("Sign in with a code").click()
    nora.page.locator("#code-email").fill("nora@acme.example")
    nora.press("Send me a code")
    nora.follow("Continue with Acme’s sign-in")
    at_the_provider(nora, "nora")
    expect(nora.page).to_have_url(f"{live_server.url}/o/acme/")
    nora.open("my-list/")
    expect(nora.page.get_by_role("heading", level=1)).to_be_visible()
    member = Membership.objects.get(user__email="nora@acme.example")
    assert Placement.objects.open().get(membership=member).team == acme.sales

    olga.page.goto("/account/single-sign-on/acme/")
    olga.follow("Continue with Acme’s sign-in")
    expect(olga.page).to_have_url(f"{live_server.url}/o/acme/")
    olga.open("settings/single-sign-on/way/")
    olga.page.get_by_label("With the provider only").check()
    olga.page.get_by_label("Your password").fill(PASSWORD)
    olga.press("Save")
    olga.sees("The provider is the only way in")
    assert SingleSignOn.objects.get().is_only_way

    mara = Person(new_context, live_server.url, "mara@acme.example")
    mara.page.goto("/account/login/")
    form = mara.page.locator("form:has(input[name=password])")
    form.get_by_label("Email").fill("mara@acme.example")
    form.get_by_label("Password").fill(PASSWORD)
    form.get_by_role("button").click()
    mara.sees("Continue with Acme’s sign-in")
    expect(mara.page.get_by_text("Sign in with a code")).to_have_count(0)

    assert EmailDomain.objects.get().verified_by == "operator"
    provider.stop()
    mara.follow("Continue with Acme’s sign-in")
    mara.sees("You are not signed in")
    mara.sees("It isn’t you")
