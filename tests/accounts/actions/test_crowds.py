"""The same change for several people: everybody whom the page named, or nobody."""

import datetime as dt
import json

import pytest
from django.db import connection

from accounts import actions
from accounts.links import link_of
from accounts.models import Membership, Placement
from accounts.queries import resendable, standing_of, with_standing
from accounts.queries.crowds import NewPlace, to_be_placed, to_leave
from accounts.rights import BY_LEVEL
from audit import chain
from audit.canonical import digest_of_ids
from audit.models import AuditEvent
from notifications.models import OutgoingMail
from tests.accounts.refusals import logged, refused
from tests.cast import EPOCH, Company, Level, company, person

pytestmark = pytest.mark.django_db
LATER = EPOCH + dt.timedelta(days=60)


def everybody(acme: Company):
    return Membership.objects.filter(organization=acme.organization)


def place_of(membership: Membership) -> tuple[int | None, int | None]:
    standing = standing_of(with_standing(Membership.objects.filter(pk=membership.pk)).get())
    return standing.team_id, standing.job_role_id


def test_moving_to_a_team_keeps_each_ones_job_role(acme: Company) -> None:
    people = Membership.objects.filter(pk__in=[acme.dev.pk, acme.mia.pk])
    roles = [place_of(acme.dev)[1], place_of(acme.mia)[1]]
    place = NewPlace(team=acme.sales, changes_team=True)
    moved = to_be_placed(people, place)

    count = actions.place_many(people=people, place=place, seen=moved.digest, by=acme.mara, at=LATER)

    assert count == len(moved.ids)
    assert [place_of(acme.dev), place_of(acme.mia)] == [(acme.sales.pk, role) for role in roles]
    ended = Placement.objects.filter(membership__in=moved.ids, ended_at=LATER, ended_by=acme.mara.user_id)
    assert ended.count() == len(moved.ids)
    assert logged() == ["person.many_placed"]
    connection.check_constraints()


def test_one_event_says_how_many_and_who(acme: Company) -> None:
    people = everybody(acme)
    place = NewPlace(changes_team=True, changes_job_role=True)
    crowd = to_be_placed(people, place)

    actions.place_many(people=people, place=place, seen=crowd.digest, by=acme.mara, at=LATER)

    data = json.loads(AuditEvent.objects.get(action="person.many_placed").data)
    assert (data["count"], data["people"]) == (len(crowd.ids), crowd.digest)
    assert to_be_placed(people, place).ids == []
    connection.check_constraints()
    assert chain.verify(acme.organization.pk).broken == ""


def test_who_is_there_already_comes_from_outside_or_has_left_is_left_alone(acme: Company) -> None:
    counsel = person(acme.organization, "Counsel", level=Level.GUEST)
    actions.end_membership(membership=acme.mia, by=acme.olga, at=LATER)
    place = NewPlace(team=acme.sales, changes_team=True)

    crowd = to_be_placed(everybody(acme), place)

    there = [one for one in everybody(acme) if place_of(one)[0] == acme.sales.pk]
    assert (crowd.there, crowd.outsiders) == (len(there), 1)
    assert not {counsel.pk, acme.mia.pk, *(one.pk for one in there)} & set(crowd.ids)


def test_whom_the_page_did_not_name_is_not_moved(acme: Company) -> None:
    place = NewPlace(changes_team=True)
    seen = to_be_placed(everybody(acme), place).digest
    person(acme.organization, "Newcomer", team=acme.sales)

    with refused("has changed since you looked"):
        actions.place_many(people=everybody(acme), place=place, seen=seen, by=acme.mara, at=LATER)
    assert logged() == []


def test_a_place_of_another_organization_is_refused(acme: Company) -> None:
    place = NewPlace(team=company("globex").sales, changes_team=True)

    with refused("another organization"):
        actions.place_many(
            people=everybody(acme),
            place=place,
            seen=to_be_placed(everybody(acme), place).digest,
            by=acme.mara,
            at=LATER,
        )


def test_people_of_another_organization_are_not_touched(acme: Company) -> None:
    globex = company("globex")
    place = NewPlace(changes_team=True)
    seen = to_be_placed(everybody(acme), place).digest

    actions.place_many(people=Membership.objects.all(), place=place, seen=seen, by=acme.mara, at=LATER)
    connection.check_constraints()

    assert place_of(globex.dev)[0] == globex.engineering.pk


def test_a_member_moves_nobody(acme: Company) -> None:
    place = NewPlace(changes_team=True)
    seen = to_be_placed(everybody(acme), place).digest

    with refused("your access has changed"):
        actions.place_many(people=everybody(acme), place=place, seen=seen, by=acme.dev, at=LATER)


def test_who_leaves_holds_nothing_any_more(acme: Company) -> None:
    held = BY_LEVEL[Level.MANAGER]
    crowd = to_leave(everybody(acme), by=acme.mara, held=held)

    count = actions.end_memberships(people=everybody(acme), seen=crowd.digest, by=acme.mara, at=LATER)
    connection.check_constraints()

    left = [standing_of(one) for one in with_standing(everybody(acme)) if one.pk in crowd.ids]
    assert count == len(left) > 1
    assert all(not one.rights and not one.leads and not one.groups and one.team_id is None for one in left)
    assert logged() == ["person.many_left"]


def test_oneself_and_owners_stay(acme: Company) -> None:
    crowd = to_leave(everybody(acme), by=acme.mara, held=BY_LEVEL[Level.MANAGER])
    of_an_owner = to_leave(everybody(acme), by=acme.olga, held=BY_LEVEL[Level.OWNER])

    assert not {acme.mara.pk, acme.olga.pk} & set(crowd.ids)
    assert acme.olga.pk not in of_an_owner.ids
    assert acme.mara.pk in of_an_owner.ids
    assert crowd.apart == 2


def test_what_came_after_is_not_overwritten(acme: Company) -> None:
    place = NewPlace(changes_team=True)
    actions.place(membership=acme.dev, team=acme.sales, job_role=None, by=acme.mara, at=LATER)
    seen = to_be_placed(everybody(acme), place).digest

    with refused("a moment ago"):
        actions.place_many(
            people=everybody(acme), place=place, seen=seen, by=acme.mara, at=LATER - dt.timedelta(seconds=1)
        )


def test_all_open_invitations_are_sent_again_with_new_links(acme: Company) -> None:
    for name in ("nell", "jo"):
        actions.invite(email=f"{name}@acme.example", by=acme.mara, at=EPOCH)
    expensive = actions.invite(email="own@acme.example", level=Level.OWNER, by=acme.olga, at=EPOCH)
    gone = actions.withdraw(
        invitation=actions.invite(email="gone@acme.example", by=acme.mara, at=EPOCH), by=acme.mara, at=EPOCH
    )
    mine = resendable(acme.organization, held=BY_LEVEL[Level.MANAGER])
    seen = digest_of_ids(sorted(mine.values_list("pk", flat=True)))
    OutgoingMail.objects.all().delete()

    count = actions.resend_all(seen=seen, by=acme.mara, at=LATER)

    assert count == 2
    assert {(one.round, one.sent_at) for one in mine} == {(2, LATER)}
    links = {link_of(one) for one in mine}
    assert all(any(link in mail.text for link in links) for mail in OutgoingMail.objects.all())
    assert sorted(OutgoingMail.objects.values_list("to", flat=True)) == ["jo@acme.example", "nell@acme.example"]
    for left_alone in (expensive, gone):
        left_alone.refresh_from_db()
        assert left_alone.round == 1


def test_who_was_invited_meanwhile_is_not_sent_it_unseen(acme: Company) -> None:
    actions.invite(email="nell@acme.example", by=acme.mara, at=EPOCH)

    with refused("has changed since you looked"):
        actions.resend_all(seen=digest_of_ids([]), by=acme.mara, at=LATER)
