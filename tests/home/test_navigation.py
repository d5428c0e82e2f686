"""The navigation: entries by rights, what waits for you, and where you are."""

import datetime as dt

import pytest
from django.test import Client

from accounts.models import AccessPeriod, Membership, Organization, User
from governance import actions
from governance.models import Question
from home.queries.frame import Waiting, frame_of
from reviews.models import Review
from tests.cast import EPOCH, Company, company, person, signed_in
from tests.factories import make_route

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme() -> Company:
    return company()


def entries(membership: Membership, path: str = "") -> list[dict[str, object]]:
    page = signed_in(membership).get(f"/o/{membership.organization.slug}/{path}")
    assert page.status_code == 200
    return list(page.context["navigation"])


def labels(membership: Membership) -> list[str]:
    return [str(entry["label"]) for entry in entries(membership)]


def test_an_employee_is_shown_home_first_and_no_log(acme: Company) -> None:
    shown = labels(acme.dev)

    assert shown[0] == "Home"
    assert "Reports" not in shown


def test_an_auditor_is_shown_the_reports(acme: Company) -> None:
    assert "Reports" in labels(acme.ann)


@pytest.mark.parametrize("name", ["dev", "tom", "sven", "ann", "mara", "olga"])
def test_every_entry_opens_for_whoever_is_shown_it(acme: Company, name: str) -> None:
    membership = getattr(acme, name)
    client = signed_in(membership)

    opened = {str(entry["url"]): client.get(str(entry["url"])).status_code for entry in entries(membership)}

    assert set(opened.values()) == {200}, opened


def test_one_entry_is_where_you_are(acme: Company) -> None:
    at_home = [entry["label"] for entry in entries(acme.ann) if entry["is_current"]]
    at_the_log = [entry["label"] for entry in entries(acme.ann, "reports/audit/") if entry["is_current"]]

    assert at_home == ["Home"]
    assert at_the_log == ["Reports"]


def test_what_waits_is_counted_for_this_person_only(acme: Company) -> None:
    route = make_route()
    decision = actions.propose(route=route, by=acme.mara, at=EPOCH)
    Review.objects.create(
        organization=acme.organization,
        decision=decision,
        period_on=EPOCH.date(),
        due_on=EPOCH.date(),
        keeper=acme.mara,
        opened_at=EPOCH,
    )
    Question.objects.create(
        organization=acme.organization, asked_by=acme.dev, contact=acme.mara, about="item:1", title="?", asked_at=EPOCH
    )

    later = EPOCH + dt.timedelta(days=1)

    assert frame_of(acme.mara, at=later).waiting == Waiting(reviews=1, questions=1)
    assert frame_of(acme.dev, at=later).waiting == Waiting()


def test_the_switch_lists_open_memberships_in_unlocked_organizations_only(acme: Company) -> None:
    other, locked, left = (
        Organization.objects.create(slug=name, name=name.title(), created_at=EPOCH, locked_at=at)
        for name, at in (("other", None), ("locked", EPOCH), ("left", None))
    )
    for organization, left_at in ((other, None), (locked, None), (left, EPOCH + dt.timedelta(days=1))):
        membership = Membership.objects.create(organization=organization, user=acme.dev.user, created_at=EPOCH)
        AccessPeriod.objects.create(
            organization=organization, membership=membership, level="member", started_at=EPOCH, ended_at=left_at
        )

    page = signed_in(acme.dev).get(acme.organization.get_absolute_url())

    assert [(entry.name, entry.is_current) for entry in page.context["organizations"]] == [
        ("Acme", True),
        ("Other", False),
    ]


def test_start_leads_to_the_only_organization(acme: Company) -> None:
    assert signed_in(acme.dev).get("/")["Location"] == "/o/acme/"


def test_start_lets_somebody_of_two_choose_and_tells_somebody_of_none(acme: Company) -> None:
    other = company("other")
    Membership.objects.create(organization=other.organization, user=acme.dev.user, created_at=EPOCH)
    AccessPeriod.objects.create(
        organization=other.organization,
        membership=Membership.objects.get(organization=other.organization, user=acme.dev.user),
        level="member",
        started_at=EPOCH,
    )

    choice = signed_in(acme.dev).get("/").content.decode()
    nothing = signed_in(acme.finn).get("/").content.decode()

    assert "/o/acme/" in choice
    assert "/o/other/" in choice
    assert "don’t belong to an organization" in nothing


def test_start_leads_an_operator_to_what_they_look_after() -> None:
    operator = User.objects.create_user("operator@wayleave.example", "a long enough password", is_staff=True)

    browser = Client()
    browser.force_login(operator, backend="django.contrib.auth.backends.ModelBackend")

    page = browser.get("/").content.decode()

    assert "You run this installation" in page
    assert "/operate/sources/" in page
    assert "/operate/outbox/" in page


def test_an_operator_who_belongs_somewhere_finds_it_too(acme: Company) -> None:
    acme.dev.user.is_staff = True
    acme.dev.user.save(update_fields=["is_staff"])
    browser = signed_in(acme.dev)

    page = browser.get("/operate/").content.decode()

    assert "You run this installation" in page
    assert "/operate/outbox/" in page
    assert "/o/acme/" in page
    assert signed_in(acme.olga).get("/operate/").status_code == 403


def test_outsiders_see_no_navigation_of_an_organization(acme: Company) -> None:
    stranger = person(company("other").organization, "Otto")

    page = signed_in(stranger).get(acme.organization.get_absolute_url())

    assert page.status_code == 404


def test_a_lead_has_progress_in_the_bar_of_a_phone(acme: Company) -> None:
    assert labels(acme.tom)[:4] == ["Home", "My list", "Progress", "Routes"]
