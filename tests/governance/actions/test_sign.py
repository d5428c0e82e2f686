"""Signing: in order, by the right people, bound to what was shown, once."""

import datetime as dt

import pytest

from accounts import actions as accounts
from audit.actions import reopen
from audit.models import AuditEvent, Basis, Reopening
from catalog.models import Fact
from governance import actions
from governance.models import ForcePeriod, RouteDecision, Signature, SignOff
from operations.errors import ActionRefused
from tests.factories import known, make_topic
from tests.governance import factories
from tests.governance.factories import THEN, approved, join_group, leave, make_member, shown, submitted, turn

Status = RouteDecision.Status


def refused(match, **move):
    signatures, events = Signature.objects.count(), AuditEvent.objects.count()
    with pytest.raises(ActionRefused, match=match):
        actions.sign(**move, at=THEN)
    assert (Signature.objects.count(), AuditEvent.objects.count()) == (signatures, events)


def test_second_signature_puts_decision_in_force(company):
    decision = submitted(company)

    actions.sign(**turn(decision), by=company.sven, at=THEN)
    decision.refresh_from_db()
    assert decision.status == Status.SUBMITTED
    actions.sign(**turn(decision), by=company.lena, at=THEN)

    decision.refresh_from_db()
    assert decision.status == Status.APPROVED
    assert decision.sign_off.outcome == SignOff.Outcome.APPROVED
    assert list(decision.sign_off.signatures.order_by("pk").values_list("stage__name", "user__name")) == [
        ("Security", "Sven"),
        ("Legal", "Lena"),
    ]
    assert ForcePeriod.objects.get(decision=decision).started_at == THEN
    assert not Reopening.objects.exists()


def test_signing_is_audited_with_the_hash_that_was_signed(company):
    decision = submitted(company)
    move = turn(decision)

    actions.sign(**move, by=company.sven, at=THEN)

    event = AuditEvent.objects.get(action="sign-off.signed")
    assert event.actor_id == company.sven.user_id
    assert move["shown_sha256"] in event.data


def test_legal_waits_for_security(company):
    move = turn(submitted(company))
    move["stage"] = move["sign_off"].stages.get(name="Legal")

    refused("Security signs before Legal", **move, by=company.lena)


def test_somebody_of_no_group_may_not_sign(company):
    refused("not among the people who may sign for Security", **turn(submitted(company)), by=company.otto)


def test_proposer_may_not_sign(company):
    join_group(company.mara, company.security)

    refused("You proposed this", **turn(submitted(company)), by=company.mara)


def test_editor_may_not_sign(company):
    decision = factories.draft(company)
    make_member(company.organization, "Sara", groups=(company.security,))
    decision = actions.edit(decision=decision, by=company.sven, at=THEN, why="Sven wrote this.")
    actions.submit(decision=decision, by=company.mara, shown_sha256=shown(decision), at=THEN)

    refused("You edited this", **turn(decision), by=company.sven)


def test_who_joined_the_group_after_submission_may_not_sign(company):
    decision = submitted(company)
    join_group(company.otto, company.security)

    refused("when this was submitted", **turn(decision), by=company.otto)


def test_former_member_may_not_sign(company):
    decision = submitted(company)
    leave(company.sven)

    refused("no longer belong", **turn(decision), by=company.sven)


def test_other_content_than_shown_is_not_signed(company):
    move = turn(submitted(company)) | {"shown_sha256": "0" * 64}

    refused("did not show what is to be signed", **move, by=company.sven)


def test_stage_is_signed_once(company):
    sara = make_member(company.organization, "Sara", groups=(company.security,))
    move = turn(submitted(company))
    actions.sign(**move, by=company.sven, at=THEN)

    refused("Sven has already decided for Security", **move, by=sara)


def test_one_person_signs_one_stage(company):
    join_group(company.sven, company.legal)
    decision = submitted(company)
    actions.sign(**turn(decision), by=company.sven, at=THEN)

    refused("one person signs one stage", **turn(decision), by=company.sven)


def test_only_signer_of_a_later_stage_leaves_the_earlier_one_to_others(company):
    join_group(company.lena, company.security)
    decision = submitted(company)

    refused("nobody is left to sign for Legal", **turn(decision), by=company.lena)


@pytest.mark.parametrize("end", ["rejected", "withdrawn", "changes_asked"])
def test_closed_sign_off_is_not_signed(company, end):
    decision = submitted(company)
    move = turn(decision)
    if end == "withdrawn":
        actions.withdraw(decision=decision, by=company.mara, at=THEN)
    else:
        refuse = {"rejected": actions.reject, "changes_asked": actions.ask_for_changes}[end]
        refuse(**move, by=company.sven, comment="No.", at=THEN)
        move["stage"] = move["sign_off"].stages.get(name="Legal")

    refused("no longer waiting", **move, by=company.sven if end == "withdrawn" else company.lena)


def test_approving_supersedes_predecessor_and_reopens_what_rested_on_it(company):
    first = approved(company)
    later = THEN + dt.timedelta(days=30)

    second = approved(company, at=later, conditions="No customer data, no secrets.")

    first.refresh_from_db()
    assert (first.status, second.status) == (Status.SUPERSEDED, Status.APPROVED)
    assert ForcePeriod.objects.get(decision=first).ended_at == later
    reopening = Reopening.objects.get()
    assert (reopening.key, reopening.below_revision) == (f"decision:{company.route.pk}", second.pk)
    assert reopening.due_on == dt.date(2026, 12, 16)


def test_editorial_revision_reopens_nothing(company):
    approved(company)

    second = approved(company, at=THEN + dt.timedelta(days=30), is_material=False, why="The same, in better words.")

    assert second.status == Status.APPROVED
    assert not Reopening.objects.exists()


def test_only_person_of_an_organization_approves_alone(db):
    organization = factories.make_organization()
    ana = make_member(organization, "Ana", level="owner")
    decision = actions.propose(route=known(factories.make_route(), by=ana, at=THEN), by=ana, at=THEN)
    decision = actions.edit(decision=decision, by=ana, at=THEN, why="It is only me.")
    actions.set_scope(decision=decision, lines=[actions.LineOfScope()], by=ana, at=THEN)
    decision = actions.submit(decision=decision, by=ana, shown_sha256=shown(decision), at=THEN)

    actions.sign(**turn(decision), by=ana, at=THEN)

    decision.refresh_from_db()
    assert decision.status == Status.APPROVED
    assert decision.sign_off.is_sole


def test_sole_submission_is_not_signed_once_a_second_person_joined(db):
    organization = factories.make_organization()
    ana = make_member(organization, "Ana", level="owner")
    decision = actions.propose(route=known(factories.make_route(), by=ana, at=THEN), by=ana, at=THEN)
    decision = actions.edit(decision=decision, by=ana, at=THEN, why="It is only me.")
    actions.set_scope(decision=decision, lines=[actions.LineOfScope()], by=ana, at=THEN)
    decision = actions.submit(decision=decision, by=ana, shown_sha256=shown(decision), at=THEN)
    make_member(organization, "Ben")

    refused("Somebody has joined", **turn(decision), by=ana)


def test_nobody_signs_what_was_judged_to_have_changed_but_can_ask_for_changes(company):
    topic = make_topic("training")
    words = {"key": "team.training", "statement": "Never trains.", "promise": "report", "digest": "1"}
    Fact.objects.create(route=company.route, topic=topic, recorded_at=THEN, **words)
    decision = submitted(company)
    basis = Basis.objects.filter(snapshot=decision.sign_off.snapshot).earliest("pk")
    reopen(
        organization_id=company.organization.pk,
        key=basis.key,
        below_revision=basis.revision + 1,
        by=company.mara.user_id,
        at=THEN,
        due_on=None,
        because="It says otherwise now.",
    )

    refused("judged to have changed", **turn(decision), by=company.sven)

    draft = actions.ask_for_changes(**turn(decision), by=company.sven, comment="Look at it again.", at=THEN)
    assert draft.status == Status.DRAFT


def test_a_group_that_was_renamed_or_archived_keeps_its_name_and_its_signers_where_it_was_frozen(company):
    council = company.organization.sign_off_groups.create(key="council", name="Works council", position=3)
    wim = make_member(company.organization, "Wim", groups=(council,))
    olga = make_member(company.organization, "Olga", level="owner")
    decision = submitted(company)

    accounts.rename_sign_off_group(group=company.security, name="InfoSec", by=olga, at=THEN)
    accounts.archive_sign_off_group(group=council, by=olga, at=THEN)
    for signer in (company.sven, company.lena, wim):
        actions.sign(**turn(decision), by=signer, at=THEN)

    decision.refresh_from_db()
    assert decision.status == RouteDecision.Status.APPROVED
    assert [stage.name for stage in decision.sign_off.stages.all()] == ["Security", "Legal", "Works council"]


def test_what_is_submitted_afterwards_is_signed_under_the_new_name_and_without_the_archived_group(company):
    council = company.organization.sign_off_groups.create(key="council", name="Works council", position=3)
    make_member(company.organization, "Wim", groups=(council,))
    olga = make_member(company.organization, "Olga", level="owner")
    accounts.rename_sign_off_group(group=company.security, name="InfoSec", by=olga, at=THEN)
    accounts.archive_sign_off_group(group=council, by=olga, at=THEN)

    decision = submitted(company)

    assert [stage.name for stage in decision.sign_off.stages.all()] == ["InfoSec", "Legal"]
