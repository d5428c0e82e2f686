"""Suspending, resuming, retiring, expiring and confirming."""

import datetime as dt

import pytest

from audit.actions import reopen
from audit.models import AuditEvent, Reopening
from audit.queries import is_withdrawn
from governance import actions
from governance.models import DecisionMove, ForcePeriod, RouteDecision, SignOff
from operations.errors import ActionRefused
from tests.governance.factories import THEN, approved, draft, submitted

Status = RouteDecision.Status
LATER = THEN + dt.timedelta(days=10)
DUE = dt.date(2026, 12, 1)


def refused(match, action, **arguments):
    before = (AuditEvent.objects.count(), DecisionMove.objects.count(), Reopening.objects.count())
    with pytest.raises(ActionRefused, match=match):
        action(**arguments)
    assert (AuditEvent.objects.count(), DecisionMove.objects.count(), Reopening.objects.count()) == before


def test_suspending_takes_out_of_force_and_reopens(company):
    decision = actions.suspend(
        decision=approved(company), by=company.mara, reason="A leak is looked into.", at=LATER, due_on=DUE
    )

    assert decision.status == Status.SUSPENDED
    assert ForcePeriod.objects.get().ended_at == LATER
    reopening = Reopening.objects.get()
    assert (reopening.below_revision, reopening.due_on) == (decision.pk + 1, DUE)


def test_suspending_without_matter_to_people_reopens_nothing(company):
    actions.suspend(decision=approved(company), by=company.mara, reason="Pause.", at=LATER, is_material=False)

    assert not Reopening.objects.exists()


def test_resuming_puts_back_in_force_and_takes_the_reopening_back(company):
    decision = approved(company)
    actions.suspend(decision=decision, by=company.mara, reason="Pause.", at=LATER, due_on=DUE)

    decision = actions.resume(decision=decision, by=company.mara, reason="Nothing found.", at=LATER)

    assert decision.status == Status.APPROVED
    assert ForcePeriod.objects.filter(ended_at__isnull=True).count() == 1
    assert Reopening.objects.filter(undoes__isnull=False).count() == 1


def test_with_the_clock_set_back_no_time_in_force_begins_before_the_last_ended_or_ends_before_it_began(company):
    decision = approved(company)
    before = THEN - dt.timedelta(hours=1)
    refused("a moment ago", actions.suspend, decision=decision, by=company.mara, reason="Pause.", at=before, due_on=DUE)
    actions.suspend(decision=decision, by=company.mara, reason="Pause.", at=LATER, due_on=DUE)

    earlier = LATER - dt.timedelta(hours=1)
    refused("a moment ago", actions.resume, decision=decision, by=company.mara, reason="Go on.", at=earlier)

    assert actions.resume(decision=decision, by=company.mara, reason="Go on.", at=LATER).status == Status.APPROVED


def test_only_a_suspended_decision_is_resumed(company):
    refused("Only a suspended", actions.resume, decision=approved(company), by=company.mara, reason="?", at=LATER)
    refused("Only a suspended", actions.resume, decision=draft(company), by=company.mara, reason="?", at=LATER)


def test_retired_decision_is_over(company):
    decision = actions.retire(decision=approved(company), by=company.mara, reason="Contract ended.", at=LATER)

    assert decision.status == Status.RETIRED
    refused("can't become", actions.suspend, decision=decision, by=company.mara, reason="?", at=LATER)
    refused("can't become", actions.retire, decision=decision, by=company.mara, reason="?", at=LATER)


@pytest.mark.parametrize("action", [actions.suspend, actions.retire])
def test_reason_is_needed(company, action):
    refused("Say why", action, decision=approved(company), by=company.mara, reason="  ", at=LATER)


@pytest.mark.parametrize("action", [actions.suspend, actions.retire])
def test_what_is_not_in_force_is_neither_suspended_nor_retired(company, action):
    refused("can't become", action, decision=submitted(company), by=company.mara, reason="Stop.", at=LATER)


def test_decision_expires_at_the_end_of_its_last_day_where_the_organization_is(company):
    decision = approved(company, outcome="allowed_until", until=dt.date(2026, 11, 30))
    end = dt.datetime(2026, 11, 30, 23, 0, tzinfo=dt.UTC)  # midnight in Berlin

    assert actions.expire(at=end - dt.timedelta(seconds=1)) == 0
    assert actions.expire(at=end + dt.timedelta(days=3)) == 1
    assert actions.expire(at=end + dt.timedelta(days=3)) == 0

    decision.refresh_from_db()
    assert decision.status == Status.EXPIRED
    assert ForcePeriod.objects.get().ended_at == end


def test_suspended_decision_expires_too(company):
    decision = approved(company, outcome="allowed_until", until=dt.date(2026, 11, 30))
    actions.suspend(decision=decision, by=company.mara, reason="Pause.", at=LATER, is_material=False)

    assert actions.expire(at=THEN + dt.timedelta(days=60)) == 1


def test_suspended_decision_whose_end_passed_is_not_resumed(company):
    decision = approved(company, outcome="allowed_until", until=dt.date(2026, 11, 30))
    actions.suspend(decision=decision, by=company.mara, reason="Pause.", at=LATER, is_material=False)

    refused("has passed", actions.resume, decision=decision, by=company.mara, reason="Go on.",
            at=THEN + dt.timedelta(days=60))  # fmt: skip


def test_end_that_passes_while_signatures_are_awaited_is_not_approved(company):
    decision = submitted(company, outcome="allowed_until", until=dt.date(2026, 11, 3))
    sign_off = decision.sign_off
    late = THEN + dt.timedelta(days=5)
    security, legal = sign_off.stages.all()
    seen = sign_off.snapshot.sha256
    actions.sign(sign_off=sign_off, stage=security, by=company.sven, shown_sha256=seen, at=THEN)

    refused("has passed", actions.sign, sign_off=sign_off, stage=legal, by=company.lena, shown_sha256=seen, at=late)


def test_confirming_reopens_nothing(company):
    decision = approved(company)

    text = actions.confirm_holds(decision=decision, by=company.mara, because="The contract is the same.", at=LATER)

    assert text.body == "The contract is the same."
    assert AuditEvent.objects.filter(action="decision.confirmed").count() == 1
    assert not Reopening.objects.exists()


def test_decision_that_rests_on_a_changed_fact_is_not_confirmed(company):
    decision = approved(company)
    withdraw_basis_of(decision)

    refused("new revision", actions.confirm_holds, decision=decision, by=company.mara, because="Fine.", at=LATER)


def withdraw_basis_of(decision):
    basis = decision.sign_off.snapshot.bases.create(
        organization_id=decision.organization_id, key="fact:retention", revision=1
    )
    reopen(
        organization_id=decision.organization_id, key=basis.key, below_revision=2, by=None, at=THEN, due_on=None,
        because="Retention changed.",
    )  # fmt: skip
    assert SignOff.objects.filter(is_withdrawn("snapshot_id", at=LATER)).exists()
