"""Asking somebody to join, and joining."""

import datetime as dt

import pytest
from django.db import connection

from accounts import actions
from accounts.links import link_of, read_token, token_of
from accounts.models import Invitation, Placement, User
from accounts.queries import standing_of, with_standing
from notifications.models import OutgoingMail
from tests.accounts.refusals import logged, refused
from tests.cast import EPOCH, PASSWORD, Company, Level, company

pytestmark = pytest.mark.django_db
LATER = EPOCH + dt.timedelta(days=60)
SOON = LATER + dt.timedelta(days=2)


def invited(acme: Company, email: str = "new@acme.example", **place: object) -> Invitation:
    return actions.invite(email=email, by=acme.olga, at=LATER, **place)


def test_an_invitation_is_a_mail_with_a_link_that_is_not_stored(acme: Company) -> None:
    invitation = invited(acme, " New@Acme.example ", team=acme.sales)

    mail = OutgoingMail.objects.get()
    assert mail.to == invitation.email == "new@acme.example"
    assert mail.organization == acme.organization
    assert link_of(invitation) in mail.text
    assert invitation.expires_at == LATER + dt.timedelta(days=14)
    assert logged() == ["invitation.sent"]


def test_only_what_one_holds_is_offered(acme: Company) -> None:
    globex = company("globex")

    with refused("holds more than you do"):
        actions.invite(email="x@acme.example", level=Level.OWNER, by=acme.mara, at=LATER)
    with refused("Only an owner"):
        actions.invite(email="x@acme.example", group=acme.security, by=acme.mara, at=LATER)
    with refused("your access has changed"):
        actions.invite(email="x@acme.example", by=acme.tom, at=LATER)
    with refused("another organization"):
        actions.invite(email="x@acme.example", team=globex.sales, by=acme.mara, at=LATER)


def test_an_address_is_invited_once(acme: Company) -> None:
    invited(acme)

    with refused("invited already"):
        invited(acme)
    with refused("belongs to the organization already"):
        invited(acme, acme.dev.user.email)


def test_sending_again_makes_older_links_worthless(acme: Company) -> None:
    invitation = invited(acme)
    old = read_token(token_of(invitation))

    again = actions.resend(invitation=invitation, by=acme.mara, at=SOON)

    assert again.expires_at == SOON + dt.timedelta(days=14)
    assert OutgoingMail.objects.count() == 2
    with refused("A newer invitation"):
        actions.accept(invitation=again, round=old.round, user=None, name="New", at=SOON)


def test_a_link_nobody_signed_says_nothing(acme: Company) -> None:
    token = token_of(invited(acme))

    assert read_token(token[:-1] + ("a" if token[-1] != "a" else "b")) is None
    assert read_token("WzEsMV0") is None


def test_withdrawn_and_expired_invitations_are_refused(acme: Company) -> None:
    first, second = invited(acme), invited(acme, "other@acme.example")
    actions.withdraw(invitation=first, by=acme.mara, at=SOON)

    with refused("was withdrawn"):
        actions.accept(invitation=first, round=1, user=None, name="New", at=SOON)
    with refused("was withdrawn"):
        actions.resend(invitation=first, by=acme.mara, at=SOON)
    with refused("has expired"):
        actions.accept(invitation=second, round=1, user=None, name="New", at=second.expires_at)


def test_a_manager_does_not_touch_an_owners_invitation(acme: Company) -> None:
    invitation = invited(acme, level=Level.OWNER)

    with refused("holds more than you do"):
        actions.resend(invitation=invitation, by=acme.mara, at=SOON)
    with refused("holds more than you do"):
        actions.withdraw(invitation=invitation, by=acme.mara, at=SOON)


@pytest.mark.parametrize("place", ["owner", "manager", "member", "signer"])
@pytest.mark.parametrize("since", ["left", "demoted"])
def test_nobody_joins_on_the_word_of_whoever_could_no_longer_give_it(acme: Company, place: str, since: str) -> None:
    offered = {"group": acme.legal} if place == "signer" else {"level": place}
    invitation = invited(acme, **offered)
    actions.change_access_level(membership=acme.mara, level=Level.OWNER, by=acme.olga, at=LATER)
    if since == "left":
        actions.end_membership(membership=acme.olga, by=acme.mara, at=LATER)
    else:
        actions.change_access_level(membership=acme.olga, level=Level.MEMBER, by=acme.mara, at=LATER)

    with refused("may no longer give what it offers"):
        actions.accept(invitation=invitation, round=1, user=None, name="New", password=PASSWORD, at=SOON)

    assert not User.objects.filter(email=invitation.email).exists()
    again = actions.resend(invitation=invitation, by=acme.mara, at=SOON)
    joined = actions.accept(invitation=again, round=2, user=None, name="New", password=PASSWORD, at=SOON)
    assert joined.access_periods.get().started_by == acme.mara.user


def test_owner_who_is_a_manager_now_still_vouches_for_a_member(acme: Company) -> None:
    to_own, to_join = invited(acme, level=Level.OWNER), invited(acme, "other@acme.example")
    actions.change_access_level(membership=acme.mara, level=Level.OWNER, by=acme.olga, at=LATER)
    actions.change_access_level(membership=acme.olga, level=Level.MANAGER, by=acme.mara, at=LATER)

    with refused("may no longer give what it offers"):
        actions.accept(invitation=to_own, round=1, user=None, name="New", password=PASSWORD, at=SOON)
    actions.accept(invitation=to_join, round=1, user=None, name="New", at=SOON)


def test_somebody_new_gets_an_account_and_the_place_that_waited(acme: Company) -> None:
    invitation = invited(acme, team=acme.sales, job_role=acme.seller, name="Nell")

    membership = actions.accept(invitation=invitation, round=1, user=None, at=SOON)

    standing = standing_of(with_standing(acme.organization.memberships.filter(pk=membership.pk)).get())
    assert (standing.level, standing.team_id, standing.job_role_id) == (
        Level.MEMBER,
        acme.sales.pk,
        acme.seller.pk,
    )
    assert membership.user.name == "Nell"
    assert not membership.user.has_usable_password()
    assert logged() == ["invitation.sent", "invitation.accepted"]


def test_a_signer_joins_with_a_password(acme: Company) -> None:
    invitation = invited(acme, group=acme.legal)

    with refused("Choose a password"):
        actions.accept(invitation=invitation, round=1, user=None, name="Nell", at=SOON)
    membership = actions.accept(invitation=invitation, round=1, user=None, name="Nell", password=PASSWORD, at=SOON)

    assert membership.user.check_password(PASSWORD)
    assert membership.group_periods.get().group == acme.legal


def test_somebody_with_an_account_joins_as_themselves(acme: Company) -> None:
    otto = company("globex").dev.user
    invitation = invited(acme, otto.email)

    with refused("sign in first"):
        actions.accept(invitation=invitation, round=1, user=None, name="Otto", at=SOON)
    with refused("This invitation is for"):
        actions.accept(invitation=invitation, round=1, user=acme.dev.user, at=SOON)
    membership = actions.accept(invitation=invitation, round=1, user=otto, at=SOON)

    assert membership.user == otto
    assert User.objects.filter(email=otto.email).count() == 1


def test_an_invitation_is_accepted_once(acme: Company) -> None:
    invitation = invited(acme)
    membership = actions.accept(invitation=invitation, round=1, user=None, name="Nell", at=SOON)

    with refused("accepted already"):
        actions.accept(invitation=invitation, round=1, user=membership.user, at=SOON)


def test_somebody_who_comes_back_continues_their_membership(acme: Company) -> None:
    invitation = invited(acme, acme.finn.user.email, team=acme.engineering)

    membership = actions.accept(invitation=invitation, round=1, user=acme.finn.user, at=SOON)
    connection.check_constraints()

    assert membership == acme.finn
    assert Placement.objects.filter(membership=acme.finn).count() == 2
