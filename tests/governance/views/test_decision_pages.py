"""The pages on which a decision is proposed, written, submitted, read, suspended and ended."""

import pytest
from pytest_django.asserts import assertContains, assertNotContains

from audit.models import AuditEvent
from governance import actions
from governance.actions.scopes import lines_of, stamp_of
from governance.models import RouteDecision
from tests.cast import signed_in
from tests.factories import accepted
from tests.governance.budgets import costs_the_same
from tests.governance.factories import THEN, address, approved, draft, leave, make_member, make_route, submitted, turn

Status = RouteDecision.Status


def boss(company):
    return make_member(company.organization, "Olga", level="owner")


def written(decision, **changes):
    """A form as it is sent, opened on the draft as it stands."""
    return {
        "shown": stamp_of(decision, lines_of(decision)),
        "outcome": "allowed",
        "until": "",
        "conditions": "No customer data.",
        "why": "It is enough for us.",
        "review_months": "6",
        "scope-TOTAL_FORMS": "1",
        "scope-INITIAL_FORMS": "0",
        "scope-MIN_NUM_FORMS": "1",
        "scope-MAX_NUM_FORMS": "50",
        "scope-0-repositories": "",
        **changes,
    }


def test_manager_proposes_writes_and_submits(company):
    mara = signed_in(company.mara)
    accepted(company.route, by=company.mara, at=THEN)

    begun = mara.post(address(company, "decision-propose", company.route.pk))
    decision = RouteDecision.objects.get()
    assert begun.url == address(company, "decision-edit", decision.pk)
    assertContains(mara.get(begun.url), "Whoever writes here can't sign it", html=False)
    saved = mara.post(begun.url, written(decision, keeper=company.mara.pk, **{"scope-0-teams": [company.team.pk]}))
    assert saved.url == address(company, "decision-submit", decision.pk)
    page = mara.get(saved.url)
    assertContains(page, "No customer data.")
    assertContains(page, "Platform")
    assertContains(page, "Sven: may sign")
    sent = mara.post(saved.url, {"shown_sha256": page.context["sha256"]})

    assert sent.url == address(company, "decision-detail", decision.pk)
    decision.refresh_from_db()
    assert decision.status == Status.SUBMITTED
    told = mara.get(sent.url)
    assertContains(told, decision.sign_off.snapshot.sha256)
    assertContains(told, "Submitted. It waits for Security now (Sven).")


def test_another_line_is_added_without_script_and_an_empty_one_says_nothing(company):
    mara = signed_in(company.mara)
    decision = draft(company)
    edit = address(company, "decision-edit", decision.pk)
    first = {"scope-0-teams": [company.team.pk], "scope-INITIAL_FORMS": "1"}

    saved = mara.post(edit, written(decision, keeper=company.mara.pk, another="1", **first))
    assert saved.url == f"{edit}?line#another"
    page = mara.get(saved.url)
    assert len(page.context["lines"].forms) == 2
    assertContains(page, "Line 2")
    decision.refresh_from_db()
    mara.post(
        edit,
        written(decision, keeper=company.mara.pk, **first | {"scope-TOTAL_FORMS": "2", "scope-1-repositories": ""}),
    )

    assert [line.teams.get() for line in decision.scope_lines.all()] == [company.team]


def test_line_is_removed(company):
    decision = draft(company)
    lines = [
        actions.LineOfScope(team_ids=frozenset({company.team.pk})),
        actions.LineOfScope(job_role_ids=frozenset({company.job_role.pk})),
    ]
    actions.set_scope(decision=decision, lines=lines, by=company.mara, at=THEN)
    typed = {
        "scope-TOTAL_FORMS": "2",
        "scope-INITIAL_FORMS": "2",
        "scope-0-teams": [company.team.pk],
        "scope-0-DELETE": "on",
        "scope-1-job_roles": [company.job_role.pk],
    }

    signed_in(company.mara).post(
        address(company, "decision-edit", decision.pk), written(decision, keeper=company.mara.pk, later="1", **typed)
    )

    assert decision.scope_lines.get().job_roles.get() == company.job_role


def test_what_was_typed_stays_when_something_is_wrong(company):
    decision = draft(company)

    page = signed_in(company.mara).post(
        address(company, "decision-edit", decision.pk),
        written(decision, keeper=company.mara.pk, outcome="allowed_until", why="Half a thought"),
    )

    assertContains(page, "Say until when.")
    assertContains(page, "Half a thought")


def test_page_that_showed_something_else_is_not_submitted(company):
    decision = draft(company)

    page = signed_in(company.mara).post(
        address(company, "decision-submit", decision.pk), {"shown_sha256": "0" * 64}, follow=True
    )

    assertContains(page, "Something changed since this page was opened")
    decision.refresh_from_db()
    assert decision.status == Status.DRAFT


def test_submit_page_says_what_is_missing(company):
    company.lena.group_periods.update(ended_at=THEN)

    page = signed_in(company.mara).get(address(company, "decision-submit", draft(company).pk))

    assertContains(page, "Nobody is in the group Legal")
    assertNotContains(page, "Submit for signature")


def test_draft_shows_what_the_signer_asked_for(company):
    decision = submitted(company)
    again = actions.ask_for_changes(**turn(decision), by=company.sven, comment="Name the repositories.", at=THEN)

    assertContains(signed_in(company.mara).get(address(company, "decision-edit", again.pk)), "Name the repositories.")


def test_decision_page_shows_signatures_and_what_happened(company):
    decision = approved(company)

    page = signed_in(company.otto).get(address(company, "decision-detail", decision.pk))

    assertContains(page, "Sven for Security, 2 Nov 2026")
    assertContains(page, decision.sign_off.snapshot.sha256)
    assertContains(page, "Signed for Legal")
    assertNotContains(page, "Suspend")


def test_only_the_proposer_is_offered_to_withdraw(company):
    decision = submitted(company)
    olga = signed_in(boss(company))

    assertNotContains(olga.get(decision.get_absolute_url()), "Withdraw")
    assertContains(olga.get(address(company, "decision-withdraw", decision.pk)), "Only Mara, who proposed it")
    assertContains(signed_in(company.mara).get(decision.get_absolute_url()), "Withdraw")


def test_withdrawn_from_its_page(company):
    decision = submitted(company)

    signed_in(company.mara).post(address(company, "decision-withdraw", decision.pk), {"reason": "Too early."})

    decision.refresh_from_db()
    assert decision.status == Status.WITHDRAWN


@pytest.mark.parametrize("name", ["edit", "submit", "withdraw", "suspend", "retire", "resume"])
def test_member_may_not(company, name):
    decision = draft(company)

    assert signed_in(company.otto).get(address(company, f"decision-{name}", decision.pk)).status_code == 403


def test_changes_asked_leads_to_the_draft_that_answers_them(company):
    decision = submitted(company)
    again = actions.ask_for_changes(**turn(decision), by=company.sven, comment="Name the repositories.", at=THEN)
    mara = signed_in(company.mara)

    page = mara.get(address(company, "decision-detail", decision.pk))

    assertContains(page, "Sven, for Security, asked for changes to revision 1")
    assertContains(page, "Name the repositories.")
    assertContains(page, f'<a href="{again.get_absolute_url()}">Open the draft that answers it</a>', html=True)
    assertNotContains(page, "Propose a new revision")
    assertContains(mara.get(again.get_absolute_url()), "Name the repositories.")


def test_draft_that_answers_is_its_proposers_not_the_signers(company):
    decision = submitted(company)
    again = actions.ask_for_changes(**turn(decision), by=company.sven, comment="Name them.", at=THEN)

    page = signed_in(company.mara).get(again.get_absolute_url())

    assert [(event["title"], event["by"]) for event in page.context["events"]] == [
        ("Draft that answers the changes asked for", "proposed by Mara; Sven asked for the changes")
    ]


def test_rejected_decision_says_who_why_and_what_is_next(company):
    decision = submitted(company)
    actions.reject(**turn(decision), by=company.sven, comment="Not this vendor.", at=THEN)

    page = signed_in(company.mara).get(address(company, "decision-detail", decision.pk))

    assertContains(page, "Sven, for Security, rejected revision 1")
    assertContains(page, "Propose a new revision")


def test_superseded_decision_leads_to_what_holds(company):
    first = approved(company)
    second = approved(company)

    page = signed_in(company.otto).get(address(company, "decision-detail", first.pk))

    assertContains(page, "What counts today is revision 2 (In force).")
    assertContains(page, f'href="{second.get_absolute_url()}"')


def test_draft_and_submit_page_name_what_is_missing_and_lead_to_its_field(company):
    decision = draft(company, why="")
    mara = signed_in(company.mara)
    field = f"{address(company, 'decision-edit', decision.pk)}#id_why"

    for name in ("decision-detail", "decision-submit"):
        page = mara.get(address(company, name, decision.pk))
        assertContains(page, f'<a href="{field}">Say why before you submit: it is what people sign.</a>', html=True)
        assertNotContains(page, "Submit for signature")
    assertNotContains(mara.get(address(company, "decision-detail", decision.pk)), "Check and submit")
    assertContains(mara.get(address(company, "decision-edit", decision.pk)), 'id="id_why"')


def test_new_draft_lacks_its_scope(company):
    route = accepted(company.route, by=company.mara, at=THEN)
    decision = actions.propose(route=route, by=company.mara, at=THEN)
    mara = signed_in(company.mara)

    page = mara.get(address(company, "decision-submit", decision.pk))

    assert [missing.field for missing in page.context["missing"]] == ["id_why", "scope"]
    assertContains(mara.get(address(company, "decision-edit", decision.pk)), 'id="scope"')


def test_keeper_who_left_is_missing(company):
    decision = draft(company)
    leave(company.mara)

    page = signed_in(boss(company)).get(address(company, "decision-submit", decision.pk))

    assert [missing.field for missing in page.context["missing"]] == ["id_keeper"]


def test_proposals_are_for_those_who_prepare_and_sign(company):
    refused = submitted(company)
    actions.reject(**turn(refused), by=company.sven, comment="No.", at=THEN)
    ended = actions.retire(decision=approved(company), by=company.mara, reason="Enough.", at=THEN)
    open_ones = [submitted(company), draft(company, route=make_route())]
    otto, sven = signed_in(company.otto), signed_in(company.sven)

    for decision in [refused, *open_ones]:
        assert otto.get(decision.get_absolute_url()).status_code == 403
        assert sven.get(decision.get_absolute_url()).status_code == 200
    assert otto.get(ended.get_absolute_url()).status_code == 200
    listed = otto.get(address(company, "decision-list"))
    assert [decision.pk for decision in listed.context["page"].rows] == [ended.pk]
    assertNotContains(listed, 'value="draft"')


def test_list_filters_by_status(company):
    approved(company)
    draft(company, route=make_route())

    page = signed_in(company.mara).get(address(company, "decision-list") + "?status=draft")

    assert [decision.status for decision in page.context["page"].rows] == ["draft"]


def test_list_says_when_one_person_alone_approved(company):
    page = signed_in(company.otto).get(address(company, "decision-list"))
    assertContains(page, "No decision here yet")


def test_list_costs_the_same_for_one_and_three(company):
    def add(count):
        for _ in range(count):
            approved(company, route=make_route())

    costs_the_same(signed_in(company.otto), address(company, "decision-list"), add)


@pytest.mark.parametrize("page", ["detail", "edit"])
def test_page_costs_the_same_for_one_and_three_lines(company, page):
    lines = [actions.LineOfScope(team_ids=frozenset({company.team.pk}))]
    decision = draft(company)

    def add(count):
        lines.extend(lines[:1] * (count if count > 1 else 0))
        actions.set_scope(decision=decision, lines=lines, by=company.mara, at=THEN)

    costs_the_same(signed_in(company.mara), address(company, f"decision-{page}", decision.pk), add)


def test_submit_page_of_a_second_revision_costs_the_same_for_one_and_three_signers(company):
    approved(company)
    decision = draft(company)

    def add(count):
        for number in range(count):
            make_member(company.organization, f"Sara-{count}-{number}", groups=(company.security,))

    costs_the_same(signed_in(company.mara), address(company, "decision-submit", decision.pk), add)


def test_page_of_a_decision_in_force_costs_the_same_for_one_and_three_stages(company):
    decisions = []

    def add(count):
        if count > 1:
            for position in (3, 4):
                group = company.organization.sign_off_groups.create(key=f"g{position}", name="More", position=position)
                make_member(company.organization, f"Gus-{position}", groups=(group,))
        decisions.append(submitted(company, route=make_route()))

    costs_the_same(signed_in(company.mara), lambda: address(company, "decision-detail", decisions[-1].pk), add)


def test_reading_writes_nothing(company):
    decision = approved(company)
    events = AuditEvent.objects.count()
    mara = signed_in(company.mara)

    for name in ("detail", "suspend", "retire", "withdraw"):
        mara.get(address(company, f"decision-{name}", decision.pk))

    assert AuditEvent.objects.count() == events


def test_a_line_keeps_what_it_names_when_that_is_archived_instead_of_naming_everybody(company):
    decision = draft(company)
    line = actions.LineOfScope(team_ids=frozenset({company.team.pk}), job_role_ids=frozenset({company.job_role.pk}))
    actions.set_scope(decision=decision, lines=[line], by=company.mara, at=THEN)
    for place in (company.team, company.job_role):
        place.archived_at = THEN
        place.save(update_fields=["archived_at"])
    mara, edit = signed_in(company.mara), address(company, "decision-edit", decision.pk)

    page = mara.get(edit)
    initial = page.context["lines"].forms[0].initial
    typed = {"scope-0-teams": initial["teams"], "scope-0-job_roles": initial["job_roles"]}
    mara.post(edit, written(decision, keeper=company.mara.pk, **{"scope-INITIAL_FORMS": "1", "later": "1"}, **typed))

    assertContains(page, "Platform (archived)")
    assertContains(page, "Engineering (archived)")
    kept = decision.scope_lines.get()
    assert (kept.teams.get(), kept.job_roles.get()) == (company.team, company.job_role)


def test_what_is_archived_and_not_named_is_not_offered(company):
    company.team.archived_at = THEN
    company.team.save(update_fields=["archived_at"])

    page = signed_in(company.mara).get(address(company, "decision-edit", draft(company).pk))

    assertNotContains(page, "Platform")
