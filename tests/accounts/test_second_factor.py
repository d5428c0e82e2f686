"""Second factors: signing in takes two steps, an organization can require one, and nobody is locked out or let in by it."""

import datetime as dt
import io
import json
import re
from typing import Any

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client

from accounts import actions
from accounts.models import AccessPeriod, GroupPeriod, Membership, Organization
from accounts.queries import lacking_factors
from audit.models import AuditEvent
from notifications.models import OutgoingMail
from operations import clock
from operations.errors import ActionRefused
from tests.accounts.apps import recovery_codes, shown, with_app, wrong
from tests.accounts.keys import Key
from tests.accounts.refusals import logged
from tests.cast import EPOCH, PASSWORD, Company, company, person, signed_in

pytestmark = pytest.mark.django_db
Who = Organization.SecondFactor


def sign_in(client: Client, email: str) -> Any:
    return client.post("/account/login/?next=/o/acme/", {"login": email, "password": PASSWORD})


def require_of(acme: Company, who: Who) -> None:
    Organization.objects.filter(pk=acme.organization.pk).update(second_factor=who)


def confirmed(client: Client, **said: str) -> Client:
    client.post("/account/reauthenticate/", said or {"password": PASSWORD})
    return client


# Signing in


def test_signing_in_takes_two_steps(acme: Company) -> None:
    secret = with_app(acme.mara.user)
    client = Client()

    first = sign_in(client, "mara@acme.example")
    between = client.get("/o/acme/")
    page = client.get(first["Location"])
    second = client.post(first["Location"], {"code": shown(secret)})

    assert first["Location"] == "/account/login/second-step/"
    assert between.status_code == 302
    assert "Use your passkey" not in page.text
    assert second["Location"] == "/o/acme/"
    assert client.get("/o/acme/").status_code == 200
    assert logged() == ["sign-in.succeeded"]


def test_a_code_from_the_mail_is_a_first_step_only(acme: Company) -> None:
    with_app(acme.dev.user)
    client = Client()
    client.post("/account/login/code/", {"email": "dev@acme.example"})
    code = OutgoingMail.objects.latest("pk").text.split("\n\n")[1].strip()

    response = client.post("/account/login/code/confirm/", {"code": code})

    assert response["Location"] == "/account/login/second-step/"
    assert client.get("/o/acme/").status_code == 302


def test_a_wrong_second_step_is_refused_logged_and_limited(acme: Company) -> None:
    secret = with_app(acme.mara.user)
    client = Client()
    step = sign_in(client, "mara@acme.example")["Location"]

    for _attempt in range(5):
        client.post(step, {"code": wrong(secret)})
    client.post(step, {"code": shown(secret)})

    assert client.get("/o/acme/").status_code == 302
    assert set(logged()) == {"sign-in.refused"}


def test_a_code_signs_in_once(acme: Company) -> None:
    secret = with_app(acme.mara.user)
    code = shown(secret)
    for client in (Client(), (again := Client())):
        client.post(sign_in(client, "mara@acme.example")["Location"], {"code": code})

    assert again.get("/o/acme/").status_code == 302


def test_a_recovery_code_signs_in_once_and_is_logged(acme: Company) -> None:
    with_app(acme.mara.user)
    code = recovery_codes(acme.mara.user)[0]
    first, again = Client(), Client()
    for client in (first, again):
        client.post(sign_in(client, "mara@acme.example")["Location"], {"code": code})

    assert first.get("/o/acme/").status_code == 200
    assert again.get("/o/acme/").status_code == 302
    assert logged().count("recovery-codes.used") == 1
    assert code not in recovery_codes(acme.mara.user)


NO_PASSKEYS = [
    "{}",
    "nothing",
    '{"id": 1, "response": {}}',
    '{"response": {"userHandle": "eA"}}',
    '{"id": "AA", "rawId": "x", "type": "public-key", "response": {}}',
    '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {"clientDataJSON": "e30", "attestationObject": "oA"}}',
    '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {"clientDataJSON": "AA", "userHandle": "\\u00fc"}}',
    "[" * 100_000,
]


@pytest.mark.parametrize("said", NO_PASSKEYS, ids=range(len(NO_PASSKEYS)))
def test_what_is_no_passkey_is_not_added(acme: Company, said: str) -> None:
    client = signed_in(acme.mara)
    client.defaults["HTTP_HOST"] = "localhost:8000"
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    client.get("/account/second-factor/passkey/")

    response = client.post("/account/second-factor/passkey/", {"credential": said, "name": "Mine"})

    assert response.status_code == 200
    assert not response.context["form"].is_valid()
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize("said", NO_PASSKEYS, ids=range(len(NO_PASSKEYS)))
def test_a_passkey_that_is_none_signs_nobody_in_and_is_logged(acme: Company, said: str) -> None:
    client = Client()
    asked = client.get("/account/login/passkey/", headers={"X-Requested-With": "XMLHttpRequest"})

    client.post("/account/login/passkey/", {"credential": said})

    assert asked.json()["request_options"]["publicKey"]["rpId"] == "localhost"
    assert client.get("/o/acme/").status_code == 302
    assert set(logged()) <= {"sign-in.refused"}


def test_a_key_signs_in_its_owner_once(acme: Company) -> None:
    key, client = Key.of(acme.mara.user), Client(headers={"Host": "localhost:8000"})
    asked = client.get("/account/login/passkey/", headers={"X-Requested-With": "XMLHttpRequest"})
    assertion = key.sign(asked.json()["request_options"], of=acme.mara.user)

    response = client.post("/account/login/passkey/", {"credential": assertion})
    again = Client().post("/account/login/passkey/", {"credential": assertion})

    assert response["Location"] == "/"
    assert client.get("/o/acme/").status_code == 200
    assert again["Location"] == "/account/login/"
    assert logged() == ["sign-in.succeeded", "sign-in.refused"]


def test_a_link_to_a_new_password_skips_no_step(acme: Company) -> None:
    with_app(acme.mara.user)
    client = Client()
    client.post("/account/password/reset/", {"email": "mara@acme.example"})
    code = OutgoingMail.objects.latest("pk").text.split("\n\n")[1].strip()
    client.post("/account/password/reset/confirm/", {"code": code})
    client.post("/account/password/reset/complete/", {"password1": f"{PASSWORD}-2", "password2": f"{PASSWORD}-2"})

    assert Authenticator.objects.filter(user=acme.mara.user).count() in {0, 2}  # gone only if the address was unproved
    assert client.get("/o/acme/").status_code == 302


# What is kept


def test_secrets_are_encrypted_and_outlive_the_key_that_is_named_as_former(acme: Company, settings: Any) -> None:
    secret = with_app(acme.mara.user)
    kept = Authenticator.objects.get(user=acme.mara.user, type="totp").data["secret"]
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", [settings.SECRET_KEY]

    assert secret not in kept
    assert get_adapter().decrypt(kept) == secret


def test_a_secret_whose_key_is_gone_opens_nothing(acme: Company, settings: Any) -> None:
    secret = with_app(acme.mara.user)
    kept = Authenticator.objects.get(user=acme.mara.user, type="totp").data["secret"]
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", []
    client = Client()

    with pytest.raises(ValidationError):
        get_adapter().decrypt(kept)
    step = sign_in(client, "mara@acme.example")["Location"]
    page = client.post(step, {"code": shown(secret)})

    assert "can&#x27;t be read any more" in page.text
    assert client.get("/account/security/").status_code == 302


# Setting one up


@pytest.mark.django_db(transaction=True)
def test_an_app_is_added_after_saying_who_one_is(acme: Company, django_capture_on_commit_callbacks: Any) -> None:
    client = signed_in(acme.mara)

    asked = client.get("/account/second-factor/app/")
    page = confirmed(client).get("/account/second-factor/app/")
    secret = re.search(r'id="totp-secret" type="text" value="(\w+)"', page.text)
    assert secret is not None
    added = client.post("/account/second-factor/app/", {"code": shown(secret[1])}, follow=True)

    assert asked["Location"] == "/account/reauthenticate/?next=%2Faccount%2Fsecond-factor%2Fapp%2F"
    assert added.redirect_chain[-1][0] == "/account/recovery-codes/"
    assert all(code in added.text for code in recovery_codes(acme.mara.user))
    assert {"factor.added", "recovery-codes.made"} <= set(logged())
    assert OutgoingMail.objects.filter(subject="An authenticator app was added to your account").count() == 1


def test_who_one_is_was_said_for_ten_minutes(acme: Company, move_clock: Any) -> None:
    client = confirmed(signed_in(acme.mara))

    assert client.get("/account/second-factor/app/").status_code == 200
    move_clock(minutes=11)
    assert client.get("/account/second-factor/app/").status_code == 302
    move_clock(hours=-1)  # set back: these minutes are no hour
    assert client.get("/account/second-factor/app/").status_code == 302


def test_recovery_codes_are_shown_until_they_are_kept(acme: Company) -> None:
    secret = with_app(acme.mara.user)
    codes = recovery_codes(acme.mara.user)
    client = confirmed(signed_in(acme.mara), one_time_code=shown(secret))

    first, again = (client.get("/account/recovery-codes/") for _time in range(2))
    client.post("/account/recovery-codes/")
    after = client.get("/account/recovery-codes/")

    assert "\n".join(codes) in first.text
    assert codes[0] in again.text
    assert after["Location"] == "/account/security/"


@pytest.mark.django_db(transaction=True)
def test_few_recovery_codes_are_warned_of_and_new_ones_replace_them(acme: Company) -> None:
    secret = with_app(acme.mara.user)
    old = recovery_codes(acme.mara.user)
    kept = Authenticator.objects.get(user=acme.mara.user, type="recovery_codes")
    kept.data["used_mask"] = 0b1111111100
    kept.save(update_fields=["data"])
    client = confirmed(signed_in(acme.mara), one_time_code=shown(secret))

    page = client.get("/account/security/")
    client.post("/account/recovery-codes/make/")

    assert "2 codes are left: make new ones while you can." in page.text
    assert not set(old) & set(recovery_codes(acme.mara.user))
    assert logged().count("recovery-codes.made") == 1


def test_a_factor_is_removed_and_with_the_last_the_recovery_codes(acme: Company) -> None:
    secret = with_app(acme.mara.user)
    client = confirmed(signed_in(acme.mara), one_time_code=shown(secret))
    app = Authenticator.objects.get(user=acme.mara.user, type="totp")

    page = client.get(f"/account/security/factors/{app.pk}/remove/")
    client.post(f"/account/security/factors/{app.pk}/remove/")

    assert "It is your last one" in page.text
    assert not Authenticator.objects.exists()
    assert logged() == ["factor.removed"]
    assert OutgoingMail.objects.filter(to="mara@acme.example").count() == 1


def test_nobody_removes_anybody_elses(acme: Company) -> None:
    with_app(acme.dev.user)
    app = Authenticator.objects.get(user=acme.dev.user, type="totp")
    client = confirmed(signed_in(acme.mara))

    assert client.post(f"/account/security/factors/{app.pk}/remove/").status_code == 404
    with pytest.raises(ActionRefused):
        actions.remove_factor(user=acme.mara.user, factor_id=app.pk, at=clock.now())
    assert Authenticator.objects.filter(user=acme.dev.user).count() == 2


def test_the_last_one_stays_where_it_is_required(acme: Company) -> None:
    secret = with_app(acme.mara.user)
    require_of(acme, Who.WHO_DECIDES)
    app = Authenticator.objects.get(user=acme.mara.user, type="totp")
    client = confirmed(signed_in(acme.mara), one_time_code=shown(secret))

    page = client.get(f"/account/security/factors/{app.pk}/remove/")
    client.post(f"/account/security/factors/{app.pk}/remove/")

    assert "Acme requires a second factor, and this is your last one." in page.text

    with pytest.raises(ActionRefused, match="Acme requires a second factor"):
        actions.remove_factor(user=acme.mara.user, factor_id=app.pk, at=clock.now())

    assert Authenticator.objects.filter(user=acme.mara.user).count() == 2
    assert (logged(), OutgoingMail.objects.count()) == ([], 0)


# What an organization requires


@pytest.mark.parametrize(
    ("who", "must"),
    [
        (Who.NOBODY, set()),
        (Who.WHO_DECIDES, {"olga", "mara", "sven", "helena"}),
        (Who.EVERYBODY, {"olga", "mara", "sven", "helena", "dev", "ann"}),
    ],
)
def test_whoever_has_to_sets_one_up_before_anything_else_opens(acme: Company, who: Who, must: set[str]) -> None:
    helena = person(acme.organization, "Helena", level=AccessPeriod.Level.GUEST, at=clock.now())
    GroupPeriod.objects.create(
        organization=acme.organization, group=acme.legal, membership=helena, started_at=clock.now()
    )
    require_of(acme, who)
    people = {name: getattr(acme, name) for name in ("olga", "mara", "sven", "dev", "ann")} | {"helena": helena}

    led = {name for name, one in people.items() if signed_in(one).get("/o/acme/").status_code == 302}

    assert led == must


def test_the_page_they_are_led_to_says_who_asks_and_lets_them_go_on_once_they_have_one(acme: Company) -> None:
    require_of(acme, Who.EVERYBODY)
    client = signed_in(acme.dev)

    led = client.get("/o/acme/people/?q=x")
    page = client.get(led["Location"])
    with_app(acme.dev.user)
    on = client.get(led["Location"])

    assert led["Location"] == "/account/security/needed/?next=%2Fo%2Facme%2Fpeople%2F%3Fq%3Dx"
    assert "Acme asks you for one" in page.text
    assert on["Location"] == "/o/acme/people/?q=x"


def test_nothing_is_posted_there_before_either(acme: Company) -> None:
    require_of(acme, Who.EVERYBODY)

    response = signed_in(acme.mara).post("/o/acme/people/teams/add/", {"name": "Ghosts"})

    assert response["Location"] == "/account/security/needed/?next=%2F"
    assert not acme.organization.teams.filter(name="Ghosts").exists()


def test_recovery_codes_alone_are_no_second_factor(acme: Company) -> None:
    with_app(acme.dev.user)
    Authenticator.objects.filter(user=acme.dev.user, type="totp").delete()
    require_of(acme, Who.EVERYBODY)

    assert signed_in(acme.dev).get("/o/acme/").status_code == 302


def test_another_organization_asks_for_nothing(acme: Company) -> None:
    globex = company(slug="globex")
    require_of(acme, Who.EVERYBODY)

    assert signed_in(globex.dev).get("/o/globex/").status_code == 200


def test_who_has_a_second_factor_needs_no_password(acme: Company) -> None:
    with_app(acme.mara.user)
    acme.mara.user.set_unusable_password()
    acme.mara.user.save(update_fields=["password"])

    assert signed_in(acme.mara).get("/o/acme/").status_code == 200


def test_an_owner_with_one_requires_it_and_the_log_says_so(acme: Company) -> None:
    secret = with_app(acme.olga.user)
    client = signed_in(acme.olga)

    page = client.get("/o/acme/settings/second-factor/")
    client.post("/o/acme/settings/second-factor/", {"of_whom": "everybody", "one_time_code": shown(secret)})

    acme.organization.refresh_from_db()
    lacking = lacking_factors(acme.organization)
    assert acme.organization.second_factor == Who.EVERYBODY
    assert f"{lacking['who_decides']} people have none now" in page.text
    assert lacking["everybody"] == AccessPeriod.objects.open().filter(organization=acme.organization).count() - 1
    event = AuditEvent.objects.get(action="organization.second_factor_changed")
    assert json.loads(event.data) == {"before": "nobody", "now": "everybody"}


@pytest.mark.parametrize("name", ["olga", "mara"])
def test_an_owner_without_one_and_whoever_is_no_owner_requires_nothing(acme: Company, name: str) -> None:
    with pytest.raises(ActionRefused):
        actions.require_second_factor(of_whom=Who.EVERYBODY, by=getattr(acme, name), at=clock.now())

    acme.organization.refresh_from_db()
    assert (acme.organization.second_factor, logged()) == (Who.NOBODY, [])


def test_whoever_works_alone_is_required_nothing_by_the_database_too(acme: Company) -> None:
    alone = actions.found_organization(
        name="Ada", slug="ada", timezone="UTC", owner=acme.olga.user, at=clock.now(), is_solo=True
    )
    with pytest.raises(ActionRefused):
        actions.require_second_factor(of_whom=Who.EVERYBODY, by=alone, at=clock.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Organization.objects.filter(pk=alone.organization_id).update(second_factor=Who.EVERYBODY)


# Somebody lost theirs


def test_the_operator_helps_somebody_who_lost_their_phone(acme: Company) -> None:
    with_app(acme.mara.user)
    client = Client()
    client.post(sign_in(client, "mara@acme.example")["Location"], {"code": recovery_codes(acme.mara.user)[0]})
    said = io.StringIO()

    call_command("reset_second_factor", "Mara@acme.example", stdout=said)

    assert not Authenticator.objects.exists()
    assert client.get("/o/acme/").status_code == 302
    assert logged()[-2:] == ["factor.removed", "session.ended"]
    assert OutgoingMail.objects.filter(to="mara@acme.example", subject="Your second factor was reset").count() == 1


@pytest.mark.parametrize("email", ["nobody@acme.example", "dev@acme.example"])
def test_there_is_nothing_to_reset(acme: Company, email: str) -> None:
    with pytest.raises(CommandError):
        call_command("reset_second_factor", email)

    assert (logged(), OutgoingMail.objects.count()) == ([], 0)


def test_an_owner_resets_it_for_their_own_people(acme: Company) -> None:
    with_app(acme.dev.user)
    client = signed_in(acme.olga)

    page = client.get(f"/o/acme/people/{acme.dev.pk}/")
    client.post(f"/o/acme/people/{acme.dev.pk}/second-factor/", {"password": PASSWORD})

    assert f"/o/acme/people/{acme.dev.pk}/second-factor/" in page.text
    assert not Authenticator.objects.exists()
    assert AuditEvent.objects.get(action="factor.removed").actor_id == acme.olga.user_id


def test_not_for_people_who_belong_elsewhere_too_nor_for_themselves(acme: Company) -> None:
    globex = company(slug="globex")
    here = {"organization": globex.organization}
    elsewhere = Membership.objects.create(user=acme.dev.user, created_at=EPOCH, **here)
    AccessPeriod.objects.create(level="member", membership=elsewhere, started_at=EPOCH, **here)
    with_app(acme.dev.user)
    with_app(acme.olga.user)

    for one in (acme.dev, acme.olga):
        with pytest.raises(ActionRefused):
            actions.reset_factors_of(person=one, by=acme.olga, at=clock.now())

    assert Authenticator.objects.count() == 4


def test_whoever_made_an_account_unproved_keeps_its_owner_out_by_no_factor(acme: Company, settings: Any) -> None:
    settings.MAIL_TRANSPORT = {"host": "mail.acme.example"}
    with_app(acme.dev.user)
    acme.dev.user.address_proved_at = None

    actions.prove_address(user=acme.dev.user, means="code", at=clock.now() + dt.timedelta(minutes=1))

    assert not Authenticator.objects.exists()
