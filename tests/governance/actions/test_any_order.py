"""Random moves by random people: whatever they try, in whatever order, what must be true stays true."""

import datetime as dt
import json

from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from audit.actions import reopen, undo_reopening
from audit.models import AuditEvent
from catalog.actions import add_fact
from catalog.models import Topic
from governance import actions
from governance.models import DecisionMove, ForcePeriod, RouteDecision, Signature, SignatureCondition, SignOff
from governance.queries.sign_offs import stage_in_turn, to_be_signed, waiting_for
from operations.errors import ActionRefused
from tests.governance.factories import THEN, Company, approved, draft, join_group, leave, make_member, shown, submitted

Status = RouteDecision.Status
people = st.sampled_from(["mara", "nils", "sven", "sara", "lena", "otto"])
OPEN = [Status.DRAFT, Status.SUBMITTED]


class SigningMachine(RuleBasedStateMachine):
    """Two managers, two of Security (one manager among them), one of Legal, one of neither; one route."""

    @initialize(start=st.sampled_from([approved, submitted, draft, None]))
    def begin(self, start):
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.company = company = Company()
        company.nils = make_member(company.organization, "Nils", level="manager", groups=(company.security,))
        company.sara = make_member(company.organization, "Sara", groups=(company.security,))
        join_group(company.sara, company.legal)
        self.at = THEN
        self.left = set()
        self.reopening = None
        self.swept_on = dt.date.min
        words = {"statement": "It is kept.", "state": "known", "promise": "own"}
        topic = Topic.objects.create(key="retention", name="Retention", position=1, old_after_days=92)
        self.fact = add_fact(by=company.mara, route=company.route, topic=topic.key, at=THEN, **words)
        if start:
            start(company)

    def teardown(self):
        if hasattr(self, "atomic"):
            connection.check_constraints()
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    def attempt(self, action, **arguments):
        """What one person tries; a refusal is a sentence and leaves no trace."""
        self.at += dt.timedelta(minutes=1)
        traces, refusal = self.traces(), ""
        try:
            with transaction.atomic():
                action(at=self.at, **arguments)
                connection.check_constraints()
        except ActionRefused as error:
            refusal = str(error)
        if refusal:
            assert refusal.endswith(".")
            assert self.traces() == traces

    def traces(self):
        return tuple(model.objects.count() for model in (AuditEvent, DecisionMove, Signature, SignOff, ForcePeriod))

    def person(self, name):
        return getattr(self.company, name)

    def newest(self, *statuses):
        found = RouteDecision.objects.filter(organization=self.company.organization).order_by("-pk")
        return (found.filter(status__in=statuses) if statuses else found).first()

    @rule(name=st.sampled_from(["mara", "nils"]))
    def propose(self, name):
        self.attempt(actions.propose, route=self.company.route, by=self.person(name))

    @rule(name=people, why=st.sampled_from(["Because.", "For another reason."]))
    def edit(self, name, why):
        decision = self.newest()
        if decision:
            lines = [actions.LineOfScope()]
            self.attempt(actions.edit, decision=decision, by=self.person(name), why=why, lines=lines)

    @rule()
    def next_revision_is_proposed_written_and_submitted(self):
        mara = {"by": self.company.mara}
        if self.newest(*OPEN) is None:
            self.attempt(actions.propose, route=self.company.route, **mara)
            decision = self.newest()
            self.attempt(actions.edit, decision=decision, why="A new thought.", lines=[actions.LineOfScope()], **mara)
            decision.refresh_from_db()
            self.attempt(actions.submit, decision=decision, shown_sha256=shown(decision), **mara)

    @rule(name=st.sampled_from(["mara", "nils"]))
    def submit(self, name):
        decision = self.newest(*OPEN) or self.newest()
        if decision:
            self.attempt(actions.submit, decision=decision, by=self.person(name), shown_sha256=shown(decision))

    @rule(
        name=people,
        word=st.sampled_from(["sign", "sign", "sign", "reject", "ask_for_changes"]),
        last=st.booleans(),
        with_condition=st.booleans(),
    )
    def say(self, name, word, last, with_condition):
        sign_off = SignOff.objects.filter(organization=self.company.organization).order_by("-pk").first()
        if sign_off is None:
            return
        stage = sign_off.stages.last() if last else stage_in_turn(sign_off) or sign_off.stages.first()
        due_on = self.at.date() + dt.timedelta(days=1)
        with_it = [actions.Condition("Tell them.", self.company.mara, due_on, suspends=True)] if with_condition else []
        typed = {"conditions": with_it} if word == "sign" else {"comment": "Not like this."}
        self.attempt(
            getattr(actions, word),
            sign_off=sign_off,
            stage=stage,
            by=self.person(name),
            shown_sha256=to_be_signed(sign_off).sha256,
            **typed,
        )

    @rule()
    def whoever_is_in_turn_signs(self):
        for name in ("sven", "sara", "lena", "nils"):
            stage = waiting_for(self.person(name).user, organization=self.company.organization).first()
            if stage and name not in self.left:
                sha256 = to_be_signed(stage.sign_off).sha256
                person = self.person(name)
                self.attempt(actions.sign, sign_off=stage.sign_off, stage=stage, by=person, shown_sha256=sha256)
                return

    @rule(name=people)
    def withdraw(self, name):
        decision = self.newest()
        if decision:
            self.attempt(actions.withdraw, decision=decision, by=self.person(name))

    @rule(action=st.sampled_from(["suspend", "resume", "retire"]), is_current=st.booleans())
    def interrupt(self, action, is_current):
        decision = self.newest(Status.APPROVED, Status.SUSPENDED) if is_current else self.newest()
        if decision:
            self.attempt(getattr(actions, action), decision=decision, by=self.company.mara, reason="Look again.")

    @rule(name=st.sampled_from(["mara", "nils"]))
    def say_that_a_condition_is_met(self, name):
        condition = SignatureCondition.objects.order_by("-pk").first()
        if condition:
            self.attempt(actions.meet_condition, condition=condition, by=self.person(name), said="It is.")

    @rule()
    def days_go_by_and_what_is_not_met_suspends(self):
        self.at += dt.timedelta(days=2)
        actions.suspend_unmet(at=self.at)
        self.swept_on = self.at.date()

    @rule()
    def something_it_rests_on_changes_or_is_taken_back(self):
        """What is known to be no longer so is signed by nobody."""
        if self.reopening:
            self.reopening = undo_reopening(reopening=self.reopening, by=None, at=self.at) and None
        else:
            key = {"key": f"fact:{self.fact.key}", "below_revision": self.fact.pk + 1}
            organization_id = self.company.organization.pk
            self.reopening = reopen(
                organization_id=organization_id, **key, by=None, at=self.at, due_on=None, because="It changed."
            )

    @rule(name=st.sampled_from(["sven", "sara", "otto"]))
    def leave(self, name):
        if name not in self.left:
            self.at += dt.timedelta(days=1)
            leave(self.person(name), at=self.at)
            self.left.add(name)

    @invariant()
    def nobody_signs_what_they_proposed_or_edited(self):
        for signature in Signature.objects.select_related("sign_off__decision"):
            decision = signature.sign_off.decision
            wrote = {decision.proposed_by_id, *decision.editors.values_list("user_id", flat=True)}
            assert signature.user_id not in wrote

    @invariant()
    def approved_means_every_stage_is_signed_by_somebody_else(self):
        for sign_off in SignOff.objects.filter(outcome=SignOff.Outcome.APPROVED):
            signers = list(sign_off.signatures.filter(word="signed").values_list("user_id", flat=True))
            assert len(signers) == len(set(signers)) == sign_off.stages.count() >= 2

    @invariant()
    def signature_is_bound_to_what_the_decision_says(self):
        for decision in RouteDecision.objects.exclude(sign_off=None).select_related("sign_off__snapshot"):
            content = json.loads(decision.sign_off.snapshot.content)
            assert (content["why"], content["revision"]) == (decision.why, decision.number)
            to_sign, laid = decision.sign_off.snapshot_id, []
            for said in decision.sign_off.signatures.select_related("onward_snapshot").order_by("stage__position"):
                assert said.snapshot_id == to_sign
                if said.onward_snapshot:
                    to_sign = said.onward_snapshot_id
                    laid += said.conditions.values_list("text", flat=True)
                    onward = json.loads(said.onward_snapshot.content)
                    assert [one["text"] for one in onward.pop("signed_with")] == laid
                    assert onward == content

    @invariant()
    def nothing_was_signed_that_had_changed(self):
        if self.reopening:
            at = self.reopening.at
            assert not Signature.objects.filter(word="signed", at__gt=at, snapshot__bases__isnull=False).exists()

    @invariant()
    def what_is_in_force_waits_for_no_condition_that_suspends(self):
        unmet = SignatureCondition.objects.filter(met_at=None, due_on__lt=self.swept_on)
        assert not unmet.filter(signature__sign_off__decision__status=Status.APPROVED).exists()

    @invariant()
    def status_is_what_the_moves_say(self):
        for decision in RouteDecision.objects.all():
            moves = list(decision.moves.all())
            assert decision.status == moves[-1].to_status
            assert [move.from_status for move in moves[1:]] == [move.to_status for move in moves[:-1]]
            for move in moves[1:]:
                assert move.to_status in RouteDecision.MOVES[move.from_status]

    @invariant()
    def at_most_one_is_in_force_and_at_most_one_is_open(self):
        in_force = set(ForcePeriod.objects.filter(ended_at=None).values_list("decision_id", flat=True))
        assert in_force == set(RouteDecision.objects.filter(status=Status.APPROVED).values_list("pk", flat=True))
        assert len(in_force) <= 1
        assert RouteDecision.objects.filter(status__in=OPEN).count() <= 1


def test_any_order_of_moves_keeps_what_must_be_true(db):
    settings_ = settings(
        max_examples=25,
        stateful_step_count=25,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    run = SigningMachine.TestCase
    run.settings = settings_
    run("runTest").runTest()
