"""How many people a decision may ask again when it comes into force: those it covers, once anybody answered anything."""

import pytest

from audit.actions import keep_snapshot
from governance import actions
from governance.queries.asked_again import asked_again, asked_again_text, asked_again_without
from governance.queries.submissions import frozen_content
from tests.governance.factories import THEN, Company, approved, draft, shown, turn


def people_asked(decision):
    content, _bases = frozen_content(decision)
    return {member.user.name for member in asked_again(content, organization=decision.organization)}


@pytest.fixture
def answered(company: Company) -> Company:
    keep_snapshot({"kind": "item"}, organization_id=company.organization.pk, bases={"item:1": 1}, at=THEN)
    return company


def covering(company, decision, *teams):
    line = actions.LineOfScope(team_ids=frozenset(team.pk for team in teams))
    return actions.set_scope(decision=decision, lines=[line], by=company.mara, at=THEN)


def in_force(company, decision):
    decision = actions.submit(decision=decision, by=company.mara, shown_sha256=shown(decision), at=THEN)
    for signer in (company.sven, company.lena):
        actions.sign(**turn(decision), by=signer, at=THEN)


EVERYBODY = {"Mara", "Sven", "Lena", "Otto"}


def test_nobody_is_asked_before_anybody_answered(company):
    assert people_asked(draft(company)) == set()


def test_everybody_whom_it_covers_is_asked(answered):
    decision = draft(answered)
    assert people_asked(decision) == EVERYBODY

    assert people_asked(covering(answered, decision, answered.team)) == {"Otto"}


def test_material_change_also_asks_those_whom_it_covers_no_more(answered):
    approved(answered)

    assert people_asked(covering(answered, draft(answered), answered.team)) == EVERYBODY


def test_change_that_does_not_matter_asks_only_those_who_were_not_covered(answered):
    in_force(answered, covering(answered, draft(answered), answered.team))

    second = draft(answered, is_material=False)
    assert people_asked(second) == set()
    assert people_asked(covering(answered, second)) == EVERYBODY - {"Otto"}


def test_zero_and_many_are_said_plainly():
    assert "nobody is asked again" in asked_again_text(0)
    assert "up to 1 person is" in asked_again_text(1)
    assert "up to 34 people are" in asked_again_text(34)


def test_taking_it_out_of_force_asks_whom_it_covers_once_anybody_answered(company):
    decision = approved(company)
    assert not asked_again_without(decision)

    keep_snapshot({"kind": "item"}, organization_id=company.organization.pk, bases={"item:1": 1}, at=THEN)

    assert {member.user.name for member in asked_again_without(decision)} == EVERYBODY
