"""Somebody who works alone: nobody joins, nothing is confirmed twice; and the day they work alone no more, for good."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client, RequestFactory

from accounts import actions
from accounts.forms import ConfirmIdentityForm
from accounts.models import AccessPeriod, Invitation, Membership, User
from audit.models import AuditEvent
from operations import clock
from operations.errors import ActionRefused
from tests.cast import EPOCH, person

pytestmark = pytest.mark.django_db
COMPANY = {"name": "Kestrel", "person": " Renée ", "email": "Renee@kestrel.test "}


@pytest.fixture
def alone() -> Membership:
    owner = User.objects.create_user("1@just-me.invalid", name="Just me", date_joined=EPOCH)
    return actions.found_organization(name="Just me", slug="me", timezone="UTC", owner=owner, at=EPOCH, is_solo=True)


def in_raw_sql(statement: str, *values: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def identity_asked(member: Membership) -> set[str]:
    request = RequestFactory().get("/")
    request.user, request.organization = member.user, member.organization
    return set(ConfirmIdentityForm(request=request).fields)


def test_whoever_works_alone_needs_no_password_until_it_is_a_company(alone: Membership) -> None:
    browser = Client()
    browser.force_login(alone.user, backend="django.contrib.auth.backends.ModelBackend")
    assert browser.get("/o/me/").status_code == 200
    assert identity_asked(alone) == set()

    actions.become_company(**COMPANY, by=alone, at=clock.now())

    alone = Membership.objects.select_related("organization", "user").get()
    assert (alone.organization.name, alone.user.name, alone.user.email) == ("Kestrel", "Renée", "renee@kestrel.test")
    assert identity_asked(alone) == {"code"}
    assert browser.get("/o/me/")["Location"].startswith("/account/password/set/")
    connection.check_constraints()
    event = AuditEvent.objects.get(action="organization.became_company")
    assert (event.actor_id, event.organization_id, event.data) == (alone.user_id, alone.organization_id, "{}")
    actions.invite(email="sven@kestrel.test", by=alone, at=clock.now())


def test_it_can_not_be_undone(alone: Membership) -> None:
    actions.become_company(**COMPANY, by=alone, at=clock.now())

    with pytest.raises(ActionRefused, match="a company already"):
        actions.become_company(**COMPANY, by=alone, at=clock.now())
    with pytest.raises(IntegrityError, match="stays one"):
        in_raw_sql("UPDATE accounts_organization SET is_solo = true")
    assert AuditEvent.objects.filter(action="organization.became_company").count() == 1


def test_an_address_that_has_an_account_is_refused_and_nothing_happens(alone: Membership) -> None:
    User.objects.create_user("renee@kestrel.test", "another password, longer")

    with pytest.raises(ActionRefused, match="already an account"):
        actions.become_company(**COMPANY, by=alone, at=clock.now())

    alone.refresh_from_db()
    assert alone.organization.is_solo
    assert not AuditEvent.objects.filter(action="organization.became_company").exists()


def test_nobody_joins_whoever_works_alone(alone: Membership) -> None:
    with pytest.raises(ActionRefused, match="You work alone here"):
        actions.invite(email="sven@kestrel.test", by=alone, at=clock.now())
    with pytest.raises(IntegrityError, match="has no colleagues"), transaction.atomic():
        person(alone.organization, "Sven")

    assert (Invitation.objects.count(), AccessPeriod.objects.count()) == (0, 1)
