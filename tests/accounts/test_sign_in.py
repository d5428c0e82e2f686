"""Signing in: by code, by password, by nobody else; and what the log says of it."""

import pytest
from django.test import Client

from accounts.models import User
from audit.actions import record
from audit.models import AuditEvent
from notifications.models import OutgoingMail
from tests.cast import EPOCH, PASSWORD, Company, signed_in

pytestmark = pytest.mark.django_db


def ask_for_code(client: Client, email: str) -> str:
    client.post("/account/login/code/", {"email": email})
    mail = OutgoingMail.objects.order_by("-pk").first()
    return mail.text.split("\n\n")[1].strip() if mail else ""


def actions_logged() -> list[str]:
    return list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))


def test_a_code_sent_by_mail_signs_in(acme: Company) -> None:
    client = Client()

    code = ask_for_code(client, "dev@acme.example")
    response = client.post("/account/login/code/confirm/", {"code": code}, follow=True)

    assert response.redirect_chain[-1][0] == "/o/acme/"
    assert actions_logged() == ["sign-in.succeeded"]
    event = AuditEvent.objects.get()
    assert (event.organization_id, event.actor_id) == (acme.organization.pk, acme.dev.user_id)


def test_a_wrong_code_is_refused_and_logged(acme: Company) -> None:
    client = Client()

    ask_for_code(client, "dev@acme.example")
    client.post("/account/login/code/confirm/", {"code": "WRONG1"})

    assert client.get("/o/acme/").status_code == 302
    assert actions_logged() == ["sign-in.refused"]
    assert AuditEvent.objects.get().organization_id == acme.organization.pk


def test_a_password_signs_in(acme: Company) -> None:
    client = Client()

    response = client.post("/account/login/?next=/o/acme/", {"login": "Mara@acme.example", "password": PASSWORD})

    assert response["Location"] == "/o/acme/"
    assert actions_logged() == ["sign-in.succeeded"]


def test_a_wrong_password_is_refused_and_logged_without_the_address(acme: Company) -> None:
    page = Client().post("/account/login/", {"login": "mara@acme.example", "password": "wrong"})

    assert page.status_code == 200
    event = AuditEvent.objects.get()
    assert (event.action, event.actor_id, event.target) == ("sign-in.refused", None, f"user:{acme.mara.user_id}")
    assert "mara@" not in event.data


def test_an_address_that_is_nobodys_gets_the_same_page_and_no_mail(acme: Company) -> None:
    client = Client()

    known = client.post("/account/login/code/", {"email": "dev@acme.example"}, follow=True)
    unknown = Client().post("/account/login/code/", {"email": "nobody@acme.example"}, follow=True)

    assert [page.redirect_chain for page in (known, unknown)] == [[("/account/login/code/confirm/", 302)]] * 2
    assert set(OutgoingMail.objects.values_list("to", flat=True)) == {"dev@acme.example"}


def test_a_failed_sign_in_of_nobody_is_in_the_installations_chain(acme: Company) -> None:
    Client().post("/account/login/", {"login": "nobody@acme.example", "password": "wrong"})

    event = AuditEvent.objects.get()
    assert (event.action, event.organization_id, event.target) == ("sign-in.refused", None, "")


def test_failures_are_limited(acme: Company) -> None:
    client = Client()
    for _attempt in range(5):
        client.post("/account/login/", {"login": "mara@acme.example", "password": "wrong"})

    client.post("/account/login/", {"login": "mara@acme.example", "password": PASSWORD})

    assert client.get("/o/acme/").status_code == 302


def test_nobody_signs_themselves_up(acme: Company) -> None:
    before = User.objects.count()

    response = Client().post("/account/signup/", {"email": "new@acme.example", "password1": PASSWORD})

    assert response.status_code in {302, 404}
    assert User.objects.count() == before


def test_signing_out_is_logged(acme: Company) -> None:
    client = signed_in(acme.dev)

    client.post("/account/logout/")

    assert client.get("/o/acme/").status_code == 302
    assert actions_logged() == ["sign-in.ended"]


def test_a_forgotten_password_is_replaced_by_code(acme: Company) -> None:
    client = Client()
    client.post("/account/password/reset/", {"email": "mara@acme.example"})
    code = OutgoingMail.objects.get().text.split("\n\n")[1].strip()

    client.post("/account/password/reset/confirm/", {"code": code})
    client.post(
        "/account/password/reset/complete/", {"password1": "a new long password", "password2": "a new long password"}
    )

    acme.mara.user.refresh_from_db()
    assert acme.mara.user.check_password("a new long password")
    assert "person.password_reset" in actions_logged()


@pytest.mark.parametrize("path", ["login/", "login/code/", "password/reset/", "password/reset/done/", "inactive/"])
def test_signed_out_pages_open(db: None, path: str) -> None:
    assert Client().get(f"/account/{path}").status_code == 200


@pytest.mark.parametrize("path", ["password/change/", "reauthenticate/", "logout/"])
def test_signed_in_pages_open(acme: Company, path: str) -> None:
    assert signed_in(acme.dev).get(f"/account/{path}").status_code == 200


def test_times_are_shown_in_the_persons_time_zone_else_the_organizations(acme: Company) -> None:
    acme.ann.user.timezone = "Asia/Tokyo"
    acme.ann.user.save()
    record("decision.submitted", by=acme.mara.user_id, organization_id=acme.organization.pk, at=EPOCH)

    in_tokyo = signed_in(acme.ann).get("/o/acme/reports/audit/").content.decode()
    in_berlin = signed_in(acme.olga).get("/o/acme/reports/audit/").content.decode()

    assert "18:00" in in_tokyo
    assert "10:00" in in_berlin


@pytest.mark.parametrize(
    ("page", "field"),
    [("/account/login/", "login"), ("/account/login/code/", "email"), ("/account/password/reset/", "email")],
)
def test_an_address_that_no_database_takes_is_refused_in_a_sentence(page: str, field: str) -> None:
    response = Client().post(page, {field: "mia\0@acme.example", "password": "x"})

    assert response.status_code == 200
    assert response.context["form"].errors[field]
