"""The groups that sign: added, renamed, and taken out of use unless they have to sign."""

import datetime as dt

import pytest

from accounts import actions
from accounts.models import SignOffGroup
from accounts.queries import standing_of, with_standing
from tests.accounts.refusals import logged, refused
from tests.cast import EPOCH, PASSWORD, Company, company

pytestmark = pytest.mark.django_db
LATER = EPOCH + dt.timedelta(days=60)


@pytest.fixture
def council(acme: Company) -> SignOffGroup:
    group = actions.add_sign_off_group(name="Works council", by=acme.olga, at=EPOCH)
    actions.join_group(membership=acme.dev, group=group, by=acme.olga, at=EPOCH)
    return group


def test_a_group_that_has_to_sign_is_renamed_and_has_to_sign_still(acme: Company) -> None:
    actions.rename_sign_off_group(group=acme.legal, name="Data protection", by=acme.olga, at=LATER)

    acme.legal.refresh_from_db()
    assert (acme.legal.name, acme.legal.must_sign) == ("Data protection", True)
    assert logged() == ["sign-off-group.renamed"]
    with refused("Data protection has to sign whatever is submitted"):
        actions.archive_sign_off_group(group=acme.legal, by=acme.olga, at=LATER)


def test_an_archived_group_has_nobody_and_gets_nobody(acme: Company, council: SignOffGroup) -> None:
    actions.archive_sign_off_group(group=council, by=acme.olga, at=LATER)

    standing = standing_of(with_standing(acme.organization.memberships.filter(pk=acme.dev.pk)).get())
    assert standing.groups == frozenset()
    period = council.group_periods.get()
    assert (period.ended_at, period.ended_by) == (LATER, acme.olga.user)
    with refused("“Works council” is archived"):
        actions.join_group(membership=acme.mia, group=council, by=acme.olga, at=LATER)
    assert logged()[-1] == "sign-off-group.archived"


def test_whoever_was_invited_to_sign_for_it_joins_without_it(acme: Company, council: SignOffGroup) -> None:
    invitation = actions.invite(email="nell@acme.example", group=council, by=acme.olga, at=LATER)
    actions.archive_sign_off_group(group=council, by=acme.olga, at=LATER)

    joined = actions.accept(invitation=invitation, round=1, user=None, name="Nell", password=PASSWORD, at=LATER)

    assert not joined.group_periods.exists()


def test_only_an_owner_and_only_their_own(acme: Company, council: SignOffGroup) -> None:
    globex = company("globex")

    with refused("another organization"):
        actions.archive_sign_off_group(group=council, by=globex.olga, at=LATER)
    with refused("another organization"):
        actions.rename_sign_off_group(group=council, name="Ours", by=globex.olga, at=LATER)
    with refused("your access has changed"):
        actions.archive_sign_off_group(group=council, by=acme.mara, at=LATER)
    with refused("your access has changed"):
        actions.rename_sign_off_group(group=council, name="Mine", by=acme.mara, at=LATER)
    with refused("of that name already"):
        actions.rename_sign_off_group(group=council, name="legal", by=acme.olga, at=LATER)
