"""An account that anybody could have made, by a link handed over, is its owner's from the first code that reaches them."""

from typing import Any

import pytest
from django.test import Client

from accounts import actions
from accounts.links import token_of
from accounts.models import Invitation, User
from audit.models import AuditEvent
from home.actions import make_operator
from notifications.models import OutgoingMail
from operations import clock
from operations.errors import ActionRefused
from tests.accounts.refusals import logged, refused
from tests.cast import PASSWORD, Company, Level, company

pytestmark = pytest.mark.django_db
TRANSPORT = {"backend": "django.core.mail.backends.smtp.EmailBackend"}
OWNER = "vera@victim.example"
INTRUDERS = "the intruder's own password"


def invited(by: Company, email: str = OWNER, **place: Any) -> Invitation:
    return actions.invite(email=email, by=by.olga, at=clock.now(), **place)


def link(invitation: Invitation) -> str:
    return f"/invitation/{token_of(invitation)}/"


def codes() -> list[str]:
    """The codes on their way to the owner of the address, oldest first."""
    sent = OutgoingMail.objects.filter(to=OWNER, subject__icontains="code", status=OutgoingMail.Status.PENDING)
    return [mail.text.split("\n\n")[1].strip() for mail in sent.order_by("pk")]


def sign_in_by_code(client: Client, then: str = "/") -> Any:
    client.post("/account/login/code/", {"email": OWNER, "next": then})
    return client.post("/account/login/code/confirm/", {"code": codes()[-1], "next": then}, follow=True)


@pytest.fixture
def globex(db: None) -> Company:
    return company("globex")


@pytest.fixture
def intruder(acme: Company, settings: Any) -> Client:
    """A browser signed in to an account of Vera's address, made at Acme by a copied link while there was no mail."""
    settings.MAIL_TRANSPORT = {}
    client = Client()
    client.post(link(invited(acme)), {"name": "Vera", "password": INTRUDERS})
    assert client.get("/o/acme/").status_code == 200
    settings.MAIL_TRANSPORT = TRANSPORT
    return client


def test_the_owner_of_an_address_who_joins_elsewhere_by_code_locks_the_intruder_out(
    acme: Company, globex: Company, intruder: Client
) -> None:
    invitation, vera = invited(globex), Client()

    assert "There is an account under this address" in vera.get(link(invitation)).content.decode()
    page = sign_in_by_code(vera, then=link(invitation))
    vera.post(link(invitation))

    assert page.redirect_chain[-1][0] == link(invitation)
    assert "The password set before has ended" in page.content.decode()
    assert vera.get("/o/globex/").status_code == 200
    assert [intruder.get(f"/o/{slug}/").status_code for slug in ("acme", "globex")] == [302, 302]
    again = Client()
    again.post("/account/login/", {"login": OWNER, "password": INTRUDERS})
    assert again.get("/o/globex/").status_code == 302


def test_the_first_code_is_logged_once_without_a_secret(intruder: Client) -> None:
    sign_in_by_code(Client())
    sign_in_by_code(Client())

    event = AuditEvent.objects.get(action="person.address_proved")
    user = User.objects.get(email=OWNER)
    assert (event.actor_id, event.organization_id, event.target) == (user.pk, None, f"user:{user.pk}")
    assert '"has_ended_password":true' in event.data.replace(" ", "")
    assert "vera@" not in event.data


def test_whose_address_was_proved_keeps_password_and_sessions(intruder: Client) -> None:
    vera = Client()
    sign_in_by_code(vera)
    vera.post("/account/password/set/", {"password1": PASSWORD, "password2": PASSWORD})

    sign_in_by_code(Client())

    assert vera.get("/o/acme/").status_code == 200
    assert User.objects.get(email=OWNER).check_password(PASSWORD)


def test_a_session_without_a_password_ends_as_well(acme: Company, settings: Any) -> None:
    acme.organization.is_demo = True
    acme.organization.save(update_fields=["is_demo"])
    settings.MAIL_TRANSPORT = TRANSPORT
    intruder = Client()
    intruder.post(link(invited(acme)), {"name": "Vera", "password": ""})
    assert intruder.get("/o/acme/").status_code == 200
    invited(company("globex"))

    sign_in_by_code(Client())

    assert intruder.get("/o/acme/").status_code == 302


def test_a_password_reset_by_code_proves_the_address_and_keeps_what_was_chosen(intruder: Client) -> None:
    vera = Client()
    vera.post("/account/password/reset/", {"email": OWNER})
    vera.post("/account/password/reset/confirm/", {"code": codes()[-1]})
    vera.post("/account/password/reset/complete/", {"password1": PASSWORD, "password2": PASSWORD})

    user = User.objects.get(email=OWNER)
    assert user.address_proved_at is not None
    assert user.check_password(PASSWORD)
    assert intruder.get("/o/acme/").status_code == 302
    assert logged().count("person.address_proved") == 1


def test_an_account_nobody_proved_joins_elsewhere_only_with_a_code(globex: Company, intruder: Client) -> None:
    invitation = invited(globex)

    page = intruder.post(link(invitation))
    with refused("Confirm first, with a code"):
        actions.accept(invitation=invitation, round=1, user=User.objects.get(email=OWNER), at=clock.now())

    assert "Nobody has seen yet that mail to vera@victim.example reaches you" in page.content.decode()
    assert intruder.get("/o/globex/").status_code == 404


def test_a_wrong_code_joins_nobody(globex: Company, intruder: Client) -> None:
    intruder.post("/account/identity-code/", {"next": "/"})

    page = intruder.post(link(invited(globex)), {"code": "WRONG-CODE"})

    assert "This is not the code that was sent last" in page.content.decode()
    assert intruder.get("/o/globex/").status_code == 404
    assert User.objects.get(email=OWNER).address_proved_at is None


def test_whoever_types_the_code_joins_and_stays_signed_in_while_other_sessions_end(
    globex: Company, intruder: Client
) -> None:
    invitation, vera = invited(globex), Client()
    vera.post("/account/login/", {"login": OWNER, "password": INTRUDERS})  # Vera's own link it was, this time
    vera.post("/account/identity-code/", {"next": link(invitation)})

    response = vera.post(link(invitation), {"code": codes()[-1]}, follow=True)

    assert response.redirect_chain == [("/o/globex/", 302)]
    assert "The password set before has ended" in response.content.decode()
    assert intruder.get("/o/acme/").status_code == 302
    assert not User.objects.get(email=OWNER).has_usable_password()
    assert "This one" in vera.get("/account/security/").content.decode()


def test_while_no_mail_is_set_up_a_copied_link_joins_and_proves_nothing(
    globex: Company, intruder: Client, settings: Any
) -> None:
    settings.MAIL_TRANSPORT = {}

    response = intruder.post(link(invited(globex)))
    Client().post("/account/login/code/", {"email": OWNER})
    held = OutgoingMail.objects.order_by("pk").last()

    assert response["Location"] == "/o/globex/"
    assert held is not None
    assert held.status == OutgoingMail.Status.HELD
    assert User.objects.get(email=OWNER).address_proved_at is None


def test_a_code_that_was_read_here_proves_nothing(intruder: Client, settings: Any) -> None:
    settings.MAIL_TRANSPORT = {}
    reader = Client()
    reader.post("/account/login/code/", {"email": OWNER})
    held = OutgoingMail.objects.order_by("pk").last()
    assert held is not None

    reader.post("/account/login/code/confirm/", {"code": held.text.split("\n\n")[1].strip()})

    assert reader.get("/o/acme/").status_code == 200
    assert User.objects.get(email=OWNER).check_password(INTRUDERS)


@pytest.mark.parametrize(("transport", "is_proved"), [(TRANSPORT, True), ({}, False)])
def test_a_mailed_link_proves_the_address_and_a_copied_one_does_not(
    acme: Company, settings: Any, transport: dict, is_proved: bool
) -> None:
    settings.MAIL_TRANSPORT = transport
    invitation = invited(acme)

    Client().post(link(invitation), {"name": "Vera", "password": PASSWORD})

    assert (User.objects.get(email=OWNER).address_proved_at is not None) is is_proved


def test_a_link_that_was_copied_before_there_was_mail_proves_nothing_until_it_is_sent(
    acme: Company, settings: Any
) -> None:
    settings.MAIL_TRANSPORT = {}
    invitation = invited(acme)
    settings.MAIL_TRANSPORT = TRANSPORT
    assert not Invitation.objects.get(pk=invitation.pk).is_mailed

    again = actions.resend(invitation=invitation, by=acme.olga, at=clock.now())

    assert again.is_mailed


def test_a_mailed_link_is_shown_to_nobody_when_mail_is_gone(acme: Company, settings: Any) -> None:
    settings.MAIL_TRANSPORT = TRANSPORT
    invitation = invited(acme)
    settings.MAIL_TRANSPORT = {}
    client = Client()
    client.force_login(acme.olga.user, backend="django.contrib.auth.backends.ModelBackend")

    mailed = client.get("/o/acme/people/invitations/").content.decode()
    again = actions.resend(invitation=invitation, by=acme.olga, at=clock.now())
    copied = client.get("/o/acme/people/invitations/").content.decode()

    assert link(invitation) not in mailed
    assert link(again) in copied


def test_nobody_accepts_for_another_address_even_with_an_account_of_their_own(globex: Company, acme: Company) -> None:
    invitation = invited(globex)

    with refused("This invitation is for"):
        actions.accept(invitation=invitation, round=1, user=acme.dev.user, at=clock.now())


def test_nobody_becomes_the_operator_by_an_account_that_anybody_could_have_made(intruder: Client) -> None:
    with pytest.raises(ActionRefused, match="was handed a link"):
        make_operator(email=OWNER, password="never used", at=clock.now())

    assert not User.objects.get(email=OWNER).is_staff


def test_a_manager_whose_password_has_ended_chooses_a_new_one_before_going_on(acme: Company, settings: Any) -> None:
    settings.MAIL_TRANSPORT = {}
    Client().post(link(invited(acme, level=Level.MANAGER)), {"name": "Vera", "password": INTRUDERS})
    settings.MAIL_TRANSPORT = TRANSPORT

    page = sign_in_by_code(Client())

    assert page.redirect_chain[-1][0].startswith("/account/password/set/")


def test_nobody_is_raised_before_their_address_is_proved(acme: Company, intruder: Client) -> None:
    vera = User.objects.get(email=OWNER).memberships.get()
    team = actions.add_team(name="Field", by=acme.olga, at=clock.now())
    with refused("sign in with a code first"):
        actions.change_access_level(membership=vera, level=Level.OWNER, by=acme.olga, at=clock.now())
    with refused("sign in with a code first"):
        actions.join_group(membership=vera, group=acme.legal, by=acme.olga, at=clock.now())
    with refused("sign in with a code first"):
        actions.appoint_lead(team=team, membership=vera, by=acme.olga, at=clock.now())

    sign_in_by_code(Client())

    vera.refresh_from_db()
    actions.change_access_level(membership=vera, level=Level.MANAGER, by=acme.olga, at=clock.now())
    assert intruder.get("/o/acme/").status_code == 302


def test_an_unproved_level_can_be_taken_away(acme: Company, settings: Any) -> None:
    settings.MAIL_TRANSPORT = {}
    Client().post(link(invited(acme, level=Level.MANAGER)), {"name": "Vera", "password": INTRUDERS})
    settings.MAIL_TRANSPORT = TRANSPORT
    vera = User.objects.get(email=OWNER).memberships.get()

    actions.change_access_level(membership=vera, level=Level.MEMBER, by=acme.olga, at=clock.now())

    assert vera.access_periods.open().get().level == Level.MEMBER


def test_a_code_that_was_only_kept_here_proves_nothing(acme: Company, settings: Any) -> None:
    """Sent while she was in the demo company only, typed once a real organization has invited her."""
    settings.MAIL_TRANSPORT = TRANSPORT
    acme.organization.is_demo = True
    acme.organization.save(update_fields=["is_demo"])
    Client().post(link(invited(acme)), {"name": "Vera", "password": INTRUDERS})
    reader = Client()
    reader.post("/account/login/code/", {"email": OWNER})
    kept = OutgoingMail.objects.get(to=OWNER, subject__icontains="code", status=OutgoingMail.Status.HELD)
    invited(company("globex"))

    reader.post("/account/login/code/confirm/", {"code": kept.text.split("\n\n")[1].strip()})

    assert reader.get("/o/acme/").status_code == 200
    assert User.objects.get(email=OWNER).address_proved_at is None


def test_a_change_of_password_under_way_brings_no_ended_one_back(intruder: Client, monkeypatch: Any) -> None:
    """The intruder's request has read the account when the owner's code comes back."""
    vera, hashed, sent = Client(), User.set_password, []

    def after_the_owner(user: User, raw: str | None) -> None:
        if raw == "another of the intruder's" and not sent:
            sent.append(raw)
            sign_in_by_code(vera)
        hashed(user, raw)

    monkeypatch.setattr(User, "set_password", after_the_owner)
    changed = {
        "oldpassword": INTRUDERS,
        "password1": "another of the intruder's",
        "password2": "another of the intruder's",
    }
    page = intruder.post("/account/password/change/", changed)

    user = User.objects.get(email=OWNER)
    assert (page.status_code, sent) == (403, ["another of the intruder's"])
    assert user.address_proved_at is not None
    assert not user.has_usable_password()
    assert [vera.get("/o/acme/").status_code, intruder.get("/o/acme/").status_code] == [200, 302]
