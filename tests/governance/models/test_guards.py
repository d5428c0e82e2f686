"""What the database refuses, tried in raw SQL: every trigger of the migrations, one statement each."""

import pytest
from django.db import IntegrityError, connection, transaction

from governance import actions
from governance.models import ForcePeriod, SignOff
from tests.governance.factories import THEN, Company, approved, draft, join_group, leave, submitted, turn


def refused(match, statement, *values):
    with pytest.raises(IntegrityError, match=match):
        commit_in_sql(statement, values)


@transaction.atomic
def commit_in_sql(statement, values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def sign_in_sql(match, move, by, **columns):
    values = {
        "organization_id": by.organization_id,
        "sign_off_id": move["sign_off"].pk,
        "stage_id": move["stage"].pk,
        "user_id": by.user_id,
        "membership_id": by.pk,
        "word": "signed",
        "snapshot_id": move["sign_off"].snapshot_id,
        "at": THEN,
    } | columns
    names = ", ".join(values)
    marks = ", ".join(["%s"] * len(values))
    refused(match, f"INSERT INTO governance_signature ({names}) VALUES ({marks})", *values.values())


def test_decision_is_never_deleted(company):
    refused("never deleted", "DELETE FROM governance_routedecision WHERE id = %s", draft(company).pk)


def test_decision_begins_as_a_draft(company):
    decision = draft(company)
    refused(
        "begins as a draft",
        "INSERT INTO governance_routedecision (organization_id, route_id, number, outcome, why, conditions, "
        "review_months, keeper_id, is_material, status, proposed_by_id, proposed_at) SELECT organization_id, route_id, "
        "9, outcome, why, conditions, review_months, keeper_id, is_material, 'approved', proposed_by_id, proposed_at "
        "FROM governance_routedecision WHERE id = %s",
        decision.pk,
    )


@pytest.mark.parametrize("column", ["why", "conditions"])
def test_submitted_decision_is_frozen(company, column):
    refused("frozen", f"UPDATE governance_routedecision SET {column} = 'x' WHERE id = %s", submitted(company).pk)


@pytest.mark.parametrize(
    ("status", "match"),
    [
        ("approved", "only as its sign-off ended"),
        ("rejected", "only as its sign-off ended"),
        ("changes_asked", "only as its sign-off ended"),
        ("withdrawn", "only as its sign-off ended"),
        ("draft", "does not move"),
        ("suspended", "does not move"),
        ("retired", "does not move"),
    ],
)
def test_submitted_decision_moves_only_as_it_was_signed(company, status, match):
    refused(match, "UPDATE governance_routedecision SET status = %s WHERE id = %s", status, submitted(company).pk)


def test_draft_is_not_approved(company):
    refused("does not move", "UPDATE governance_routedecision SET status = 'approved' WHERE id = %s", draft(company).pk)


def test_draft_is_not_submitted_without_a_sealed_sign_off(company):
    refused(
        "sealed sign-off", "UPDATE governance_routedecision SET status = 'submitted' WHERE id = %s", draft(company).pk
    )


def test_draft_without_scope_is_not_submitted(company):
    other = submitted(company)
    actions.withdraw(decision=other, by=company.mara, at=THEN)
    empty = actions.propose(route=company.route, by=company.mara, at=THEN)
    empty.scope_lines.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO governance_signoff (organization_id, kind, title, code, snapshot_id, submitted_by_id, submitted_at, outcome, "
            "is_sole) SELECT organization_id, kind, title, code, snapshot_id, submitted_by_id, submitted_at, 'pending', false "
            "FROM governance_signoff RETURNING id"
        )
        sign_off = SignOff.objects.get(pk=cursor.fetchone()[0])
    stage = sign_off.stages.create(organization=company.organization, position=1, name="Security")
    stage.parties.create(organization=company.organization, user=company.sven.user, may_sign=True, reason="member")
    SignOff.objects.filter(pk=sign_off.pk).update(sealed_at=THEN)

    refused(
        "says for whom",
        "UPDATE governance_routedecision SET status = 'submitted', sign_off_id = %s WHERE id = %s",
        sign_off.pk,
        empty.pk,
    )


def test_status_says_what_the_newest_move_says(company):
    refused("newest move", "UPDATE governance_routedecision SET status = 'withdrawn' WHERE id = %s", draft(company).pk)


def test_approved_decision_is_in_force(company):
    decision = approved(company)
    refused("in force", "UPDATE governance_forceperiod SET ended_at = now() WHERE decision_id = %s", decision.pk)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE governance_scopeline SET repositories = 'x' WHERE decision_id = %s",
        "DELETE FROM governance_scopeline WHERE decision_id = %s",
        "INSERT INTO governance_scopeline (organization_id, decision_id, position, repositories) "
        "SELECT organization_id, id, 2, '' FROM governance_routedecision WHERE id = %s",
        "INSERT INTO governance_scopelineteam (organization_id, line_id, team_id) SELECT line.organization_id, line.id, "
        "team.id FROM governance_scopeline line JOIN accounts_team team USING (organization_id) WHERE decision_id = %s",
        "INSERT INTO governance_scopelinejobrole (organization_id, line_id, job_role_id) SELECT line.organization_id, "
        "line.id, role.id FROM governance_scopeline line JOIN accounts_jobrole role USING (organization_id) "
        "WHERE decision_id = %s",
        "INSERT INTO governance_scopelinedataclass (organization_id, line_id, data_class_id) SELECT "
        "line.organization_id, line.id, kind.id FROM governance_scopeline line JOIN governance_dataclass kind "
        "USING (organization_id) WHERE decision_id = %s",
        "INSERT INTO governance_scopelineuse (organization_id, line_id, use_id) SELECT line.organization_id, line.id, "
        "used.id FROM governance_scopeline line JOIN governance_use used USING (organization_id) WHERE decision_id = %s",
    ],
)
def test_scope_of_a_submitted_decision_is_frozen(company, statement):
    refused("frozen", statement, submitted(company).pk)


def test_sign_off_is_never_deleted(company):
    refused("never deleted", "DELETE FROM governance_signoff WHERE id = %s", submitted(company).sign_off_id)


def test_sign_off_is_not_approved_unsigned(company):
    decision = submitted(company)
    actions.sign(**turn(decision), by=company.sven, at=THEN)
    refused(
        "every stage is signed",
        "UPDATE governance_signoff SET outcome = 'approved', closed_at = now() WHERE id = %s",
        decision.sign_off_id,
    )


@pytest.mark.parametrize("outcome", ["rejected", "changes_asked"])
def test_sign_off_is_not_refused_without_a_word(company, outcome):
    refused(
        "no signature says so",
        "UPDATE governance_signoff SET outcome = %s, closed_at = now() WHERE id = %s",
        outcome,
        submitted(company).sign_off_id,
    )


@pytest.mark.parametrize(
    "change", ["sealed_at = NULL", "sealed_at = now()", "is_sole = true", "submitted_at = now()", "snapshot_id = 0"]
)
def test_sealed_sign_off_is_frozen(company, change):
    refused("frozen", f"UPDATE governance_signoff SET {change} WHERE id = %s", submitted(company).sign_off_id)


def test_closed_sign_off_stays_closed(company):
    refused(
        "closed one stays closed",
        "UPDATE governance_signoff SET outcome = 'withdrawn' WHERE id = %s",
        approved(company).sign_off_id,
    )


def test_sign_off_begins_open(company):
    decision = submitted(company)
    refused(
        "begins pending",
        "INSERT INTO governance_signoff (organization_id, kind, title, code, snapshot_id, submitted_by_id, submitted_at, sealed_at, outcome, "
        "is_sole) SELECT organization_id, kind, title, code, snapshot_id, submitted_by_id, submitted_at, now(), 'pending', false "
        "FROM governance_signoff WHERE id = %s",
        decision.sign_off_id,
    )


def test_sign_off_is_called_what_was_frozen(company):
    refused(
        "called what its snapshot calls it",
        "INSERT INTO governance_signoff (organization_id, kind, title, code, snapshot_id, submitted_by_id, submitted_at, "
        "outcome, is_sole) SELECT organization_id, kind, 'Something harmless', code, snapshot_id, submitted_by_id, "
        "submitted_at, 'pending', false FROM governance_signoff WHERE id = %s",
        submitted(company).sign_off_id,
    )


def test_whoever_submits_is_nowhere_let_in(company):
    decision = submitted(company)
    refused(
        "nobody signs what they submitted",
        "WITH fresh AS (INSERT INTO governance_signoff (organization_id, kind, title, code, snapshot_id, submitted_by_id, "
        "submitted_at, outcome, is_sole) SELECT organization_id, kind, title, code, snapshot_id, submitted_by_id, "
        "submitted_at, 'pending', false FROM governance_signoff WHERE id = %s RETURNING *), "
        "stage AS (INSERT INTO governance_signoffstage (organization_id, sign_off_id, position, name) "
        "SELECT organization_id, id, 1, 'Security' FROM fresh RETURNING *) "
        "INSERT INTO governance_signoffparty (organization_id, stage_id, user_id, may_sign, reason) "
        "SELECT stage.organization_id, stage.id, fresh.submitted_by_id, true, 'member' FROM stage, fresh; "
        "UPDATE governance_signoff SET sealed_at = now() WHERE sealed_at IS NULL",
        decision.sign_off_id,
    )


def test_stage_without_somebody_who_may_sign_is_not_sealed(company):
    decision = submitted(company)
    refused(
        "somebody who may sign",
        "WITH fresh AS (INSERT INTO governance_signoff (organization_id, kind, title, code, snapshot_id, submitted_by_id, submitted_at, "
        "outcome, is_sole) SELECT organization_id, kind, title, code, snapshot_id, submitted_by_id, submitted_at, 'pending', false FROM "
        "governance_signoff WHERE id = %s RETURNING id) SELECT id FROM fresh; "
        "UPDATE governance_signoff SET sealed_at = now() WHERE sealed_at IS NULL",
        decision.sign_off_id,
    )


def test_no_stage_is_added_after_the_seal(company):
    refused(
        "frozen at submission",
        "INSERT INTO governance_signoffstage (organization_id, sign_off_id, position, name) "
        "SELECT organization_id, id, 9, 'Mine' FROM governance_signoff WHERE id = %s",
        submitted(company).sign_off_id,
    )


def test_nobody_is_let_in_after_the_seal(company):
    refused(
        "frozen at submission",
        "INSERT INTO governance_signoffparty (organization_id, stage_id, user_id, may_sign, reason) "
        "SELECT organization_id, id, %s, true, 'member' FROM governance_signoffstage WHERE sign_off_id = %s AND position = 1",
        company.otto.user_id,
        submitted(company).sign_off_id,
    )


@pytest.mark.parametrize("column", ["may_sign = false, reason = 'edited'", "reason = 'sole'"])
def test_parties_are_not_rewritten(company, column):
    submitted(company)
    refused("append-only", f"UPDATE governance_signoffparty SET {column}")


def test_signature_of_somebody_not_listed(company):
    sign_in_sql("may not sign this stage", turn(submitted(company)), company.otto)


def test_signature_of_the_proposer(company):
    join_group(company.mara, company.security)
    sign_in_sql("may not sign this stage", turn(submitted(company)), company.mara)


def test_signature_out_of_turn(company):
    move = turn(submitted(company))
    move["stage"] = move["sign_off"].stages.get(name="Legal")
    sign_in_sql("earlier stage", move, company.lena)


def test_signature_under_a_borrowed_name(company):
    sign_in_sql("the signer is this member", turn(submitted(company)), company.otto, user_id=company.sven.user_id)


def test_signature_of_a_former_member(company):
    move = turn(submitted(company))
    leave(company.sven)
    sign_in_sql("former member", move, company.sven)


def test_signature_on_another_snapshot(company):
    move = turn(submitted(company))
    sign_in_sql("its snapshot", move, company.sven, snapshot_id=move["sign_off"].snapshot_id + 1)


def test_signature_on_something_closed(company):
    decision = submitted(company)
    move = turn(decision)
    actions.withdraw(decision=decision, by=company.mara, at=THEN)
    sign_in_sql("not waiting for signatures", move, company.sven)


def test_second_signature_on_one_stage(company):
    decision = submitted(company)
    move = turn(decision)
    actions.sign(**move, by=company.sven, at=THEN)
    sign_in_sql("governance_signature_stage_id", move, company.sven)


def test_refusal_without_a_comment(company):
    sign_in_sql("refusal_has_a_comment", turn(submitted(company)), company.sven, word="rejected")


@pytest.mark.parametrize(
    "statement", ["UPDATE governance_signature SET word = 'signed'", "DELETE FROM governance_signature"]
)
def test_signatures_are_append_only(company, statement):
    approved(company)
    refused("append-only", statement)


@pytest.mark.parametrize(
    "statement", ["UPDATE governance_decisionmove SET to_status = 'draft'", "DELETE FROM governance_decisionmove"]
)
def test_moves_are_append_only(company, statement):
    approved(company)
    refused("append-only", statement)


def test_force_begins_only_for_an_approved_decision(company):
    refused(
        "only an approved decision",
        "INSERT INTO governance_forceperiod (organization_id, decision_id, route_id, started_at) "
        "SELECT organization_id, id, route_id, now() FROM governance_routedecision WHERE id = %s",
        submitted(company).pk,
    )


def test_one_decision_is_in_force_per_route(company):
    decision = approved(company)
    refused(
        "one_decision_in_force_per_route",
        "INSERT INTO governance_forceperiod (organization_id, decision_id, route_id, started_at) "
        "SELECT organization_id, id, route_id, now() FROM governance_routedecision WHERE id = %s",
        decision.pk,
    )


def test_force_period_is_closed_once(company):
    decision = approved(company)
    actions.suspend(decision=decision, by=company.mara, reason="Pause.", at=THEN)
    assert ForcePeriod.objects.get(decision=decision).ended_at == THEN
    refused("closed once", "UPDATE governance_forceperiod SET ended_at = NULL WHERE decision_id = %s", decision.pk)


@pytest.mark.parametrize(
    "table",
    [
        "routedecision",
        "signoff",
        "forceperiod",
        "scopeline",
        "signature",
        "signoffparty",
        "signoffstage",
        "decisionmove",
    ],
)
def test_no_table_is_truncated(company, table):
    approved(company)
    connection.check_constraints()
    refused("append-only|closed once", f"TRUNCATE governance_{table} CASCADE")


def test_scope_of_another_organization_is_refused(company):
    decision = draft(company)
    refused(
        "same_tenant",
        "INSERT INTO governance_scopeline (organization_id, decision_id, position, repositories) VALUES (%s, %s, 1, '')",
        Company().organization.pk,
        decision.pk,
    )
