"""The demo company: made once however often it is asked for, by actions only, open to its people, removable.

Made once for this file, in a transaction that is rolled back behind it: it is a company of 36 with eight months of history.
"""

import re
import stat
from collections import Counter
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client, override_settings
from django.urls import resolve, reverse
from pytest_django import DjangoDbBlocker

from accounts.actions import found_organization
from accounts.models import Invitation, Membership, Organization
from audit.models import AuditEvent
from checklists.models import Answer, Evidence
from governance.models import Question, RouteDecision, SignatureCondition, SignOff, SignOffComment
from home.actions import demo
from home.actions.demo.people import address_of
from home.actions.demo.sign_ins import file
from home.actions.demo.story import story
from home.queries.readiness import readiness_of
from notifications.models import Preference
from operations import clock
from reviews.models import Review
from reviews.queries.adoption import adoption_reviews
from reviews.queries.standing import standing_of
from tests.cast import signed_in

pytestmark = pytest.mark.django_db
KINDS = ["Dana Okafor", "Tomasz Wrona", "Farid Rahimi", "Priya Raman", "Kofi Mensah"]


@pytest.fixture(scope="module")
def northlight(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Organization]:
    """The demo company on the catalog that ships."""
    state = override_settings(STATE_DIR=tmp_path_factory.mktemp("state"))
    with django_db_blocker.unblock(), state, transaction.atomic():
        call_command("load_catalog", verbosity=0)
        yield demo.load_demo(now=clock.now())
        transaction.set_rollback(True)


@pytest.fixture
def _django_db_helper(northlight: Organization) -> Iterator[None]:
    """In place of pytest-django's: a test rolls back to the company, not to the empty database."""
    savepoint = transaction.savepoint()
    yield
    transaction.savepoint_rollback(savepoint)


def member(organization: Organization, name: str) -> Membership:
    return organization.memberships.select_related("user", "organization").get(user__email=address_of(name))


def printed(command: str) -> str:
    out = StringIO()
    call_command(command, stdout=out)
    return out.getvalue()


def counts() -> list[int]:
    return [
        model.objects.count() for model in (Organization, Membership, RouteDecision, Answer, AuditEvent, Invitation)
    ]


def test_the_second_time_nothing_is_doubled_and_the_same_sign_ins_are_printed(northlight: Organization) -> None:
    before = counts()

    first, second = printed("load_demo"), printed("load_demo")

    assert counts() == before
    assert first == second
    assert address_of("Dana Okafor") in first


def test_the_printed_passwords_sign_in_and_only_hashes_are_in_the_database(northlight: Organization) -> None:
    for sign_in in demo.sign_ins_of():
        user = member(northlight, sign_in.name).user
        assert user.check_password(sign_in.password)
        assert sign_in.password not in user.password

    kinds = {sign_in.role for sign_in in demo.sign_ins_of()}
    assert len(kinds) == 9


def test_the_file_of_sign_ins_is_ours_to_read_alone(northlight: Organization) -> None:
    assert stat.S_IMODE(file().stat().st_mode) == 0o600


def test_when_the_file_is_gone_new_passwords_are_printed(northlight: Organization) -> None:
    kept = file().read_text()
    file().unlink()

    printed("load_demo")

    assert file().read_text() != kept
    assert all(member(northlight, one.name).user.check_password(one.password) for one in demo.sign_ins_of())
    file().write_text(kept)


def test_its_chain_verifies_and_reads_in_the_order_of_time(northlight: Organization) -> None:
    connection.check_constraints()
    out = StringIO()

    call_command("verify_audit", organization=northlight.slug, stdout=out)

    moments = list(AuditEvent.objects.filter(organization_id=northlight.pk).order_by("pk").values_list("at", flat=True))
    assert "BROKEN" not in out.getvalue()
    assert moments == sorted(moments)
    assert (moments[-1] - moments[0]).days > 200


def test_it_is_midway_and_every_kind_of_thing_is_there(northlight: Organization) -> None:
    statuses = Counter(RouteDecision.objects.filter(organization=northlight).values_list("status", flat=True))
    readiness = readiness_of(northlight.pk, today=clock.today(northlight.timezone))

    assert statuses == {"approved": 4, "submitted": 1, "draft": 1, "changes_asked": 2, "suspended": 1, "retired": 1}
    assert len(readiness.teams) == 5
    assert [team.name for team in readiness.teams if team.overdue] == ["Customer care"]
    assert 0 < readiness.cleared < readiness.clearances
    assert Review.objects.filter(organization=northlight, closed_at__isnull=True).count() == 1
    assert Review.objects.filter(organization=northlight, outcome="holds").count() == 1
    adoption = standing_of(adoption_reviews(northlight).get(), at=clock.now())
    assert 10 <= adoption.board.settled <= 14
    assert [row.question for row in adoption.board.rows if row.is_moved and row.comments]
    assert Question.objects.filter(organization=northlight, answered_at__isnull=True).count() == 2
    assert Invitation.objects.filter(organization=northlight, accepted_at__isnull=True).count() == 1
    assert SignatureCondition.objects.filter(organization=northlight, met_at=None).count() == 2
    assert SignOffComment.objects.filter(organization=northlight).count() == 3
    assert SignOff.objects.get(organization=northlight, kind="adoption").outcome == "changes_asked"
    counsel = signed_in(member(northlight, "Helena Voss")).get(northlight.get_absolute_url())
    assert "Claude Code" in counsel.content.decode()


def test_the_newer_things_are_there_too(northlight: Organization) -> None:
    manager, engineer = (signed_in(member(northlight, name)) for name in ("Dana Okafor", "Kofi Mensah"))
    his_list = engineer.get(reverse("checklists:task-list", args=[northlight.slug])).content.decode()
    brought = northlight.imports.get()

    assert "You show the new firmware in Munich." in his_list
    assert "At trade fairs" in his_list
    assert "Write the server" in engineer.get(f"/o/{northlight.slug}/questions/").content.decode()
    assert Evidence.objects.filter(organization=northlight).exclude(file="").count() == 1
    assert Preference.objects.filter(organization=northlight, only_pressing=True).count() == 1
    assert brought.counts | {"new": 3, "teams": 1, "error": 1} == brought.counts
    page = manager.get(reverse("accounts:import-detail", args=[northlight.slug, brought.pk])).content.decode()
    assert "Calibration" in page


def test_somebody_is_asked_again_and_is_told_why(northlight: Organization) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM checklists_state(%s, NULL, %s) WHERE reason = 'reopened'",
            [northlight.pk, clock.now()],
        )
        (asked_again,) = cursor.fetchone()

    assert asked_again >= 5


@pytest.mark.parametrize("name", KINDS)
def test_every_link_its_people_are_shown_opens(northlight: Organization, name: str) -> None:
    browser = signed_in(member(northlight, name))

    pages = opened(browser, start=northlight.get_absolute_url())

    assert {address: status for address, status in pages.items() if status != 200} == {}
    assert len(pages) >= 5


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("", KINDS),
        ("my-list/", KINDS),
        ("sign-offs/", ["Dana Okafor", "Tomasz Wrona", "Farid Rahimi"]),
        ("checklists/", ["Dana Okafor", "Farid Rahimi"]),
        ("people/", ["Dana Okafor", "Farid Rahimi", "Priya Raman"]),
        ("reports/audit/", ["Dana Okafor", "Farid Rahimi"]),
        ("start-our-own/", ["Dana Okafor"]),
        ("settings/", []),
    ],
)
def test_pages_open_to_those_who_have_the_right(northlight: Organization, address: str, allowed: list[str]) -> None:
    path = northlight.get_absolute_url() + address

    answers = {name: signed_in(member(northlight, name)).get(path).status_code for name in KINDS}

    assert answers == {name: 200 if name in allowed else 403 for name in KINDS}


def test_every_page_says_that_it_is_a_demo_and_the_managers_home_leads_out_of_it(northlight: Organization) -> None:
    manager = signed_in(member(northlight, "Dana Okafor")).get(northlight.get_absolute_url()).content.decode()
    employee = signed_in(member(northlight, "Kofi Mensah")).get(northlight.get_absolute_url()).content.decode()

    assert "demo-banner" in employee
    assert "Start our own organization" in manager
    assert "Start our own organization" not in employee


def test_from_the_demo_one_starts_a_real_organization(northlight: Organization) -> None:
    browser = signed_in(member(northlight, "Dana Okafor"))

    answer = browser.post(
        northlight.get_absolute_url() + "start-our-own/",
        {
            "organization": "Kestrel",
            "timezone": "Europe/Paris",
            "name": "Renée",
            "email": "renee@kestrel.test",
            "password": "a bird of prey, hovering",
        },
    )

    own = Organization.objects.get(slug="kestrel")
    assert answer["Location"] == "/o/kestrel/"
    assert not own.is_demo
    assert browser.get("/o/kestrel/").status_code == 200
    assert browser.get(northlight.get_absolute_url()).status_code == 404


def test_removed_it_is_hidden_and_its_chain_still_verifies(northlight: Organization) -> None:
    kept = file().read_text()
    browser = signed_in(member(northlight, "Dana Okafor"))

    printed("remove_demo")

    assert browser.get(northlight.get_absolute_url()).status_code == 404
    connection.check_constraints()
    assert "BROKEN" not in printed("verify_audit")
    with pytest.raises(CommandError):
        printed("remove_demo")
    file().write_text(kept)


def test_once_it_was_removed_a_start_greets_with_the_set_up_link_and_later_with_the_address(
    northlight: Organization, settings: Any
) -> None:
    settings.GREETING_COMMAND = "load_demo"
    kept = file().read_text()
    printed("remove_demo")
    founder = member(northlight, "Dana Okafor").user

    before, door = printed("greet"), Client().get(reverse("account_login")).content.decode()
    found_organization(name="Kestrel", slug="kestrel", timezone="UTC", owner=founder, at=clock.now())
    after = printed("greet")

    assert before.startswith("Set up your organization here (works once, for 48 hours):")
    assert f"{settings.PUBLIC_URL}/" in before
    assert "no organization is set up here" in door
    assert after == f"Wayleave is at {settings.PUBLIC_URL}/\n"
    assert not file().exists()
    file().write_text(kept)


def test_its_file_names_nobody_twice_and_every_address_is_an_example() -> None:
    addresses = [address_of(one["name"]) for one in story()["people"]]

    assert len(set(addresses)) == 37
    assert all(re.fullmatch(r"[a-z.]+@northlight\.example\.com", address) for address in addresses)


def opened(browser: Client, *, start: str, each: int = 2) -> dict[str, int]:
    """Follow every link within the organization, at most so many of a kind: address → status."""
    found, seen, waiting = {}, Counter(), [start]
    while waiting:
        path = waiting.pop(0)
        kind = resolve(path.partition("?")[0]).view_name
        if path in found or seen[kind] >= each:
            continue
        seen[kind] += 1
        page = browser.get(path)
        found[path] = page.status_code
        if not page.streaming and "text/html" in page.get("Content-Type", ""):
            waiting += [one.replace("&amp;", "&") for one in re.findall(r'href="(/o/[^"#]+)"', page.content.decode())]
    return found


def sign_in_page() -> str:
    return Client().get(reverse("account_login")).content.decode()


def test_who_comes_before_the_demo_company_is_made_reads_that_it_is_on_its_way(
    northlight: Organization, settings: Any
) -> None:
    settings.DEMO = True
    assert "demo company is being made" not in sign_in_page()

    Organization.objects.filter(pk=northlight.pk).update(is_demo=False)

    assert "demo company is being made" in sign_in_page()
    settings.DEMO = False
    assert "demo company is being made" not in sign_in_page()


def test_most_have_said_what_they_use_and_what_nobody_decided_heads_the_managers_home(northlight: Organization) -> None:
    manager, lead, employee = (
        signed_in(member(northlight, name)) for name in ("Dana Okafor", "Priya Raman", "Kofi Mensah")
    )
    usage = reverse("checklists:usage-list", args=[northlight.slug])

    assert "Gemini (Private account)" in manager.get(northlight.get_absolute_url()).content.decode()
    assert "What do you use today?" in employee.get(northlight.get_absolute_url()).content.decode()
    seen = lead.get(usage).content.decode()
    assert "Engineering" in seen
    assert "Claude Code" in seen
    assert "5 or more" in seen
    assert "deepl" not in (seen + manager.get(usage).content.decode()).lower()
