"""For what people may use a route, and how far the tool may act alone: written, frozen, signed and read."""

import pytest
from pytest_django.asserts import assertContains, assertNotContains

from catalog.models import AccessRoute
from governance import actions
from governance.models import RouteDecision
from governance.queries.submissions import scope_of
from operations.errors import ActionRefused
from tests.cast import signed_in
from tests.governance.factories import THEN, address, approved, draft, turn
from tests.governance.views.test_decision_pages import written


def test_uses_and_modes_go_from_the_form_through_the_signatures_to_the_people(company):
    mara, decision = signed_in(company.mara), draft(company)
    code = company.organization.uses.get(key="writing-code")
    edit = address(company, "decision-edit", decision.pk)
    assertContains(mara.get(edit), "Preparing answers to customers")
    typed = {"scope-0-uses": [code.pk], "scope-INITIAL_FORMS": "1", "permission_modes": ["plan", "edits"]}

    page = mara.get(mara.post(edit, written(decision, keeper=company.mara.pk, **typed)).url)
    assertContains(page, "Writing and changing code")
    assertContains(page, "acceptEdits")
    mara.post(address(company, "decision-submit", decision.pk), {"shown_sha256": page.context["sha256"]})
    actions.sign(**turn(decision), by=company.sven, at=THEN)
    actions.sign(**turn(decision), by=company.lena, at=THEN)

    home = signed_in(company.otto).get(f"/o/{company.organization.slug}/")
    assertContains(home, "To do this with it: Writing and changing code.")
    assertContains(home, "How far it may act alone: Plans only; Edits files.")
    again = actions.propose(route=company.route, by=company.mara, at=THEN)
    assert again.permission_modes == ["plan", "edits"]
    assert [use["name"] for use in scope_of(again)[0]["uses"]] == [code.name]
    words = signed_in(company.mara).post(
        address(company, "decision-edit", again.pk), written(again, keeper=company.mara.pk, permission_modes=["plan"])
    )
    assertContains(signed_in(company.mara).get(words.url), "Edits files</del>")


def test_a_chat_has_no_mode_and_nobody_invents_one(company):
    AccessRoute.objects.filter(pk=company.route.pk).update(surface="chat")
    decision = draft(company)

    page = signed_in(company.mara).get(address(company, "decision-edit", decision.pk))

    assertNotContains(page, "How far it may act alone")
    with pytest.raises(ActionRefused, match="no such mode"):
        actions.edit(decision=decision, by=company.mara, at=THEN, permission_modes=["everything"])


def test_what_is_not_allowed_is_shown_with_its_reason(company):
    approved(company, outcome=RouteDecision.Outcome.NOT_ALLOWED, why="A private account is nobody's but theirs.")

    home = signed_in(company.otto).get(f"/o/{company.organization.slug}/")

    assertContains(home, "Not for work")
    assertContains(home, "A private account is nobody&#x27;s but theirs.", html=False)
