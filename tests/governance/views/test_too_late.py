"""Who comes too late loses nothing of what they typed, and reads who did what when."""

import pytest
from pytest_django.asserts import assertContains, assertNotContains

from audit.models import AuditEvent
from governance import actions
from governance.models import RouteDecision
from tests.cast import signed_in
from tests.governance.factories import THEN, approved, draft, make_member, shown, submitted, turn
from tests.governance.views.test_decision_pages import address, boss, written

Status = RouteDecision.Status
WHEN = "2 Nov 2026, 10:00 CET"
TOO_LATE = {
    "submit": (f"Mara submitted this revision, {WHEN}: it is frozen now.", lambda company: submitted(company)),
    "withdraw": (
        f"Mara withdrew this revision, {WHEN}.",
        lambda company: actions.withdraw(decision=draft(company), by=company.mara, at=THEN),
    ),
    "sign": (f"Lena put this revision in force, {WHEN}.", lambda company: approved(company)),
    "reject": (
        f"Sven rejected this revision, {WHEN}.",
        lambda company: actions.reject(**turn(submitted(company)), by=company.sven, comment="No.", at=THEN),
    ),
    "ask": (f"Sven asked for changes, {WHEN}", lambda company: sent_back(company)),
}


def sent_back(company):
    decision = submitted(company)
    actions.ask_for_changes(**turn(decision), by=company.sven, comment="Shorter.", at=THEN)
    return decision


@pytest.mark.parametrize("what", TOO_LATE)
def test_what_was_typed_into_a_draft_that_is_none_any_more_stays_in_sight(company, what):
    sentence, happens = TOO_LATE[what]
    decision = happens(company)
    typed = written(decision, keeper=company.mara.pk, why="A long thought.", **{"scope-0-repositories": "shop"})

    page = signed_in(boss(company)).post(address(company, "decision-edit", decision.pk), typed)

    assertContains(page, sentence)
    assertContains(page, "A long thought.")
    assertContains(page, "shop")
    assertContains(page, f'<a href="{decision.get_absolute_url()}">See where it stands</a>', html=True)
    assertNotContains(page, "Save and check")
    decision.refresh_from_db()
    assert decision.why != "A long thought."


@pytest.mark.parametrize("name", ["edit", "submit"])
def test_address_of_a_draft_that_is_none_any_more_says_what_happened(company, name):
    decision = submitted(company)

    page = signed_in(company.mara).get(address(company, f"decision-{name}", decision.pk))

    assertContains(page, TOO_LATE["submit"][0])
    assertNotContains(page, "What you typed")
    assertNotContains(page, "Submit for signature")


def test_second_submission_reads_who_was_first(company):
    decision = draft(company)
    sha256 = shown(decision)
    actions.submit(decision=decision, by=company.mara, shown_sha256=sha256, at=THEN)

    page = signed_in(boss(company)).post(address(company, "decision-submit", decision.pk), {"shown_sha256": sha256})

    assertContains(page, TOO_LATE["submit"][0])


@pytest.mark.parametrize("verb", ["withdraw", "suspend", "retire", "resume"])
def test_reason_typed_too_late_stays_in_sight(company, verb):
    decision = actions.retire(decision=approved(company), by=company.mara, reason="Enough.", at=THEN)

    page = signed_in(boss(company)).post(
        address(company, f"decision-{verb}", decision.pk), {"reason": "A long thought.", "due_on": "2099-01-31"}
    )

    assertContains(page, f"Mara ended this decision, {WHEN}.")
    assertContains(page, "A long thought.")


def both_write(company):
    """Olga and Mara open the same draft; Olga saves first."""
    decision, olga = draft(company), boss(company)
    mara = signed_in(company.mara)
    typed = written(decision, keeper=company.mara.pk, why="Mara's thought.", conditions="No customer data.")
    actions.edit(decision=decision, by=olga, at=THEN, why="Olga's thought.", is_material=True)
    return decision, mara, typed


def test_second_to_save_reads_both_and_writes_over_nothing(company):
    decision, mara, typed = both_write(company)

    page = mara.post(address(company, "decision-edit", decision.pk), typed)

    assertContains(page, f"Olga changed this draft, {WHEN}.")
    assertContains(page, "Olga&#x27;s")
    assertContains(page, "\nMara&#x27;s thought.</textarea>")
    assert [change["label"] for change in page.context["meanwhile"]["differs"]] == ["Why"]
    decision.refresh_from_db()
    assert decision.why == "Olga's thought."


def test_who_has_read_both_saves(company):
    decision, mara, typed = both_write(company)
    edit = address(company, "decision-edit", decision.pk)
    page = mara.post(edit, typed)

    saved = mara.post(edit, typed | {"shown": page.context["form"].data["shown"]})

    assert saved.url == address(company, "decision-submit", decision.pk)
    decision.refresh_from_db()
    assert decision.why == "Mara's thought."


@pytest.mark.parametrize("named", [{"scope-0-teams"}, set()])
def test_scope_and_other_words_that_differ_are_named(company, named):
    approved(company)
    decision = draft(company)
    mara = signed_in(company.mara)
    typed = written(decision, keeper=company.mara.pk, why=decision.why, **{name: [company.team.pk] for name in named})
    actions.edit(decision=decision, by=company.mara, at=THEN, review_months=3, is_material=True)

    page = mara.post(address(company, "decision-edit", decision.pk), typed)

    labels = [change["label"] for change in page.context["meanwhile"]["differs"]]
    scope = ["For whom and what"] if named else []
    assert labels == ["Review", *scope, "People who have already answered must look again"]
    assertContains(page, "You changed this draft yourself, in another window")


def test_form_without_a_stamp_writes_over_nothing(company):
    decision = draft(company)

    signed_in(company.mara).post(
        address(company, "decision-edit", decision.pk),
        written(decision, keeper=company.mara.pk, why="Mine.", shown=""),
    )

    decision.refresh_from_db()
    assert decision.why != "Mine."


def test_form_without_a_stamp_of_a_draft_nobody_has_written_in_names_nobody(company):
    decision = actions.propose(route=company.route, by=company.mara, at=THEN)

    page = signed_in(company.mara).post(
        address(company, "decision-edit", decision.pk),
        written(decision, keeper=company.mara.pk, why="Mine.", shown=""),
    )

    assertContains(page, "The page you sent was not of this draft as it stands now.")
    assertContains(page, "\nMine.</textarea>")


def test_draft_is_discarded_by_a_button_and_its_route_is_free_again(company):
    decision = draft(company)
    mara = signed_in(company.mara)
    discard = address(company, "decision-withdraw", decision.pk)
    for name in ("edit", "detail"):
        link = f'href="{discard}">Discard this draft</a>'
        assertContains(mara.get(address(company, f"decision-{name}", decision.pk)), link)
    assertContains(mara.get(discard), "Discard the draft of")

    page = mara.post(discard, {"reason": ""}, follow=True)

    assertContains(page, "Discarded. Its words stay")
    decision.refresh_from_db()
    assert decision.status == Status.WITHDRAWN
    assert AuditEvent.objects.latest("pk").action == "decision.discarded"
    assert actions.propose(route=decision.route, by=company.mara, at=THEN).why == decision.why


def test_only_the_proposer_is_offered_to_discard(company):
    decision = draft(company)
    nils = signed_in(make_member(company.organization, "Nils", level="manager"))

    for name in ("edit", "detail"):
        assertNotContains(nils.get(address(company, f"decision-{name}", decision.pk)), "Discard this draft")
    assertContains(nils.get(address(company, "decision-withdraw", decision.pk)), "Only Mara, who proposed it")
