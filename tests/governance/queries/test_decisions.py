"""Whom decisions cover, which are in doubt, and for whom something waits."""

import datetime as dt

import pytest
from django.db import connection

from accounts.models import JobRole, Team
from audit.actions import reopen
from governance import actions
from governance.models import SignOff
from governance.queries.decisions import (
    covering_decisions,
    needs_reverification,
    needs_second_person,
    people_touched,
)
from governance.queries.sign_offs import can_be_finished, waiting_for
from tests.factories import known
from tests.governance import factories
from tests.governance.factories import THEN, approved, draft, make_member, make_route, shown, submitted, turn


def approved_for(company, *lines, route=None, **words):
    decision = draft(company, route=route, **words)
    actions.set_scope(decision=decision, lines=lines, by=company.mara, at=THEN)
    decision = actions.submit(decision=decision, by=company.mara, shown_sha256=shown(decision), at=THEN)
    actions.sign(**turn(decision), by=company.sven, at=THEN)
    actions.sign(**turn(decision), by=company.lena, at=THEN)
    decision.refresh_from_db()
    return decision


def in_sql(company, team_id, job_role_id):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT decision_id FROM governance_reach(%s, %s) WHERE (team_id IS NULL OR team_id = %s) "
            "AND (job_role_id IS NULL OR job_role_id = %s)",
            [company.organization.pk, THEN, team_id, job_role_id],
        )
        return {pk for (pk,) in cursor.fetchall()}


def test_line_covers_teams_and_roles_as_the_sql_function_says(company):
    sales = Team.objects.create(organization=company.organization, name="Sales")
    selling = JobRole.objects.create(organization=company.organization, key="sales", name="Sales")
    teams, roles = frozenset({company.team.pk}), frozenset({company.job_role.pk})
    for line in [(), (teams,), (frozenset(), roles), (teams, roles)]:
        approved_for(company, actions.LineOfScope(*line), route=make_route())

    for team_id in (company.team.pk, sales.pk, None):
        for role_id in (company.job_role.pk, selling.pk, None):
            covering = covering_decisions(company.organization, team_id=team_id, job_role_id=role_id, at=THEN)

            assert {decision.pk for decision in covering} == in_sql(company, team_id, role_id)
            expected = {(True, True): 4, (True, False): 2, (False, True): 2, (False, False): 1}
            assert len(covering) == expected[team_id == company.team.pk, role_id == company.job_role.pk]


def test_what_covers_a_person_as_it_stood_on_a_day(company):
    yes = approved(company)
    no = approved(company, route=make_route(), outcome="not_allowed")
    sales = Team.objects.create(organization=company.organization, name="Sales")
    approved_for(company, actions.LineOfScope(frozenset({sales.pk})), route=make_route())
    actions.suspend(decision=yes, by=company.mara, reason="Pause.", at=THEN + dt.timedelta(days=9))
    place = {"team_id": company.team.pk, "job_role_id": company.job_role.pk}

    before = covering_decisions(company.organization, **place, at=THEN + dt.timedelta(days=8))
    after = covering_decisions(company.organization, **place, at=THEN + dt.timedelta(days=9))

    assert set(before) == {yes, no}
    assert set(after) == {no}


def test_decision_that_rests_on_a_changed_fact_needs_reverification(company):
    decision = approved(company)
    actions_at = THEN + dt.timedelta(days=1)
    decision.sign_off.snapshot.bases.create(organization_id=company.organization.pk, key="fact:retention", revision=1)

    assert not needs_reverification(company.organization, at=actions_at).exists()
    reopen(
        organization_id=company.organization.pk,
        key="fact:retention",
        below_revision=2,
        by=None,
        at=THEN,
        due_on=None,
        because="Retention changed.",
    )

    assert list(needs_reverification(company.organization, at=actions_at)) == [decision]


def test_decision_approved_alone_needs_a_second_person_once_there_is_one(db):
    organization = factories.make_organization()
    ana = make_member(organization, "Ana", level="owner")
    decision = actions.propose(route=known(make_route(), by=ana, at=THEN), by=ana, at=THEN)
    lines = [actions.LineOfScope()]
    decision = actions.edit(decision=decision, by=ana, at=THEN, why="It is only me.", lines=lines)
    decision = actions.submit(decision=decision, by=ana, shown_sha256=shown(decision), at=THEN)
    actions.sign(**turn(decision), by=ana, at=THEN)

    assert not needs_second_person(organization).exists()
    make_member(organization, "Ben")

    assert list(needs_second_person(organization)) == [decision]


def test_people_touched_are_those_of_today_in_its_scope(company):
    everybody = approved(company)
    team = approved_for(company, actions.LineOfScope(frozenset({company.team.pk})), route=make_route())
    factories.leave(company.lena)

    assert people_touched(everybody) == 3
    assert people_touched(team) == 1


def test_what_waits_is_in_turn_open_and_theirs(company):
    make_member(company.organization, "Sara", groups=(company.security,))
    decision = submitted(company)

    def waits():
        names = {"sven": company.sven, "lena": company.lena, "mara": company.mara}
        return [who for who, member in names.items() if waiting_for(member.user, organization=company.organization)]

    assert waits() == ["sven"]
    actions.sign(**turn(decision), by=company.sven, at=THEN)
    assert waits() == ["lena"]
    actions.sign(**turn(decision), by=company.lena, at=THEN)
    assert waits() == []
    assert SignOff.objects.get().outcome == "approved"


@pytest.mark.parametrize(
    ("able", "stuck"),
    [
        ({"Security": {1}, "Legal": {2}}, ""),
        ({"Security": {1, 2}, "Legal": {1}}, ""),
        ({"Security": {1}, "Legal": {1}}, "Legal"),
        ({"Security": {1, 2}, "Legal": {1, 2}, "Council": {1, 2}}, "Council"),
        ({"Security": {1, 2}, "Legal": {1, 3}, "Council": {1}}, ""),
        ({}, ""),
    ],
)
def test_every_stage_needs_somebody_different(able, stuck):
    assert can_be_finished(able) == stuck
