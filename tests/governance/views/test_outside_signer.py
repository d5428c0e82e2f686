"""Outside counsel: invited to sign, sees what names them and nothing else, is asked nothing."""

import datetime as dt

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from accounts.actions import accept, change_access_level, invite, place
from accounts.models import GroupPeriod
from checklists import actions as checklists
from checklists.models import Assignment
from checklists.tasks import settle
from governance import actions
from governance.models import RouteDecision, Signature
from governance.queries.decisions import people_touched
from governance.queries.stops import must_stop, stopped_by_team
from notifications.models import Notice
from operations import clock
from operations.errors import ActionRefused
from tests.cast import PASSWORD, signed_in
from tests.checklists.steps import checklist
from tests.governance.factories import THEN, approved, make_member, make_route, shown, submitted, turn
from tests.governance.test_conditions import word
from tests.governance.views.test_sign_off_pages import page_of


@pytest.fixture
def counsel(company):
    """Cleo of a law firm signs for Legal; whoever signed for it in the house no longer does."""
    olga = make_member(company.organization, "Olga", level="owner")
    GroupPeriod.objects.filter(membership=company.lena).update(ended_at=THEN)
    asked = {"email": "cleo@counsel.example", "level": "guest", "by": olga, "at": THEN}
    with pytest.raises(ActionRefused, match="signs for a group"):
        invite(**asked)
    with pytest.raises(ActionRefused, match="neither team nor job role"):
        invite(**asked, group=company.legal, team=company.team)
    invitation = invite(**asked, group=company.legal)
    cleo = accept(invitation=invitation, round=1, user=None, name="Cleo", password=PASSWORD, at=THEN)
    with pytest.raises(ActionRefused, match="outside signer"):
        change_access_level(membership=cleo, level="member", by=olga, at=THEN)
    with pytest.raises(ActionRefused, match="outside signer"):
        place(membership=cleo, team=company.team, job_role=None, by=olga, at=THEN)
    return cleo


def test_counsel_reads_and_signs_what_names_them_and_finds_it_again(company, counsel):
    before = approved_by_others(company)
    decision = submitted(company)
    cleo, home = signed_in(counsel), company.organization.get_absolute_url()
    actions.sign(**turn(decision), by=company.sven, at=THEN)

    assertContains(cleo.get(home), page_of(decision))
    page = cleo.get(page_of(decision))
    assertContains(page, "Ten questions")
    assertNotContains(page, decision.get_absolute_url())
    done = cleo.post(page_of(decision), word(page), follow=True)

    decision.refresh_from_db()
    assert decision.status == RouteDecision.Status.APPROVED
    own = reverse("governance:signature-detail", args=[company.organization.slug, Signature.objects.latest("pk").pk])
    assertContains(done, own)
    assertContains(cleo.get(own), "Outside signer")
    assert cleo.get(page_of(decision)).status_code == 200
    others = reverse("governance:signature-detail", args=[company.organization.slug, before.pk])
    for address in (page_of(before.sign_off.decision), others, decision.get_absolute_url()):
        assert cleo.get(address).status_code == 403
    for name in ("governance:sign-off-list", "governance:route-list", "checklists:task-list"):
        assert cleo.get(reverse(name, args=[company.organization.slug])).status_code == 403


def approved_by_others(company):
    """A decision that was submitted before anybody from outside signed for Legal."""
    lena, cleo = company.lena, GroupPeriod.objects.open().get(group=company.legal)
    GroupPeriod.objects.filter(pk=cleo.pk).update(ended_at=THEN)
    period = GroupPeriod.objects.create(
        organization=company.organization, membership=lena, group=company.legal, started_at=THEN
    )
    decision = approved(company, route=make_route("Another"))
    GroupPeriod.objects.filter(pk=period.pk).update(ended_at=THEN)
    GroupPeriod.objects.create(
        organization=company.organization, membership=cleo.membership, group=company.legal, started_at=THEN
    )
    return decision.sign_off.signatures.first()


def test_counsel_reads_of_earlier_rounds_only_their_own_word(company, counsel):
    first = submitted(company)
    actions.sign(**turn(first), by=company.sven, at=THEN)
    again = actions.ask_for_changes(**turn(first), by=counsel, comment="Name the processor.", at=THEN)
    second = actions.submit(decision=again, by=company.mara, shown_sha256=shown(again), at=THEN)
    third = actions.ask_for_changes(**turn(second), by=company.sven, comment="Budget of the board: secret.", at=THEN)
    third = actions.submit(decision=third, by=company.mara, shown_sha256=shown(third), at=THEN)

    page = signed_in(counsel).get(page_of(third))

    assertNotContains(page, "secret")
    assertContains(page, "What changed since you last gave your word")
    assertContains(signed_in(company.mara).get(page_of(third)), "secret")


def test_counsel_is_asked_nothing_cleared_for_nothing_and_counted_nowhere(company, counsel):
    decision = approved_by_others(company).sign_off.decision
    made = checklist(company, "privacy", ["Account?"], at=THEN)
    checklists.assign(checklist=made, by=company.mara, at=THEN)
    due_on = clock.now().date() + dt.timedelta(days=9)
    page = signed_in(company.mara).get(reverse("checklists:usage-ask", args=[company.organization.slug]))
    checklists.ask_what_is_used(keeper=company.mara, due_on=due_on, by=company.mara, at=clock.now())
    settle()

    asked = set(Assignment.objects.values_list("membership", flat=True))
    assert asked == set(company.organization.memberships.exclude(pk=counsel.pk).values_list("pk", flat=True))
    assert not Notice.objects.filter(recipient=counsel, rule="usage-asked").exists()
    assert people_touched(decision) == len(asked)
    assertContains(page, f"{len(asked)} people are asked")
    home = signed_in(counsel).get(company.organization.get_absolute_url())
    for words in ("What you may use", "Your list", "What do you use today"):
        assertNotContains(home, words)
    assertContains(home, "What you have signed")
    at = clock.now()
    actions.suspend(decision=decision, by=company.mara, reason="A leak.", at=at)
    decision.refresh_from_db()
    assert set(must_stop(decision, since=at).values_list("pk", flat=True)) == asked
    assert sum(team.people for team in stopped_by_team(decision, since=at, team_ids=None)) == len(asked)
    with pytest.raises(ActionRefused):
        actions.say_stopped(decision=decision, by=counsel, at=at)
