"""A passkey, in a real browser: added, signed in with, and signed with; and the code of an app for whoever has that."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import BrowserContext, expect

from accounts.actions import end_membership
from audit.models import AuditEvent
from governance import actions
from governance.models import Signature
from operations import clock
from tests.accounts.apps import shown, with_app
from tests.browser.people import Person
from tests.browser.test_contested import newest, on_turn, submit
from tests.browser.test_every_page import AXE, faults_of
from tests.cast import PASSWORD, Company, company
from tests.checklists.steps import route
from tests.factories import accepted

pytestmark = pytest.mark.django_db(transaction=True)

# A key that verifies whoever holds it, as a phone does by a fingerprint.
KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def acme() -> Company:
    """Acme, with a decision that is ready to be submitted."""
    made, at = company(), clock.now()
    team = route("claude-team", "TP1")
    accepted(team, by=made.mara, at=at)
    draft = actions.propose(route=team, by=made.mara, at=at)
    actions.edit(decision=draft, by=made.mara, at=at, why="One vendor.", lines=[actions.LineOfScope()])
    return made


def with_key(person: Person) -> tuple[Any, str]:
    """Give a browser a device that keeps passkeys; returns what speaks to it, and its name there."""
    device = person.context.new_cdp_session(person.page)
    device.send("WebAuthn.enable")
    return device, device.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})["authenticatorId"]


def test_a_passkey_is_added_signs_in_and_signs(
    acme: Company, new_context: Callable[..., BrowserContext], live_server: Any
) -> None:
    mara = Person(new_context, live_server.url, acme.mara.user.email)
    mara.sign_in()
    submit(mara)
    sven = Person(new_context, live_server.url, acme.sven.user.email)
    sven.context.add_init_script(AXE.axe_script)
    device, key = with_key(sven)
    sven.sign_in()

    sven.open("/account/profile/")
    sven.follow("Sign-in and security")
    sven.follow("Add a passkey")
    sven.fill("Your password", PASSWORD)
    sven.press("Go on")
    faults = list(faults_of(sven.page, sven.page.url))
    sven.fill("What you call it", "My phone")
    sven.press("Add the passkey")
    faults += faults_of(sven.page, sven.page.url)
    with sven.page.expect_download() as download:
        sven.page.get_by_role("link", name="Download").click()
    assert len(download.value.path().read_text().split()) == 10
    sven.press("I have kept them")
    sven.sees("My phone")
    sven.sees("This one")
    faults += faults_of(sven.page, sven.page.url)

    sven.open("/account/logout/")
    sven.press("Sign out")
    sven.press("Sign in with a passkey")
    sven.page.wait_for_url("**/o/**")

    on_turn(sven)
    expect(sven.page.get_by_label("Your password")).to_have_count(0)
    device.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": False})
    sven.page.get_by_role("button", name="Sign", exact=True).click()
    expect(sven.page.get_by_role("alert").filter(has_text="Your browser gave no passkey.")).to_be_visible()
    device.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": True})
    sven.press("Sign")
    sven.sees("Signed")

    lea = Person(new_context, live_server.url, acme.lea.user.email)
    lea.sign_in()
    secret = with_app(acme.lea.user)
    on_turn(lea)
    lea.fill("Code of your authenticator app", shown(secret))
    lea.press("Sign")
    lea.sees("Signed")

    assert Signature.objects.filter(stage__sign_off=newest().sign_off_id, word="signed").count() == 2
    assert Authenticator.objects.get(user=acme.sven.user, type="webauthn").last_used_at is not None
    assert not AuditEvent.objects.filter(action="person.identity_refused").exists()
    assert sven.complaints.heard + lea.complaints.heard + faults == []


def test_the_second_step_takes_a_passkey(
    acme: Company, new_context: Callable[..., BrowserContext], live_server: Any
) -> None:
    sven = Person(new_context, live_server.url, acme.sven.user.email)
    with_key(sven)
    sven.sign_in()
    sven.open("/account/second-factor/passkey/")
    sven.fill("Your password", PASSWORD)
    sven.press("Go on")
    sven.press("Add the passkey")
    sven.open("/account/logout/")
    sven.press("Sign out")

    sven.page.locator("main details").evaluate_all("all => all.forEach(one => one.open = true)")
    form = sven.page.locator("form:has(input[name=password])")
    form.get_by_label("Email").fill(sven.email)
    form.get_by_label("Password").fill(PASSWORD)
    form.get_by_role("button").click()
    sven.press("Use your passkey")
    sven.page.wait_for_url("**/o/**")

    assert sven.complaints.heard == []


def test_an_owner_erases_with_a_passkey(
    acme: Company, new_context: Callable[..., BrowserContext], live_server: Any
) -> None:
    end_membership(membership=acme.dev, by=acme.olga, at=clock.now())
    olga = Person(new_context, live_server.url, acme.olga.user.email)
    with_key(olga)
    olga.sign_in()
    olga.open("/account/second-factor/passkey/")
    olga.fill("Your password", PASSWORD)
    olga.press("Go on")
    olga.press("Add the passkey")

    olga.open(f"/o/acme/people/{acme.dev.pk}/erase/")
    olga.page.get_by_label("I have read what goes.").check()
    olga.press("Erase for good")
    olga.sees("Erased person")

    assert AuditEvent.objects.filter(action="person.erased").count() == 1
    assert olga.complaints.heard == []
