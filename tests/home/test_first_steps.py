"""The first steps of a new organization, walked to their end: alone, and with those who sign."""

import datetime as dt

import pytest

from accounts.actions import accept, invite
from accounts.models import Membership, SignOffGroup
from checklists.actions import assign, publish
from checklists.models import Checklist
from governance import actions
from governance.models import RouteDecision
from home.actions import set_up
from operations import clock
from reviews.actions import begin_adoption
from tests.cast import EPOCH, PASSWORD, signed_in
from tests.factories import known, make_route
from tests.governance.factories import shown, turn

pytestmark = pytest.mark.django_db
DONE, NEXT, WAITS, LATER = "completed", "to-do", "waiting", "cannot-start-yet"


@pytest.fixture
def olga() -> Membership:
    return set_up(organization="Acme", timezone="UTC", name="Olga", email="olga@acme.test", password=PASSWORD, at=EPOCH)


def joined(olga: Membership, name: str, group: str = "") -> Membership:
    signs_for = SignOffGroup.objects.filter(organization=olga.organization, key=group).first()
    invitation = invite(email=f"{name.lower()}@acme.test", by=olga, at=EPOCH, group=signs_for)
    return accept(invitation=invitation, round=invitation.round, user=None, name=name, password=PASSWORD, at=EPOCH)


def statuses(owner: Membership) -> list[str]:
    return [step.status for step in steps_of(owner)]


def steps_of(owner: Membership) -> list:
    page = signed_in(owner).get(owner.organization.get_absolute_url())
    steps = page.context["home"].steps
    for step in steps:
        if step.url:
            assert signed_in(owner).get(step.url).status_code == 200, step
    return steps


def with_scope(owner: Membership) -> RouteDecision:
    route = known(make_route("claude-team"), by=owner, at=EPOCH)
    decision = actions.propose(route=route, by=owner, at=EPOCH)
    actions.edit(decision=decision, by=owner, at=EPOCH, why="We need it.")
    actions.set_scope(decision=decision, lines=[actions.LineOfScope()], by=owner, at=EPOCH)
    decision.refresh_from_db()
    return decision


def submitted(decision: RouteDecision, owner: Membership) -> RouteDecision:
    return actions.submit(decision=decision, by=owner, shown_sha256=shown(decision), at=EPOCH)


def asked(owner: Membership) -> None:
    checklist = Checklist.objects.get(organization=owner.organization, key="employee-privacy")
    publish(version=checklist.versions.get(), by=owner, at=EPOCH, editorial=frozenset())
    assert f"“{checklist}” is published. Now say who answers it." in [step.note for step in steps_of(owner)]
    assign(checklist=checklist, by=owner, at=EPOCH)


def test_whoever_works_alone_approves_it_themselves_and_is_done_without_bringing_anybody_in(olga: Membership) -> None:
    assert statuses(olga) == [NEXT, NEXT, LATER, NEXT, LATER, LATER, NEXT, NEXT]
    assert "you approve your own decisions" in steps_of(olga)[1].note
    assert steps_of(olga)[6].note.startswith("Begin with “Privacy at work with AI”")

    decision = with_scope(olga)
    assert statuses(olga) == [NEXT, NEXT, LATER, DONE, DONE, NEXT, NEXT, NEXT]
    submitted(decision, olga)
    assert steps_of(olga)[5].note == "Submitted: approve it on its page."
    actions.sign(**turn(decision), by=olga, at=EPOCH)
    assert statuses(olga) == [NEXT, DONE, LATER, DONE, DONE, DONE, NEXT, NEXT]
    asked(olga)

    assert steps_of(olga) == []


def test_a_company_is_led_until_its_people_are_in(olga: Membership) -> None:
    legal = SignOffGroup.objects.get(organization=olga.organization, key="legal")
    sven = joined(olga, "Sven", "security")
    assert statuses(olga)[1] == NEXT
    assert "Nobody signs for Legal yet" in steps_of(olga)[1].note
    invitation = invite(email="lea@acme.test", by=olga, at=EPOCH, group=legal)
    assert [statuses(olga)[1], statuses(olga)[7]] == [WAITS, NEXT]
    lea = accept(invitation=invitation, round=invitation.round, user=None, name="Lea", password=PASSWORD, at=EPOCH)
    assert statuses(olga)[1] == DONE

    decision = submitted(with_scope(olga), olga)
    assert statuses(olga)[5] == WAITS
    actions.sign(**turn(decision), by=sven, at=EPOCH)
    actions.sign(**turn(decision), by=lea, at=EPOCH)
    asked(olga)
    assert statuses(olga) == [NEXT, DONE, NEXT] + [DONE] * 4 + [NEXT]

    joined(olga, "Dev")
    assert steps_of(olga) == []


@pytest.mark.parametrize(("first", "other"), [("legal", "Security"), ("security", "Legal")])
def test_who_is_invited_for_one_group_signs_for_no_other(olga: Membership, first: str, other: str) -> None:
    for key, status in ((first, NEXT), (other.lower(), WAITS)):
        group = SignOffGroup.objects.get(organization=olga.organization, key=key)
        invite(email=f"{key}@acme.test", by=olga, at=EPOCH, group=group)
        step = steps_of(olga)[1]
        assert step.status == status
        assert (f"Nobody signs for {other} yet" in step.note) == (status == NEXT)


def test_a_suspended_decision_brings_no_first_steps_back(olga: Membership) -> None:
    decision = submitted(with_scope(olga), olga)
    actions.sign(**turn(decision), by=olga, at=EPOCH)
    asked(olga)
    decision.refresh_from_db()
    actions.suspend(decision=decision, by=olga, reason="A leak.", is_material=False, at=EPOCH)

    assert steps_of(olga) == []


def test_the_button_leads_to_the_step_that_comes_next(olga: Membership) -> None:
    with_scope(olga)

    headline = signed_in(olga).get("/o/acme/").context["home"].headline

    assert (headline.action, headline.url) == ("Begin an adoption review", "/o/acme/adoption/begin/")

    begun(olga)
    headline = signed_in(olga).get("/o/acme/").context["home"].headline
    assert (headline.action, headline.url) == ("Say who decides", "/o/acme/people/invitations/add/")


def test_the_board_of_an_adoption_review_is_no_checklist_that_people_answer(olga: Membership) -> None:
    begun(olga)

    assert steps_of(olga)[6].note.startswith("Begin with “Privacy at work with AI”")
    assert statuses(olga)[6] == NEXT
    asked(olga)
    assert statuses(olga)[6] == DONE


def begun(olga: Membership) -> None:
    words = {
        "name": "Claude",
        "scope": "All of us.",
        "keeper": olga,
        "target_on": clock.now().date() + dt.timedelta(days=60),
    }
    begin_adoption(by=olga, at=clock.now(), **words)


def test_led_and_with_something_to_sign_home_stays_within_twelve_queries(
    olga: Membership, django_assert_max_num_queries
) -> None:
    submitted(with_scope(olga), olga)
    client = signed_in(olga)

    with django_assert_max_num_queries(12):
        page = client.get("/o/acme/")

    assert page.context["home"].to_sign
    assert page.context["home"].steps
