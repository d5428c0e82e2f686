"""Signing with conditions: laid over what was frozen, signed on, binding, kept or not kept."""

import datetime as dt
import json

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from accounts.models import Organization
from audit.actions import keep_snapshot
from audit.models import AuditEvent, Reopening
from governance import actions
from governance.models import RouteDecision, Signature, SignatureCondition
from governance.notices import tell_condition_keepers
from governance.queries.decisions import covering_decisions
from governance.queries.sign_offs import to_be_signed
from governance.tasks import keep_conditions
from home.queries.inbox import inbox_of
from notifications.models import Notice
from operations.errors import ActionRefused
from tests.cast import PASSWORD, signed_in
from tests.governance.factories import THEN, approved, shown, submitted, turn
from tests.governance.views.test_sign_off_pages import page_of

DUE = (THEN + dt.timedelta(days=20)).date()


def row(company, place=0, *, text="Sign the processing agreement.", **said):
    said = {"text": text, "keeper": company.mara.pk, "due_on": DUE.isoformat(), **said}
    return {f"condition-{place}-{name}": value for name, value in said.items()}


def word(page, *rows, said="signed", **typed):
    hidden = {"shown_sha256": page.context["to_be_signed"].sha256, "stage": page.context["stage"].pk}
    form = {"word": said, "password": PASSWORD, "comment": "", **hidden, **typed}
    for one in rows:
        form |= one
    return form | {"condition-TOTAL_FORMS": 5, "condition-INITIAL_FORMS": 0}


def condition(company, **said):
    return actions.Condition(**{"text": "Sign the agreement.", "keeper": company.mara, "due_on": DUE, **said})


def signed_with(company, *conditions):
    """A decision in force that Sven signed with these conditions."""
    decision = submitted(company)
    actions.sign(**turn(decision), by=company.sven, at=THEN, conditions=conditions)
    actions.sign(**turn(decision), by=company.lena, at=THEN)
    decision.refresh_from_db()
    return decision


def test_from_the_page_to_everybody_it_binds_and_the_word_that_it_is_met(company):
    decision = submitted(company)
    sven, lena, mara = (signed_in(one) for one in (company.sven, company.lena, company.mara))

    page = sven.get(page_of(decision))
    half = sven.post(page_of(decision), word(page, row(company, due_on="")))
    refused = sven.post(page_of(decision), word(page, row(company), said="rejected", comment="No."))
    rows = [row(company, suspends="on"), row(company, 1, text="Tell the works council.")]
    sven.post(page_of(decision), word(page, *rows))

    assertContains(half, "complete it, or empty its row")
    assertContains(half, "There is a problem", count=1)
    assertContains(half, "This field is required.</a>", count=1)
    assertContains(half, 'href="#id_condition-0-due_on">Condition 1, Met by: ')
    assertContains(half, '<details class="more" open>')
    assertContains(half, 'id="id_condition-0-due_on"')
    assertContains(refused, "Conditions go with a signature")
    first = Signature.objects.get()
    assert [one.text for one in first.conditions.all()] == ["Sign the processing agreement.", "Tell the works council."]
    frozen, onward = (json.loads(one.content) for one in (first.snapshot, first.onward_snapshot))
    assert [one["text"] for one in onward.pop("signed_with")] == [one.text for one in first.conditions.all()]
    assert frozen == onward
    page = lena.get(page_of(decision))
    assertContains(page, "Sign the processing agreement.")
    stale = lena.post(page_of(decision), word(page, shown_sha256=first.snapshot.sha256))
    assertContains(stale, "The page did not show what is to be signed.")
    lena.post(page_of(decision), word(page))
    connection.check_constraints()
    assert Signature.objects.last().snapshot == first.onward_snapshot
    [bound] = covering_decisions(company.organization, team_id=None, job_role_id=None, at=THEN + dt.timedelta(days=30))
    assert bound.conditions == "No customer data.\nSign the processing agreement.\nTell the works council."
    otto = signed_in(company.otto)
    for address in (company.organization.get_absolute_url(), reverse_route(company)):
        assertContains(otto.get(address), "Tell the works council.")

    agreement = first.conditions.get(position=1)
    detail = mara.get(decision.get_absolute_url())
    assertContains(detail, meet := reverse("governance:condition-meet", args=[company.organization.slug, agreement.pk]))
    assertContains(mara.get(meet), "Sven signed")
    mara.post(meet, {"said": "Signed by both, in the safe.", "link": "https://files.example/dpa"})
    assertContains(mara.get(decision.get_absolute_url()), "Signed by both, in the safe.")
    assert "in the safe" not in AuditEvent.objects.get(action="condition.met").data


def reverse_route(company):
    return reverse("governance:route-detail", args=[company.organization.slug, company.route.pk])


def test_keeper_is_reminded_and_what_is_not_met_suspends_once_and_says_why(company):
    decision = signed_with(company, condition(company, suspends=True), condition(company, text="Tell them."))
    days = [dt.datetime.combine(DUE, dt.time(9), dt.UTC) + dt.timedelta(days=days) for days in (-15, -12, 0, 1)]
    early, warned, due, after = days

    assert tell_condition_keepers(company.organization, at=early) == 0
    assert tell_condition_keepers(company.organization, at=warned) == 2
    assert tell_condition_keepers(company.organization, at=warned) == 0
    told = Notice.objects.filter(rule="condition-due", recipient=company.mara).order_by("pk")
    assert [notice.because for notice in told] == [
        "If nobody says that it is met, the decision is suspended the day after.",
        "",
    ]
    assert [actions.suspend_unmet(at=at) for at in (due, after, after)] == [0, 1, 0]
    connection.check_constraints()

    decision.refresh_from_db()
    assert decision.status == RouteDecision.Status.SUSPENDED
    page = signed_in(company.mara).get(decision.get_absolute_url())
    assertContains(page, "Signed on condition, and not met: Sign the agreement.")
    assertContains(page, "by the calendar")
    assert Notice.objects.filter(rule="decision-suspended", recipient=company.mara).exists()
    with pytest.raises(ActionRefused, match="First its keeper says"):
        actions.resume(decision=decision, by=company.mara, reason="Go on.", at=after)
    unmet = SignatureCondition.objects.get(suspends=True)
    actions.meet_condition(condition=unmet, by=company.mara, said="Now it is.", at=after)
    actions.resume(decision=decision, by=company.mara, reason="It is met.", at=after)
    assert actions.suspend_unmet(at=after) == 0
    assert not Notice.objects.filter(subject_key=f"condition:{unmet.pk}", withdrawn_at=None).exists()


def test_page_that_resumes_says_first_what_is_not_met(company):
    decision = signed_with(company, condition(company, suspends=True, due_on=THEN.date()))
    actions.suspend_unmet(at=THEN + dt.timedelta(days=2))

    page = signed_in(company.mara).get(
        reverse("governance:decision-resume", args=[decision.organization.slug, decision.pk])
    )

    assertContains(page, "First its keeper says that this is met: Sign the agreement.")


def test_unmet_conditions_go_on_binding_under_the_next_revision(company):
    texts = [{}, {"text": "Train them.", "suspends": True}, {"text": "Ask the works council."}]
    signed_with(company, *(condition(company, **words) for words in texts))
    met, unmet, met_late = SignatureCondition.objects.order_by("position")
    actions.meet_condition(condition=met, by=company.mara, said="Done.", at=THEN)

    draft = actions.propose(route=company.route, by=company.mara, at=THEN)
    actions.meet_condition(condition=met_late, by=company.mara, said="They were.", at=THEN)
    draft = actions.submit(decision=draft, by=company.mara, shown_sha256=shown(draft), at=THEN)

    assert draft.conditions == "No customer data."
    content = draft.sign_off.content
    assert [(one["text"], one["number"], one["suspends"]) for one in content["carries_on"]] == [
        ("Train them.", 1, True)
    ]
    [change] = content["changes"]
    assert change["before"] == "No customer data.\nSign the agreement.\nTrain them.\nAsk the works council."
    assert change["after"] == "No customer data.\nTrain them."
    page = signed_in(company.sven).get(page_of(draft))
    assertContains(page, "Security, revision 1: Train them.")
    assertContains(page, "not met when this one is submitted")
    for signer in (company.sven, company.lena):
        actions.sign(**turn(draft), by=signer, at=THEN)
    [bound] = covering_decisions(company.organization, team_id=None, job_role_id=None, at=THEN)
    assert bound.conditions == change["after"]

    due, after = (dt.datetime.combine(DUE, dt.time(9), dt.UTC) + dt.timedelta(days=days) for days in (0, 1))
    assert tell_condition_keepers(company.organization, at=due) == 1
    meet = reverse("governance:condition-meet", args=[company.organization.slug, unmet.pk])
    assertContains(signed_in(company.mara).get(draft.get_absolute_url()), meet)
    assert [thing.kind for thing in inbox_of(company.mara, at=due, runs_it=False).things] == ["condition"]
    assert actions.suspend_unmet(at=after) == 1
    draft.refresh_from_db()
    assert draft.status == RouteDecision.Status.SUSPENDED
    actions.meet_condition(condition=unmet, by=company.mara, said="They are.", at=after)
    assert not actions.propose(route=company.route, by=company.mara, at=after).carried.exists()
    for sql in ("UPDATE {} SET decision_id = decision_id", "DELETE FROM {}", "INSERT INTO {} {insert}"):
        insert = f"(organization_id, decision_id, condition_id) SELECT organization_id, {draft.pk}, {met.pk} FROM {{}}"
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql.replace("{insert}", insert).replace("{}", "governance_carriedcondition"))


def test_what_allows_nothing_is_bound_and_suspended_by_no_condition_of_what_came_before(company):
    signed_with(company, condition(company, suspends=True))
    due, after = (dt.datetime.combine(DUE, dt.time(9), dt.UTC) + dt.timedelta(days=days) for days in (0, 1))

    barred = approved(company, outcome="not_allowed")

    assert not barred.sign_off.content["carries_on"]
    assert tell_condition_keepers(company.organization, at=due) == 0
    assert not inbox_of(company.mara, at=due, runs_it=False).things
    assert actions.suspend_unmet(at=after) == 0
    barred.refresh_from_db()
    assert barred.status == RouteDecision.Status.APPROVED
    assertNotContains(signed_in(company.mara).get(barred.get_absolute_url()), "Say that it is met")

    allowed = approved(company, outcome="allowed")
    assert [one["text"] for one in allowed.sign_off.content["carries_on"]] == ["Sign the agreement."]
    assert tell_condition_keepers(company.organization, at=due) == 1, "it goes on where the route is allowed again"


def test_nothing_comes_into_force_only_to_be_suspended_and_its_keeper_can_prevent_it(company):
    decision = signed_with(company, condition(company, suspends=True))
    late = dt.datetime.combine(DUE, dt.time(9), dt.UTC) + dt.timedelta(days=1)
    draft = actions.propose(route=company.route, by=company.mara, at=THEN)
    actions.retire(decision=decision, by=company.mara, reason="Over.", at=THEN)
    mara, first = signed_in(company.mara), SignatureCondition.objects.get()
    meet = reverse("governance:condition-meet", args=[company.organization.slug, first.pk])

    with pytest.raises(ActionRefused, match="First its keeper says that this is met: Sign the agreement"):
        actions.submit(decision=draft, by=company.mara, shown_sha256=shown(draft), at=late)
    draft = actions.submit(decision=draft, by=company.mara, shown_sha256=shown(draft), at=THEN)
    assertContains(mara.get(draft.get_absolute_url()), meet)
    assertContains(mara.get(meet), "It is met")
    soon = condition(company, text="Tell them.", suspends=True)
    actions.sign(**turn(draft), by=company.sven, at=THEN, conditions=[soon])
    last = turn(draft)
    with pytest.raises(ActionRefused, match=r"Sign the agreement\.; Tell them\."), transaction.atomic():
        actions.sign(**last, by=company.lena, at=late)
    for one in SignatureCondition.objects.all():
        actions.meet_condition(condition=one, by=company.mara, said="It is.", at=late)
    actions.sign(**last, by=company.lena, at=late)
    assert actions.suspend_unmet(at=late) == 0
    draft.refresh_from_db()
    assert draft.status == RouteDecision.Status.APPROVED


def test_draft_says_what_has_to_be_met_first_and_where(company):
    signed_with(company, condition(company, suspends=True, due_on=THEN.date()))
    draft = actions.propose(route=company.route, by=company.mara, at=THEN)
    late = SignatureCondition.objects.get()

    page = signed_in(company.mara).get(
        reverse("governance:decision-submit", args=[company.organization.slug, draft.pk])
    )

    meet = reverse("governance:condition-meet", args=[company.organization.slug, late.pk])
    assertContains(page, f'<a href="{meet}">First its keeper says that this is met: Sign the agreement.</a>', html=True)


def test_what_never_held_hands_its_conditions_on_as_words_to_be_signed_anew(company):
    decision = submitted(company)
    actions.sign(**turn(decision), by=company.sven, at=THEN, conditions=[condition(company)])

    draft = actions.ask_for_changes(**turn(decision), by=company.lena, comment="Shorter.", at=THEN)

    assert draft.conditions == "No customer data.\nSign the agreement."
    assert not draft.carried.exists()


def nothing(company):
    return condition(company, text=" ")


def yesterday(company):
    return condition(company, due_on=(THEN - dt.timedelta(days=1)).date())


def kept_by_nobody(company):
    return condition(company, keeper=company.otto)


@pytest.mark.parametrize("bad", [nothing, yesterday, kept_by_nobody])
def test_condition_that_nobody_could_meet_is_refused(company, bad):
    decision = submitted(company)

    with pytest.raises(ActionRefused):
        actions.sign(**turn(decision), by=company.sven, at=THEN, conditions=[bad(company)])
    assert not Signature.objects.exists()


def test_only_its_keeper_says_once_that_it_is_met(company):
    decision = signed_with(company, condition(company))
    [one] = SignatureCondition.objects.all()
    meet = {"condition": one, "said": "Done.", "at": THEN}

    for by, said in ((company.sven, "Done."), (company.mara, " ")):
        with pytest.raises(ActionRefused):
            actions.meet_condition(**meet | {"by": by, "said": said})
    actions.meet_condition(**meet, by=company.mara)
    with pytest.raises(ActionRefused, match="already"):
        actions.meet_condition(**meet, by=company.mara)
    assertNotContains(signed_in(company.mara).get(decision.get_absolute_url()), "Say that it is met")


def test_what_is_expired_or_retired_reminds_nobody_any_more_and_binds_nobody(company):
    decision = signed_with(company, condition(company, suspends=True))
    one = SignatureCondition.objects.get()
    tell_condition_keepers(company.organization, at=dt.datetime.combine(DUE, dt.time(9), dt.UTC))
    actions.retire(decision=decision, by=company.mara, reason="Over.", at=THEN)

    assert keep_conditions() == 0
    assert not Notice.objects.filter(rule="condition-due", withdrawn_at=None).exists()
    meet = reverse("governance:condition-meet", args=[company.organization.slug, one.pk])
    assertContains(signed_in(company.mara).get(meet), "It binds nobody now")
    with pytest.raises(ActionRefused, match="binds nobody"):
        actions.meet_condition(condition=one, by=company.mara, said="Done.", at=THEN)


def test_conditions_ask_again_whom_the_proposer_would_not_have_asked(company):
    approved(company)
    keep_snapshot({"kind": "item"}, organization_id=company.organization.pk, bases={"item:1": 1}, at=THEN)
    decision = submitted(company, is_material=False)
    actions.sign(**turn(decision), by=company.sven, at=THEN)
    assertContains(signed_in(company.lena).get(page_of(decision)), "If you sign with conditions, everybody")
    actions.sign(**turn(decision), by=company.lena, at=THEN)
    assert not Reopening.objects.exists()

    decision = submitted(company, is_material=False)
    actions.sign(**turn(decision), by=company.sven, at=THEN, conditions=[condition(company)])
    assertContains(signed_in(company.lena).get(page_of(decision)), "up to 4 people are asked again")
    actions.sign(**turn(decision), by=company.lena, at=THEN)
    assert Reopening.objects.get().below_revision == decision.pk


def test_of_a_locked_organization_nothing_is_suspended(company):
    decision = signed_with(company, condition(company, suspends=True))
    Organization.objects.filter(pk=company.organization.pk).update(locked_at=THEN)

    assert actions.suspend_unmet(at=dt.datetime.combine(DUE, dt.time(9), dt.UTC) + dt.timedelta(days=1)) == 0
    decision.refresh_from_db()
    assert decision.status == RouteDecision.Status.APPROVED


FORGED = {
    "a condition that its signature did not hand on": (
        "INSERT INTO governance_signaturecondition (organization_id, signature_id, position, text, keeper_id, due_on, suspends)"
        " SELECT organization_id, id, 9, 'Pay me.', (SELECT min(id) FROM accounts_membership), now(), false"
        " FROM governance_signature WHERE onward_snapshot_id IS NOT NULL"
    ),
    "other words of a condition": "UPDATE governance_signaturecondition SET text = 'Pay me.'",
    "another day": "UPDATE governance_signaturecondition SET due_on = due_on + 1",
    "met by nobody": "UPDATE governance_signaturecondition SET met_at = now()",
    "taken away": "DELETE FROM governance_signaturecondition",
    "signed without what an earlier stage set": (
        "INSERT INTO governance_signature (organization_id, sign_off_id, stage_id, user_id, membership_id, word, snapshot_id, at)"
        " SELECT stage.organization_id, stage.sign_off_id, stage.id, {lena}, 'signed', sign_off.snapshot_id, now()"
        " FROM governance_signoffstage stage JOIN governance_signoff sign_off ON sign_off.id = stage.sign_off_id"
        " WHERE stage.position = 2"
    ),
    "handed on with other words than were signed": (
        "INSERT INTO governance_signature (organization_id, sign_off_id, stage_id, user_id, membership_id, word, snapshot_id,"
        " onward_snapshot_id, at) SELECT stage.organization_id, stage.sign_off_id, stage.id, {lena}, 'signed', {onward},"
        " sign_off.snapshot_id, now()"
        " FROM governance_signoffstage stage JOIN governance_signoff sign_off ON sign_off.id = stage.sign_off_id"
        " WHERE stage.position = 2"
    ),
}


def test_no_condition_is_forged_changed_or_left_out(company):
    decision = submitted(company)
    actions.sign(**turn(decision), by=company.sven, at=THEN, conditions=[condition(company)])
    connection.check_constraints()
    lena, onward = f"'{company.lena.user_id}', {company.lena.pk}", to_be_signed(decision.sign_off).pk

    for what, sql in FORGED.items():
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql.format(lena=lena, onward=onward))
            assert cursor.rowcount, what
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            pytest.fail(what)
