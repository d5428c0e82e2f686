"""Signers are told when it is their turn, and no longer once it is decided."""

import datetime as dt

import pytest

from accounts.actions import change_access_level
from governance import actions
from governance.notices import tell_signers
from governance.tasks import expire_decisions, remind_signers
from notifications import digest
from notifications.models import Notice, OutgoingMail
from tests.governance.factories import THEN, approved, join_group, leave, make_member, make_route, submitted, turn


def told(**filters):
    notices = Notice.objects.filter(withdrawn_at__isnull=True, **filters).select_related("recipient__user")
    return sorted((notice.rule, notice.recipient.user.name) for notice in notices)


def test_submitting_tells_the_first_group(company):
    make_member(company.organization, "Sara", groups=(company.security,))

    decision = submitted(company)

    assert told() == [("sign-off-turn", "Sara"), ("sign-off-turn", "Sven")]
    notice = Notice.objects.first()
    assert notice.title == f"{company.route} waits for your signature"
    assert notice.link == f"/o/{company.organization.slug}/sign-offs/{decision.sign_off_id}/"


def test_signing_tells_the_next_group_and_no_longer_the_first(company):
    make_member(company.organization, "Sara", groups=(company.security,))
    decision = submitted(company)

    actions.sign(**turn(decision), by=company.sven, at=THEN)

    assert told() == [("sign-off-turn", "Lena")]


def test_who_signed_another_stage_is_not_told(company):
    join_group(company.sven, company.legal)
    decision = submitted(company)

    actions.sign(**turn(decision), by=company.sven, at=THEN)

    assert told() == [("sign-off-turn", "Lena")]


def test_proposer_is_told_how_it_ended(company):
    approved(company)

    assert told() == [("decision-decided", "Mara")]
    assert "In force" in Notice.objects.get(rule="decision-decided").title


@pytest.mark.parametrize("refuse", [actions.reject, actions.ask_for_changes])
def test_refusing_tells_the_proposer_and_nobody_else(company, refuse):
    refuse(**turn(submitted(company)), by=company.sven, comment="No.", at=THEN)

    assert told() == [("decision-decided", "Mara")]


def test_withdrawing_tells_nobody(company):
    actions.withdraw(decision=submitted(company), by=company.mara, at=THEN)

    assert told() == []


def test_signers_are_told_again_every_third_day_and_once_after_a_late_sweep(company):
    submitted(company)

    assert tell_signers(company.organization, at=THEN) == 0
    assert tell_signers(company.organization, at=THEN + dt.timedelta(days=2)) == 0
    assert tell_signers(company.organization, at=THEN + dt.timedelta(days=11)) == 1
    assert tell_signers(company.organization, at=THEN + dt.timedelta(days=11)) == 0


def test_signer_who_left_is_not_told_again(company):
    submitted(company)
    leave(company.sven)

    assert tell_signers(company.organization, at=THEN + dt.timedelta(days=3)) == 0


def test_sweeps_run_twice_do_nothing_twice(company):
    submitted(company)
    Notice.objects.all().delete()

    assert remind_signers() == 1
    assert remind_signers() == 0
    assert (expire_decisions(), expire_decisions()) == (0, 0)


def test_a_refusal_is_told_to_nobody_who_may_no_longer_read_it_but_what_is_in_force_is(company):
    olga = make_member(company.organization, "Olga", level="owner")
    actions.reject(**turn(submitted(company)), by=company.sven, comment="No.", at=THEN)
    approved(company, route=make_route("Another"))
    change_access_level(membership=company.mara, level="member", by=olga, at=THEN)

    digest.write_mail(at=THEN + dt.timedelta(days=1))

    [mail] = OutgoingMail.objects.filter(user=company.mara.user)
    assert "In force" in mail.text
    assert "Rejected" not in mail.text
