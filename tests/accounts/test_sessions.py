"""Where somebody is signed in: listed in words, ended one by one or all, and forgotten when it is over."""

import datetime as dt
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import actions
from accounts.devices import device_of
from accounts.tasks import clear_sessions
from notifications.models import OutgoingMail
from operations import clock
from tests.accounts.apps import with_app
from tests.accounts.refusals import logged
from tests.cast import PASSWORD, Company

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 "
    "Mobile/15E148 Safari/604.1"
)
EDGE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 "
    "Edg/140.0.0.0"
)
ANDROID = (
    "Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile "
    "Safari/537.36"
)


def browser(agent: str = FIREFOX, email: str = "dev@acme.example") -> Client:
    client = Client(headers={"User-Agent": agent})
    client.post("/account/login/", {"login": email, "password": PASSWORD})
    return client


def is_in(client: Client) -> bool:
    return client.get("/o/acme/").status_code == 200


@pytest.mark.parametrize(
    ("agent", "called"),
    [
        (FIREFOX, "Firefox, Windows"),
        (PHONE, "Safari, iPhone"),
        (EDGE, "Edge, Windows"),
        (ANDROID, "Chrome, Android"),
        ("curl/8.0", ""),
    ],
)
def test_a_browser_is_called_what_its_owner_calls_it(agent: str, called: str) -> None:
    assert device_of(agent) == called
    assert device_of(called) == called


def test_of_a_session_its_browser_is_kept_in_words_and_nothing_of_its_address(acme: Company) -> None:
    browser()

    row = UserSession.objects.get()

    assert (row.user_agent, row.ip, row.data) == ("Firefox, Windows", "::", {})


def test_the_page_lists_them_and_marks_this_one(acme: Company) -> None:
    here = browser()
    browser(PHONE)

    page = here.get("/account/security/").text

    assert page.index("Firefox, Windows") < page.index("This one") < page.index("Safari, iPhone")


def test_the_page_asks_the_database_the_same_for_one_and_for_five(acme: Company) -> None:
    here = browser()
    with CaptureQueriesContext(connection) as one:
        here.get("/account/security/")
    for _time in range(4):
        browser(PHONE)
    with CaptureQueriesContext(connection) as five:
        here.get("/account/security/")

    assert len(five) == len(one) <= 12


def test_one_is_ended_elsewhere(acme: Company) -> None:
    here, there = browser(), browser(PHONE)
    other = UserSession.objects.get(user_agent="Safari, iPhone")

    here.post(f"/account/security/sessions/{other.pk}/end/")

    assert (is_in(here), is_in(there)) == (True, False)
    assert UserSession.objects.count() == 1
    assert logged()[-1] == "session.ended"


def test_nobody_ends_anybody_elses(acme: Company) -> None:
    here, somebody = browser(), browser(PHONE, email="mara@acme.example")
    other = UserSession.objects.get(user=acme.mara.user)

    here.post(f"/account/security/sessions/{other.pk}/end/")

    assert is_in(somebody)
    assert "session.ended" not in logged()


def test_all_others_are_ended(acme: Company) -> None:
    here, others = browser(), [browser(PHONE), browser(EDGE)]

    here.post("/account/security/sessions/end/")

    assert [is_in(one) for one in (here, *others)] == [True, False, False]


def test_a_new_password_ends_the_others_and_lists_none_of_them(acme: Company) -> None:
    here, there = browser(), browser(PHONE)
    said = {"oldpassword": PASSWORD, "password1": f"{PASSWORD}-2", "password2": f"{PASSWORD}-2"}

    here.post("/account/password/change/", said)

    assert (is_in(here), is_in(there)) == (True, False)
    assert [row.user_agent for row in UserSession.objects.all()] == ["Firefox, Windows"]


def test_signing_out_forgets_where_it_was(acme: Company) -> None:
    here = browser()

    here.post("/account/logout/")

    assert not UserSession.objects.exists()


def test_a_browser_not_seen_before_is_said_by_mail_a_known_one_is_not(acme: Company) -> None:
    first = browser()
    browser()
    assert OutgoingMail.objects.count() == 0

    browser(PHONE)

    mail = OutgoingMail.objects.get()
    assert mail.subject == "Somebody signed in to your account from a new browser"
    assert "Safari, iPhone" in mail.text
    assert is_in(first)


def test_what_has_run_out_or_is_gone_is_removed_by_the_sweep(acme: Company, move_clock: Any) -> None:
    browser()
    gone = browser(PHONE)
    Session.objects.filter(session_key=gone.session.session_key).delete()
    assert clear_sessions() == 1
    assert UserSession.objects.count() == Session.objects.count() == 1

    move_clock(days=20)

    assert clear_sessions() == 2
    assert clear_sessions() == 0
    assert not UserSession.objects.exists()


def test_an_erased_person_keeps_no_factor_and_no_session(acme: Company) -> None:
    there = browser()
    with_app(acme.dev.user)
    at = clock.now() + dt.timedelta(minutes=1)

    assert actions.remove_factors(user=acme.dev.user, by=acme.olga.user_id, at=at) == 2
    assert actions.end_sessions(user=acme.dev.user, by=acme.olga.user_id, at=at) == 1
    assert actions.remove_factors(user=acme.dev.user, by=acme.olga.user_id, at=at) == 0

    assert not is_in(there)
    assert logged()[-2:] == ["factor.removed", "session.ended"]
