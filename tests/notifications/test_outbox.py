"""The outbox: mail that is read here, by the operator, and on a fresh local installation by whoever sits at it."""

import pytest
from allauth.core.internal.cryptokit import generate_user_code
from django.test import Client

from accounts.models import Organization, User
from notifications.models import OutgoingMail
from notifications.queries import code_in
from operations import clock
from tests.cast import Company, company, signed_in
from tests.notifications.test_mail_list import mail

pytestmark = pytest.mark.django_db

CODE_MAIL = "Hello,\n\nhere is your code:\n\nK7XQ-2MPD\n\nIt ends soon. See http://127.0.0.1:8000/account/\n"


@pytest.fixture
def demo() -> Company:
    """The demo company."""
    made = company("northlight-demo")
    Organization.objects.filter(pk=made.organization.pk).update(is_demo=True)
    return made


def held(of: Company | None = None, number: int = 1, **fields):
    whose = of.organization if of else None
    return mail(whose, number, **{"status": "held", "kind": "account", "text": CODE_MAIL, **fields})


def test_sign_in_code_of_the_demo_is_easy_to_find_without_signing_in(settings, demo) -> None:
    settings.LOCAL_OUTBOX = True
    held(demo)

    page = Client().get("/outbox/").content.decode()

    assert 'value="K7XQ-2MPD"' in page
    assert '<a href="http://127.0.0.1:8000/account/"' in page
    assert "The demo company never sends mail outside" in page


@pytest.mark.parametrize("kind", ["account", "message"])
def test_mail_of_a_real_organization_is_the_operators_to_read(settings, demo, kind) -> None:
    settings.LOCAL_OUTBOX = True
    acme = company()
    held(acme, 1, kind=kind)
    held(None, 2, kind=kind)
    held(demo, 3, kind=kind)
    client = Client()

    assert [row["mail"].subject for row in client.get("/outbox/").context["messages_here"]] == ["Subject 3"]

    client.force_login(User.objects.create_user("o@host.example", is_staff=True))
    assert len(client.get("/operate/outbox/").context["messages_here"]) == 3


@pytest.mark.parametrize(
    "shape", [{}, {"numeric": True}, {"dashed": False}, {"numeric": True, "length": 6, "dashed": False}]
)
def test_every_shape_of_code_is_found(shape) -> None:
    code = generate_user_code(**shape)

    assert code_in(held(text=f"Your sign-in code is listed below.\n\n{code}\n\nThis mail can be ignored.")) == code


def test_mail_without_a_code_shows_none() -> None:
    assert code_in(held(text="Hello,\n\nplease confirm your address.\n")) == ""


@pytest.mark.parametrize("is_open", [True, False])
def test_whoever_asks_for_a_code_is_told_where_it_is(settings, demo, is_open) -> None:
    settings.LOCAL_OUTBOX = is_open
    settings.EMAIL_BACKEND = "notifications.mail.OutgoingMailBackend"
    settings.MAIL_TRANSPORT = {}
    client = Client()

    page = client.post("/account/login/code/", {"email": demo.olga.user.email}, follow=True).content.decode()

    assert "So the code was not sent" in page
    assert ('href="/outbox/"' in page) is is_open
    code = code_in(OutgoingMail.objects.get())
    assert code
    if is_open:
        assert f'value="{code}"' in client.get("/outbox/").content.decode()


def test_a_code_of_a_real_person_is_not_shown_without_signing_in(settings) -> None:
    settings.LOCAL_OUTBOX = True
    settings.EMAIL_BACKEND = "notifications.mail.OutgoingMailBackend"
    settings.MAIL_TRANSPORT = {}
    client = Client()
    client.post("/account/login/code/", {"email": company().olga.user.email}, follow=True)

    assert code_in(OutgoingMail.objects.get()) not in client.get("/outbox/").content.decode()


@pytest.mark.parametrize(("transport", "first"), [({}, "login"), ({"backend": "smtp"}, "email")])
def test_signing_in_leads_with_what_works(settings, transport, first) -> None:
    settings.MAIL_TRANSPORT = transport
    page = Client().get("/account/login/").content.decode()

    outside = page[page.index("<form") : page.index("<details")]

    assert f'name="{first}"' in outside
    assert 'name="login"' in page
    assert 'name="email"' in page


def test_newest_is_on_top(settings, demo) -> None:
    settings.LOCAL_OUTBOX = True
    held(demo, 1)
    held(demo, 2)

    page = Client().get("/outbox/").content.decode()

    assert page.index("Subject 2") < page.index("Subject 1")


def test_words_cannot_become_markup(settings, demo) -> None:
    settings.LOCAL_OUTBOX = True
    held(demo, text="<script>alert(1)</script>")

    assert "<script>alert" not in Client().get("/outbox/").content.decode()


def test_it_shows_only_what_stays_here(settings, demo) -> None:
    settings.LOCAL_OUTBOX = True
    held(demo, 1, status="pending")
    held(demo, 2, status="failed")

    page = Client().get("/outbox/").content.decode()

    assert "Subject" not in page.replace("Subject to", "")
    assert "No mail here" in page


@pytest.mark.parametrize(
    "request_from",
    [
        {"REMOTE_ADDR": "192.0.2.7"},
        {"REMOTE_ADDR": ""},
        {"HTTP_X_FORWARDED_FOR": "192.0.2.7"},
        {"HTTP_FORWARDED": "for=192.0.2.7"},
    ],
)
def test_nobody_reads_it_from_elsewhere(settings, request_from) -> None:
    settings.LOCAL_OUTBOX = True

    assert Client().get("/outbox/", **request_from).status_code == 404


def test_mail_of_a_demo_that_was_removed_is_out_of_sight(settings, demo) -> None:
    settings.LOCAL_OUTBOX = True
    held(demo)
    Organization.objects.filter(pk=demo.organization.pk).update(locked_at=clock.now())

    assert "K7XQ-2MPD" not in Client().get("/outbox/").content.decode()


def test_it_is_not_there_unless_switched_on(settings) -> None:
    settings.LOCAL_OUTBOX = False

    assert Client().get("/outbox/").status_code == 404


def test_the_operator_reads_it(settings) -> None:
    operator = User.objects.create_user("operator@host.example", is_staff=True)
    client = Client()
    client.force_login(operator, backend="django.contrib.auth.backends.ModelBackend")
    held()

    page = client.get("/operate/outbox/")

    assert page.status_code == 200
    assert "K7XQ-2MPD" in page.content.decode()


def test_an_owner_is_not_the_operator() -> None:
    assert signed_in(company().olga).get("/operate/outbox/").status_code == 403


def test_signed_out_person_is_sent_to_sign_in_first() -> None:
    assert Client().get("/operate/outbox/").status_code == 302


@pytest.mark.parametrize("count", [1, 3])
def test_it_costs_the_same_for_one_row_and_for_three(settings, demo, django_assert_num_queries, count) -> None:
    settings.LOCAL_OUTBOX = True
    for number in range(count):
        held(demo, number)

    with django_assert_num_queries(2):
        Client().get("/outbox/")
