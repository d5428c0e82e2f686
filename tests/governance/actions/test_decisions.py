"""Proposing, editing, submitting, refusing and withdrawing."""

import json

import pytest

from audit.models import AuditEvent, FreeText, Snapshot
from governance import actions
from governance.models import DecisionMove, RouteDecision, SignOff, SignOffParty
from operations.errors import ActionRefused
from tests.governance import factories
from tests.governance.factories import THEN, approved, draft, join_group, leave, make_member, shown, submitted, turn

Status = RouteDecision.Status


def refused(match, action, **arguments):
    before = (
        AuditEvent.objects.count(),
        DecisionMove.objects.count(),
        SignOff.objects.count(),
        FreeText.objects.count(),
    )
    with pytest.raises(ActionRefused, match=match):
        action(**arguments)
    after = (
        AuditEvent.objects.count(),
        DecisionMove.objects.count(),
        SignOff.objects.count(),
        FreeText.objects.count(),
    )
    assert after == before


def test_first_proposal_is_an_empty_draft_kept_by_its_proposer(company):
    decision = actions.propose(route=company.route, by=company.mara, at=THEN)

    assert (decision.number, decision.status, decision.review_months) == (1, Status.DRAFT, 6)
    assert decision.keeper == company.mara
    assert AuditEvent.objects.get().action == "decision.proposed"


def test_next_proposal_begins_from_the_decision_in_force(company):
    first = approved(company, conditions="No customer data.")
    lines = [actions.LineOfScope(team_ids=frozenset({company.team.pk}), repositories="wayleave")]

    second = actions.propose(route=company.route, by=company.mara, at=THEN)
    actions.set_scope(decision=second, lines=lines, by=company.mara, at=THEN)

    assert (second.number, second.conditions) == (first.number + 1, "No customer data.")
    assert first.scope_lines.get().teams.count() == 0


def test_one_proposal_is_open_per_route(company):
    draft(company)

    refused("already being prepared", actions.propose, route=company.route, by=company.mara, at=THEN)


def test_proposal_after_a_withdrawn_one_keeps_its_words_and_its_editors(company):
    decision = draft(company, why="Mara's words.")
    actions.withdraw(decision=decision, by=company.mara, at=THEN)
    nils = make_member(company.organization, "Nils", level="manager", groups=(company.security,))

    again = actions.propose(route=company.route, by=nils, at=THEN)

    assert again.why == "Mara's words."
    assert {editor.user_id for editor in again.editors.all()} == {company.mara.user_id, nils.user_id}


@pytest.mark.parametrize(
    ("words", "match"),
    [
        ({"outcome": "allowed_until"}, "A date belongs to"),
        ({"until": THEN.date()}, "A date belongs to"),
        ({"review_months": 0}, "every 1 to 24 months"),
    ],
)
def test_edit_refuses_words_that_contradict_each_other(company, words, match):
    decision = draft(company)

    refused(match, actions.edit, decision=decision, by=company.mara, at=THEN, **words)


def test_edit_refuses_a_keeper_who_left(company):
    decision = draft(company)
    leave(company.otto)

    refused("keeper", actions.edit, decision=decision, by=company.mara, at=THEN, keeper=company.otto)


def test_edit_refuses_what_is_submitted(company):
    decision = submitted(company)

    refused("frozen", actions.edit, decision=decision, by=company.mara, at=THEN, why="Other words.")


def test_scope_names_only_what_the_organization_has(company):
    other = factories.Company()
    line = actions.LineOfScope(team_ids=frozenset({other.team.pk}))

    refused("does not have", actions.set_scope, decision=draft(company), lines=[line], by=company.mara, at=THEN)


def test_scope_has_at_least_one_line(company):
    refused("at least one line", actions.set_scope, decision=draft(company), lines=[], by=company.mara, at=THEN)


def test_submit_freezes_what_is_signed_and_who_may_sign(company):
    join_group(company.mara, company.legal)
    decision = draft(company, why="Because.", conditions="No secrets.")
    lines = [actions.LineOfScope(team_ids=frozenset({company.team.pk}), repositories="wayleave\n\nwebsite")]
    actions.set_scope(decision=decision, lines=lines, by=company.mara, at=THEN)

    decision = actions.submit(decision=decision, by=company.mara, shown_sha256=shown(decision), at=THEN)

    content = json.loads(decision.sign_off.snapshot.content)
    assert (content["why"], content["conditions"], content["keeper"]) == ("Because.", "No secrets.", company.mara.pk)
    assert content["scope"][0]["teams"] == [{"id": company.team.pk, "name": "Platform"}]
    assert content["scope"][0]["repositories"] == ["wayleave", "website"]
    parties = SignOffParty.objects.filter(stage__sign_off=decision.sign_off).order_by("stage__position", "user__name")
    assert [(party.stage.name, party.user.name, party.may_sign, party.reason) for party in parties] == [
        ("Security", "Sven", True, "member"),
        ("Legal", "Lena", True, "member"),
        ("Legal", "Mara", False, "proposed"),
    ]


def test_snapshot_of_a_revision_says_what_changed(company):
    approved(company, conditions="No customer data.")

    second = submitted(company, conditions="No secrets.")

    content = json.loads(second.sign_off.snapshot.content)
    assert content["replaces"] == 1
    assert content["changes"] == [{"field": "conditions", "before": "No customer data.", "after": "No secrets."}]


def test_groups_sign_in_their_order_and_empty_ones_are_left_out(company):
    company.organization.sign_off_groups.create(key="council", name="Works council", position=3)
    outside = company.organization.sign_off_groups.create(key="counsel", name="Outside counsel", position=0)
    make_member(company.organization, "Olga", groups=(outside,))

    decision = submitted(company)

    assert [stage.name for stage in decision.sign_off.stages.all()] == ["Outside counsel", "Security", "Legal"]


def test_submit_refuses_an_empty_group(company):
    leave(company.lena)
    decision = draft(company)

    refused("Nobody is in the group Legal", actions.submit, decision=decision, by=company.mara,
            shown_sha256=shown(decision), at=THEN)  # fmt: skip


def test_submit_names_an_empty_group_as_it_is_called_by_now(company):
    company.legal.name = "Data protection"
    company.legal.save(update_fields=["name"])
    leave(company.lena)
    decision = draft(company)

    refused("Nobody is in the group Data protection", actions.submit, decision=decision, by=company.mara,
            shown_sha256=shown(decision), at=THEN)  # fmt: skip


def test_submit_refuses_a_group_of_only_the_proposer(company):
    leave(company.lena)
    join_group(company.mara, company.legal)
    decision = draft(company)

    refused("In the group Legal there are only people who proposed", actions.submit, decision=decision,
            by=company.mara, shown_sha256=shown(decision), at=THEN)  # fmt: skip


def test_submit_refuses_when_one_person_would_sign_twice(company):
    leave(company.lena)
    join_group(company.sven, company.legal)
    decision = draft(company)

    refused("One person signs one stage", actions.submit, decision=decision, by=company.mara,
            shown_sha256=shown(decision), at=THEN)  # fmt: skip


def test_submit_refuses_other_content_than_shown(company):
    decision = draft(company)
    seen = shown(decision)
    actions.edit(decision=decision, by=company.mara, at=THEN, why="Changed meanwhile.")

    refused("Something changed", actions.submit, decision=decision, by=company.mara, shown_sha256=seen, at=THEN)
    assert not Snapshot.objects.exists()


def test_submit_refuses_without_scope_or_reason(company):
    decision = actions.propose(route=company.route, by=company.mara, at=THEN)
    refused("Say why", actions.submit, decision=decision, by=company.mara, shown_sha256=shown(decision), at=THEN)
    actions.edit(decision=decision, by=company.mara, at=THEN, why="Because.")

    refused("for whom", actions.submit, decision=decision, by=company.mara, shown_sha256=shown(decision), at=THEN)


def test_submit_refuses_an_end_in_the_past(company):
    decision = draft(company, outcome="allowed_until", until=THEN.date().replace(day=1))

    refused("has passed", actions.submit, decision=decision, by=company.mara, shown_sha256=shown(decision), at=THEN)


def test_submit_refuses_what_is_submitted(company):
    decision = submitted(company)

    refused("frozen", actions.submit, decision=decision, by=company.mara, shown_sha256=shown(decision), at=THEN)


def test_asking_for_changes_opens_the_next_draft_with_the_comment_on_the_closed_one(company):
    decision = submitted(company, why="Because.")

    next_draft = actions.ask_for_changes(**turn(decision), by=company.sven, comment="Leave out secrets.", at=THEN)

    decision.refresh_from_db()
    assert decision.status == Status.CHANGES_ASKED
    assert decision.moves.last().reason.body == "Leave out secrets."
    assert (next_draft.number, next_draft.status, next_draft.why) == (2, Status.DRAFT, "Because.")
    assert next_draft.scope_lines.count() == 1
    assert next_draft.proposed_by_id == company.mara.user_id
    told = list(AuditEvent.objects.order_by("pk").values_list("action", "actor_id"))[-2:]
    assert told == [
        ("decision.changes_asked", company.sven.user_id),
        ("decision.sent_back_as_draft", company.sven.user_id),
    ]
    assert "Leave out" not in "".join(AuditEvent.objects.values_list("data", flat=True))


def test_refusing_needs_a_comment(company):
    decision = submitted(company)

    refused("Say why", actions.reject, **turn(decision), by=company.sven, comment=" ", at=THEN)
    refused("Say why", actions.ask_for_changes, **turn(decision), by=company.sven, comment="", at=THEN)


def test_rejected_decision_stays_as_it_was(company):
    first = approved(company)
    second = submitted(company, conditions="Anything goes.")

    actions.reject(**turn(second), by=company.sven, comment="No.", at=THEN)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) == (Status.APPROVED, Status.REJECTED)


def test_proposer_withdraws_a_submission(company):
    decision = actions.withdraw(decision=submitted(company), by=company.mara, at=THEN, reason="Too early.")

    assert decision.status == Status.WITHDRAWN
    assert SignOff.objects.get().outcome == SignOff.Outcome.WITHDRAWN


def test_nobody_else_withdraws_while_the_proposer_is_there(company):
    nils = make_member(company.organization, "Nils", level="manager")

    refused("Only Mara", actions.withdraw, decision=submitted(company), by=nils, at=THEN)


def test_colleague_withdraws_once_the_proposer_has_left(company):
    decision = submitted(company)
    nils = make_member(company.organization, "Nils", level="manager")
    leave(company.mara)

    assert actions.withdraw(decision=decision, by=nils, at=THEN).status == Status.WITHDRAWN


def test_decided_decision_is_not_withdrawn(company):
    refused("can't become", actions.withdraw, decision=approved(company), by=company.mara, at=THEN)


def test_data_classes_ship_once(company):
    assert company.organization.data_classes.filter(key="source-code").exists()
    assert actions.ship_data_classes(organization=company.organization) == 0
