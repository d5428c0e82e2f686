"""Teams and who leads them."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.actions.authority import (
    refuse_foreign,
    refuse_outsider,
    refuse_overtaken,
    refuse_unproved,
    refuse_without,
    standing_now,
)
from accounts.actions.locks import lock_membership, lock_organization, lock_team
from accounts.models import LeadPeriod, Membership, Placement, Team
from accounts.rights import Right
from audit import actions as audit
from operations.errors import ActionRefused


@transaction.atomic
def add_team(*, name: str, by: Membership, at: dt.datetime) -> Team:
    """A new team.

    :raises ActionRefused: there is, or was, one of that name; or ``by`` may not manage people.
    """
    lock_organization(by.organization_id)
    refuse_without(Right.PEOPLE_MANAGE, by)
    _refuse_taken_name(by, name)
    team = Team.objects.create(organization_id=by.organization_id, name=name)
    _record("team.added", team, by=by, at=at)
    return team


@transaction.atomic
def rename_team(*, team: Team, name: str, by: Membership, at: dt.datetime) -> Team:
    """Give the team another name.

    :raises ActionRefused: there is, or was, one of that name; it is archived; or ``by`` may not manage people.
    """
    lock_organization(by.organization_id)
    team = lock_team(team)
    refuse_without(Right.PEOPLE_MANAGE, by)
    refuse_foreign(by, team)
    if team.name == name:
        return team
    _refuse_taken_name(by, name, but=team)
    team.name = name
    team.save(update_fields=["name"])
    _record("team.renamed", team, by=by, at=at)
    return team


@transaction.atomic
def archive_team(*, team: Team, by: Membership, at: dt.datetime) -> Team:
    """Close a team that nobody works in any more; whoever leads it stops leading it.

    :raises ActionRefused: people still work in it; it is archived; or ``by`` may not manage people.
    """
    team = lock_team(team)
    refuse_without(Right.PEOPLE_MANAGE, by)
    refuse_foreign(by, team)
    people = Placement.objects.open().filter(organization_id=team.organization_id, team=team).count()
    if people:
        raise ActionRefused(
            ngettext(
                "%(count)d person works in %(team)s. Move them to another team first.",
                "%(count)d people work in %(team)s. Move them to other teams first.",
                people,
            )
            % {"count": people, "team": team.name}
        )
    LeadPeriod.objects.open().filter(team=team).update(ended_at=at, ended_by=by.user_id)
    team.archived_at = at
    team.save(update_fields=["archived_at"])
    _record("team.archived", team, by=by, at=at)
    return team


@transaction.atomic
def appoint_lead(*, team: Team, membership: Membership | None, by: Membership, at: dt.datetime) -> None:
    """Make somebody the lead of a team, in place of whoever led it; nobody (None) ends that.

    :raises ActionRefused: the person has left; the team is archived; or ``by`` may not manage people.
    """
    if membership is not None:
        membership = lock_membership(membership)
    team = lock_team(team)
    refuse_without(Right.PEOPLE_MANAGE, by)
    refuse_foreign(by, team, membership)
    if membership is not None:
        refuse_outsider(standing_now(membership))
        refuse_unproved(membership)
    current = LeadPeriod.objects.open().filter(team=team).first()
    if (current.membership_id if current else None) == (membership.pk if membership else None):
        return
    refuse_overtaken(at, team.lead_periods.all())
    LeadPeriod.objects.open().filter(team=team).update(ended_at=at, ended_by=by.user_id)
    if membership is not None:
        LeadPeriod.objects.create(
            organization_id=team.organization_id,
            team=team,
            membership=membership,
            started_at=at,
            started_by_id=by.user_id,
        )
    _record(
        "team.lead_appointed",
        team,
        by=by,
        at=at,
        membership=membership.pk if membership else None,
        before=current.membership_id if current else None,
    )


def _refuse_taken_name(by: Membership, name: str, *, but: Team | None = None) -> None:
    namesakes = Team.objects.filter(organization_id=by.organization_id, name__iexact=name)
    namesake = namesakes.exclude(pk=but.pk).first() if but else namesakes.first()
    if namesake and namesake.archived_at:
        raise ActionRefused(_("There was a team of that name; it is archived. Choose another name."))
    if namesake:
        raise ActionRefused(_("There is a team of that name already."))


def _record(action: str, team: Team, *, by: Membership, at: dt.datetime, **data: object) -> None:
    audit.record(action, by=by.user_id, organization_id=team.organization_id, at=at, target=f"team:{team.pk}", **data)
