"""Routes beside our decisions, and those nobody else sees."""

from pytest_django.asserts import assertContains, assertNotContains

from catalog.models import AccessRoute, Tool
from governance import actions
from tests.cast import signed_in
from tests.governance.budgets import costs_the_same
from tests.governance.factories import THEN, Company, address, approved, draft, make_route, submitted


def test_decision_and_whether_it_covers_you_stand_on_the_route(company):
    sales = company.organization.teams.create(name="Sales")
    decision = draft(company)
    actions.set_scope(decision=decision, lines=[actions.LineOfScope(frozenset({sales.pk}))], by=company.mara, at=THEN)
    approved_everywhere = approved(company, route=make_route())
    otto = signed_in(company.otto)

    undecided = otto.get(address(company, "route-detail", company.route.pk))
    decided = otto.get(address(company, "route-detail", approved_everywhere.route_id))

    assertContains(undecided, "for work yet. Ask")
    assertContains(undecided, "Mara")
    assertContains(decided, "It covers you.")
    assertContains(decided, "No customer data.")


def test_list_shows_the_status_of_our_decision(company):
    approved(company)
    approved(company, route=make_route(), outcome="not_allowed")
    submitted(company, route=make_route())
    make_route()

    seen = {
        who: [row["word"] for row in signed_in(who).get(address(company, "route-list")).context["rows"]]
        for who in (company.mara, company.otto)
    }

    # What holds stands first; what is only proposed is for those who prepare and sign.
    assert sorted(seen[company.mara][:2]) == ["allowed", "not_allowed"]
    assert seen[company.mara][2:] == ["submitted", "not-decided"]
    assert sorted(seen[company.otto][:2]) == ["allowed", "not_allowed"]
    assert seen[company.otto][2:] == ["not-decided", "not-decided"]


def test_route_page_shows_a_proposal_only_to_those_who_prepare_and_sign(company):
    decision = submitted(company)
    detail = address(company, "route-detail", company.route.pk)

    assertContains(signed_in(company.sven).get(detail), decision.get_absolute_url())
    assertNotContains(signed_in(company.otto).get(detail), decision.get_absolute_url())


def test_route_of_another_organization_is_nowhere(company):
    other = Company()
    tool = Tool.objects.first()
    hidden = AccessRoute.objects.create(
        organization=other.organization, tool=tool, key="x", short_code="X", name="Hidden", tier="overlay",
        surface="api", added_at=THEN,
    )  # fmt: skip
    mara = signed_in(company.mara)

    for name in ("route-detail", "decision-propose"):
        assert mara.get(address(company, name, hidden.pk)).status_code == 404
    assertNotContains(mara.get(address(company, "route-list")), "Hidden")


def test_member_adds_nothing(company):
    otto = signed_in(company.otto)

    assert otto.get(address(company, "route-add")).status_code == 403


def test_list_costs_the_same_for_one_and_three(company):
    def add(count):
        for _ in range(count):
            approved(company, route=make_route())

    costs_the_same(signed_in(company.mara), address(company, "route-list"), add)
