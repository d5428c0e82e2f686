"""Two people move the same sign-off at the same moment: whichever pair of moves it is, one of them ends it and all of it
stays true."""

from collections.abc import Callable
from itertools import combinations_with_replacement
from threading import Barrier

import pytest
from django.core.management import call_command
from django.db import connection

from governance import actions
from governance.models import ForcePeriod, RouteDecision, Signature, SignOff
from operations.errors import ActionRefused
from tests.governance.factories import THEN, Company, make_member, make_route, submitted, turn
from tests.sessions import Beside

pytestmark = pytest.mark.django_db(transaction=True)
# What a sign-off comes to, by the move that ends it; a comment ends none.
ENDS = {
    "sign": SignOff.Outcome.APPROVED,
    "another signs": SignOff.Outcome.APPROVED,
    "reject": SignOff.Outcome.REJECTED,
    "another asks for changes": SignOff.Outcome.CHANGES_ASKED,
    "withdraw": SignOff.Outcome.WITHDRAWN,
}


def moves_of(company: Company, decision: RouteDecision) -> dict[str, Callable[[], object]]:
    """What can happen while it waits for Legal, each as a page opened now would send it."""
    whose, at = turn(decision), {"at": THEN}
    lena, laura = {"by": company.lena, **at}, {"by": company.laura, **at}
    return {
        "sign": lambda: actions.sign(**whose, **lena),
        "another signs": lambda: actions.sign(**whose, **laura),
        "reject": lambda: actions.reject(**whose, **lena, comment="No."),
        "another asks for changes": lambda: actions.ask_for_changes(**whose, **laura, comment="Not yet."),
        "withdraw": lambda: actions.withdraw(decision=decision, by=company.mara, **at),
        "comment": lambda: actions.comment(sign_off=whose["sign_off"], anchor="why", text="Why now?", **lena),
    }


def at_once(*moves: Callable[[], object]) -> list[str]:
    """Each in a session of its own, all let go at the same moment; what each was refused for, "" where it was not."""
    start = Barrier(len(moves))

    def one(move: Callable[[], object]) -> str:
        start.wait()
        try:
            move()
        except ActionRefused as refusal:
            return str(refusal)
        return ""

    running = [Beside(lambda move=move: one(move)) for move in moves]
    for each in running:
        each.start()
    return [each.result() for each in running]


def test_of_any_two_moves_at_once_one_ends_it_and_the_other_is_told() -> None:
    company = Company()
    company.laura = make_member(company.organization, "Laura", groups=(company.legal,))
    for names in combinations_with_replacement([*ENDS, "comment"], 2):
        decision = submitted(company, route=make_route())
        actions.sign(**turn(decision), by=company.sven, at=THEN)
        moves = moves_of(company, decision)

        refusals = dict(enumerate(at_once(*(moves[name] for name in names))))

        done = [name for number, name in enumerate(names) if not refusals[number] and name in ENDS]
        assert len(done) == bool(set(names) & set(ENDS)), (names, refusals)
        sign_off = SignOff.objects.get(pk=decision.sign_off_id)
        decision.refresh_from_db()
        assert sign_off.outcome == (ENDS[done[0]] if done else SignOff.Outcome.PENDING), names
        assert decision.status == (sign_off.outcome if done else RouteDecision.Status.SUBMITTED), names
        is_approved = sign_off.outcome == SignOff.Outcome.APPROVED
        assert ForcePeriod.objects.filter(decision=decision).count() == is_approved, names
        words = Signature.objects.filter(sign_off=sign_off, stage__group=company.legal)
        assert words.count() == bool(done and done != ["withdraw"]), names
        if set(names) <= {"sign", "another signs"}:
            assert "already decided for Legal" in max(refusals.values())
        assert all(not said or said.endswith(".") for said in refusals.values()), refusals
    connection.check_constraints()
    call_command("verify_audit", verbosity=0)
