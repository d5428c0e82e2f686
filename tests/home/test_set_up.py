"""The one-time link and what it founds; the operator."""

import datetime as dt
import re
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Membership, Organization, User
from audit.models import AuditEvent
from checklists.models import Checklist
from home.actions import make_link, make_operator, set_up
from home.models import SetUpLink
from home.queries.set_up_links import address_of
from operations import clock
from operations.errors import ActionRefused
from tests.cast import company

pytestmark = pytest.mark.django_db
TYPED = {
    "organization": "Kestrel Ltd.",
    "timezone": "Europe/Paris",
    "name": "Renée",
    "email": "Renee@kestrel.test",
    "password": "a bird of prey, hovering",
}


@pytest.fixture
def link() -> SetUpLink:
    return make_link(at=clock.now())


def path_of(link: SetUpLink) -> str:
    return "/set-up/" + address_of(link).split("/set-up/")[1]


def nothing_happened() -> bool:
    return not Organization.objects.exists() and not User.objects.exists()


def test_it_founds_an_organization_and_signs_its_owner_in(link: SetUpLink) -> None:
    browser = Client()

    answer = browser.post(path_of(link), TYPED)

    owner = Membership.objects.get()
    assert answer["Location"] == "/o/kestrel-ltd/"
    assert (owner.user.email, owner.organization.name) == ("renee@kestrel.test", "Kestrel Ltd.")
    assert owner.access_periods.get().level == "owner"
    assert "First steps" in browser.get("/o/kestrel-ltd/").content.decode()


def test_it_begins_with_data_classes_groups_and_starter_checklists(link: SetUpLink) -> None:
    Client().post(path_of(link), TYPED)

    organization = Organization.objects.get()
    assert organization.data_classes.count() >= 10
    assert set(organization.sign_off_groups.values_list("key", flat=True)) == {"security", "legal"}
    assert Checklist.objects.filter(organization=organization, key="employee-privacy").exists()


def test_opening_the_page_uses_nothing_up(link: SetUpLink) -> None:
    page = Client().get(path_of(link))

    link.refresh_from_db()
    assert page.status_code == 200
    assert page.content.decode().count("<h1>") == 1
    assert link.used_at is None


def test_it_works_once(link: SetUpLink) -> None:
    Client().post(path_of(link), TYPED)

    again = Client().post(path_of(link), {**TYPED, "email": "other@kestrel.test"})

    assert again.status_code == 410
    assert "has been used" in again.content.decode()
    assert Organization.objects.count() == 1


def test_a_page_that_was_open_when_somebody_else_used_it_founds_nothing(link: SetUpLink) -> None:
    at = clock.now()
    set_up(link=link, at=at, **TYPED)

    with pytest.raises(ActionRefused):
        set_up(link=link, at=at, **{**TYPED, "email": "other@kestrel.test"})

    assert Organization.objects.count() == 1


def test_it_expires(link: SetUpLink, move_clock) -> None:
    move_clock(hours=49)

    page = Client().post(path_of(link), TYPED)

    assert page.status_code == 410
    assert nothing_happened()


@pytest.mark.parametrize("change", [lambda token: token[:-1] + "x", lambda token: token.split(":")[0], lambda _: "x"])
def test_a_changed_link_opens_nothing(link: SetUpLink, change) -> None:
    token = path_of(link).split("/")[2]

    page = Client().post(f"/set-up/{change(token)}/", TYPED)

    assert page.status_code == 410
    assert "not from this installation" in page.content.decode()
    assert nothing_happened()


@pytest.mark.parametrize(
    ("field", "value"), [("password", "short"), ("password", "renee@kestrel.test"), ("timezone", "Mars"), ("name", "")]
)
def test_what_is_not_right_is_said_and_nothing_is_lost(link: SetUpLink, field: str, value: str) -> None:
    page = Client().post(path_of(link), {**TYPED, field: value})

    link.refresh_from_db()
    assert page.status_code == 200
    assert "Kestrel Ltd." in page.content.decode()
    assert link.used_at is None
    assert nothing_happened()


def test_an_address_that_has_an_account_is_refused_and_the_link_stays_open(link: SetUpLink) -> None:
    User.objects.create_user("renee@kestrel.test", "another password, longer")

    page = Client().post(path_of(link), TYPED)

    link.refresh_from_db()
    assert "already an account" in page.content.decode()
    assert link.used_at is None
    assert not Organization.objects.exists()


def test_two_organizations_of_one_name_get_two_addresses(link: SetUpLink) -> None:
    at = clock.now()

    first = set_up(at=at, **TYPED)
    second = set_up(at=at, **{**TYPED, "email": "other@kestrel.test"})
    third = set_up(at=at, **{**TYPED, "email": "third@kestrel.test", "organization": "株式会社"})

    slugs = [membership.organization.slug for membership in (first, second, third)]
    assert slugs == ["kestrel-ltd", "kestrel-ltd-2", "organization"]


def test_the_database_keeps_a_used_link_as_it_is(link: SetUpLink) -> None:
    set_up(link=link, at=clock.now(), **TYPED)

    for change in ({"used_at": None, "organization": None}, {"expires_at": clock.now() + dt.timedelta(days=9)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            SetUpLink.objects.update(**change)


def test_the_command_prints_the_open_link_again_until_there_is_an_organization() -> None:
    def printed(*arguments: str) -> str:
        out = StringIO()
        call_command("setup_link", *arguments, stdout=out)
        return out.getvalue()

    first, second = printed(), printed()
    company()

    assert "/set-up/" in first
    assert first == second
    assert "/set-up/" not in printed()
    assert "/set-up/" in printed("--another")


def test_an_operator_is_made_once_logged_and_has_no_right_in_any_organization() -> None:
    out = StringIO()

    call_command("create_operator", "Ops@acme.test", stdout=out)

    user = User.objects.get()
    assert user.is_staff
    assert user.check_password(out.getvalue().strip().split()[-1])
    assert AuditEvent.objects.get().action == "operator.made"
    with pytest.raises(CommandError):
        call_command("create_operator", "ops@acme.test", stdout=out)
    assert not Membership.objects.exists()


def test_an_operator_is_told_where_to_go_and_finds_it_after_signing_in(client: Client, settings: Any) -> None:
    out = StringIO()
    call_command("create_operator", "ops@acme.test", stdout=out)
    client.force_login(User.objects.get())

    pages = [page.removeprefix(settings.PUBLIC_URL) for page in re.findall(r"http\S+[^\s.]", out.getvalue())]

    assert len(pages) == 2
    start = client.get("/", follow=True).text
    assert all(f'href="{page}"' in start for page in pages)
    assert [client.get(page).status_code for page in pages] == [200, 200]


def test_somebody_who_has_an_account_keeps_their_password_as_operator() -> None:
    acme = company()

    user = make_operator(email=acme.dev.user.email, password="never used for them", at=clock.now())

    assert user.pk == acme.dev.user_id
    assert not user.check_password("never used for them")


def test_the_sign_in_page_says_that_nobody_can_sign_in_before_an_organization_is_set_up(
    link: SetUpLink, settings: Any
) -> None:
    settings.DEMO = False
    assert "no organization is set up here" in Client().get(reverse("account_login")).content.decode()

    Client().post(path_of(link), TYPED)

    assert "no organization is set up here" not in Client().get(reverse("account_login")).content.decode()
