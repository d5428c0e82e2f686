"""The page on which a signer gives their word."""

import datetime as dt
import json

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from audit.models import AuditEvent, FreeText
from catalog.actions import add_fact
from catalog.models import Fact
from governance import actions
from governance.models import RouteDecision, Signature
from governance.notices import tell_signers
from tests.cast import PASSWORD, signed_in
from tests.factories import accepted, make_topic
from tests.governance.budgets import costs_the_same
from tests.governance.factories import (
    THEN,
    approved,
    make_member,
    make_organization,
    make_route,
    shown,
    submitted,
    turn,
)

WORDS_OF_A_FACT = {"statement": "Nothing is kept.", "state": "known", "promise": "contract"}


def page_of(decision):
    return reverse("governance:sign-off-sign", args=[decision.organization.slug, decision.sign_off_id])


def word(page, said, **typed):
    hidden = {"shown_sha256": page.context["sign_off"].snapshot.sha256, "stage": page.context["stage"].pk}
    return {"word": said, "password": PASSWORD, "comment": "", **hidden, **typed}


def test_security_then_legal_sign_on_the_page(company):
    decision = submitted(company)

    for signer in (company.sven, company.lena):
        browser = signed_in(signer)
        page = browser.get(page_of(decision))
        assertContains(page, "No customer data.")
        browser.post(page_of(decision), word(page, "signed"))

    decision.refresh_from_db()
    assert decision.status == RouteDecision.Status.APPROVED


def test_signing_asks_for_the_password_again(company):
    decision = submitted(company)
    sven = signed_in(company.sven)

    page = sven.post(page_of(decision), word(sven.get(page_of(decision)), "signed", password="wrong"))

    assertContains(page, "This is not your password.")
    assert not Signature.objects.exists()


def test_signer_without_a_password_sets_one_first(company):
    decision = submitted(company)
    sven = signed_in(company.sven)
    said = word(sven.get(page_of(decision)), "signed", code="123456")
    company.sven.user.set_unusable_password()
    company.sven.user.save(update_fields=["password"])

    page = signed_in(company.sven).post(page_of(decision), said)

    assert page.status_code == 302
    assert "password" in page.url
    assert not Signature.objects.exists()


def test_page_shows_the_snapshot_not_what_it_was_made_from(company):
    decision = submitted(company)
    company.team.name = "Renamed"
    company.team.save(update_fields=["name"])
    line = actions.LineOfScope(team_ids=frozenset({company.team.pk}))
    second = submitted_with(company, line)
    company.team.name = "Renamed again"
    company.team.save(update_fields=["name"])

    page = signed_in(company.sven).get(page_of(second))

    assertContains(page, "Renamed")
    assertNotContains(page, "Renamed again")
    assert decision.pk != second.pk


def submitted_with(company, line):
    route = accepted(make_route(), by=company.mara, at=THEN)
    draft = actions.propose(route=route, by=company.mara, at=THEN)
    draft = actions.edit(decision=draft, by=company.mara, at=THEN, why="Because.", lines=[line])
    page = signed_in(company.mara).get(
        reverse("governance:decision-submit", args=[company.organization.slug, draft.pk])
    )
    return actions.submit(decision=draft, by=company.mara, shown_sha256=page.context["sha256"], at=THEN)


def test_asking_for_changes_needs_words(company):
    decision = submitted(company)
    sven = signed_in(company.sven)

    page = sven.post(page_of(decision), word(sven.get(page_of(decision)), "changes_asked"))

    assertContains(page, "Say what has to change")


@pytest.mark.parametrize("said", ["changes_asked", "rejected"])
def test_refusing_on_the_page(company, said):
    decision = submitted(company)
    sven = signed_in(company.sven)

    sven.post(page_of(decision), word(sven.get(page_of(decision)), said, comment="Not like this."))

    decision.refresh_from_db()
    assert decision.status == said
    assertContains(sven.get(page_of(decision)), "Not like this.")


def refusals(company):
    """What the log says of words that were not taken, by whom, with what they were told."""
    events = AuditEvent.objects.filter(organization_id=company.organization.pk, action="sign-off.refused")
    told = dict(FreeText.objects.values_list("sha256", "body"))
    data = [(event.actor_id, json.loads(event.data)) for event in events.order_by("pk")]
    return [(actor, said["word"], told[said["because_sha256"]]) for actor, said in data]


@pytest.mark.parametrize("said", ["signed", "rejected"])
def test_who_comes_second_reads_who_was_first_and_keeps_what_they_typed(company, said):
    sara = make_member(company.organization, "Sara", groups=(company.security,))
    decision = submitted(company)
    browser = signed_in(sara)
    page = browser.get(page_of(decision))
    actions.sign(**turn(decision), by=company.sven, at=THEN)

    late = browser.post(page_of(decision), word(page, said, comment="A long thought."))

    sentence = "Sven has already decided for Security, 2 Nov 2026, 10:00 CET."
    assertContains(late, sentence)
    assertContains(late, "A long thought.")
    assertContains(late, f'<a href="{decision.get_absolute_url()}">See where it stands</a>', html=True)
    assert refusals(company) == [(sara.user_id, said, sentence)]


def test_who_signs_what_was_withdrawn_meanwhile_reads_by_whom(company):
    decision = submitted(company)
    sven = signed_in(company.sven)
    page = sven.get(page_of(decision))
    actions.withdraw(decision=decision, by=company.mara, at=THEN)

    late = sven.post(page_of(decision), word(page, "rejected", comment="A long thought."))

    assertContains(late, "Mara withdrew this revision, 2 Nov 2026, 10:00 CET.")
    assertContains(late, "A long thought.")


def out_of_turn(company, decision):
    return company.lena, decision.sign_off.stages.get(name="Legal"), "Security signs before Legal"


def of_another_group(company, decision):
    return company.lena, decision.sign_off.stages.get(name="Security"), "You were not among the people who may sign"


@pytest.mark.parametrize("attempt", [out_of_turn, of_another_group])
def test_word_that_is_not_taken_is_logged_with_what_was_told(company, attempt):
    decision = submitted(company)
    who, stage, sentence = attempt(company, decision)
    before = Signature.objects.count()
    data = {
        "shown_sha256": decision.sign_off.snapshot.sha256,
        "stage": stage.pk,
        "word": "signed",
        "password": PASSWORD,
    }

    page = signed_in(who).post(page_of(decision), data)

    assertContains(page, sentence)
    [(actor, said, told)] = refusals(company)
    assert (actor, said) == (who.user_id, "signed")
    assert told.startswith(sentence)
    assert Signature.objects.count() == before


@pytest.mark.parametrize("name", ["mara", "otto"])
def test_attempt_of_whoever_signs_nothing_is_logged(company, name):
    decision, who = submitted(company), getattr(company, name)
    data = {"shown_sha256": "x", "stage": "1", "word": "signed", "password": PASSWORD}

    assert signed_in(who).post(page_of(decision), data).status_code == 403

    refused = AuditEvent.objects.get(action="person.refused")
    assert (refused.actor_id, refused.target) == (who.user_id, "view:governance:sign-off-sign")


def test_who_may_not_sign_reads_the_content_without_the_form(company):
    decision = submitted(company)

    page = signed_in(company.lena).get(page_of(decision))

    assertContains(page, "No customer data.")
    assertNotContains(page, "Your word")


def test_revision_shows_what_changed_against_the_one_in_force(company):
    approved(company, conditions="No customer data.")
    second = submitted(company, conditions="No customer data and no secrets.")

    page = signed_in(company.sven).get(page_of(second))

    assertContains(page, "What changes against revision 1")
    assertContains(page, "and no secrets.</ins>")


def resubmitted(company, decision, *, comment="Name the repositories.", **words):
    again = actions.ask_for_changes(**turn(decision), by=company.sven, comment=comment, at=THEN)
    again = actions.edit(decision=again, by=company.mara, at=THEN, **words)
    return actions.submit(decision=again, by=company.mara, shown_sha256=shown(again), at=THEN)


def test_resubmission_shows_what_changed_since_your_word_and_why(company):
    again = resubmitted(company, submitted(company), conditions="No customer data and no secrets.")

    page = signed_in(company.sven).get(page_of(again))

    assertContains(page, "Sven, for Security, asked for changes to revision 1")
    assertContains(page, "Name the repositories.")
    assertContains(page, "What changed since you last gave your word")
    assert [change["label"] for change in page.context["shown"]["since"]] == ["Conditions"]
    assertContains(page, "and no secrets.</ins>")


def test_resubmission_without_a_change_says_so(company):
    page = signed_in(company.sven).get(page_of(resubmitted(company, submitted(company))))

    assertContains(page, "Nothing: it was submitted again with the same words")


def test_reader_who_gave_no_word_sees_what_changed_since_somebodys(company):
    page = signed_in(company.lena).get(page_of(resubmitted(company, submitted(company), why="Better so.")))

    assertContains(page, "What changed since somebody last gave their word")


def test_fact_that_was_added_since_is_shown(company):
    again = resubmitted(company, submitted(company))
    assertNotContains(signed_in(company.sven).get(page_of(again)), "Nothing is kept.")
    kept = make_topic("retention")
    add_fact(by=company.mara, route=company.route, topic=kept.key, at=THEN, **WORDS_OF_A_FACT)
    accepted(company.route, by=company.mara, at=THEN)
    third = resubmitted(company, again)

    page = signed_in(company.sven).get(page_of(third))

    assert [piece["kind"] for piece in page.context["shown"]["since"][0]["pieces"]] == ["added"]
    assertContains(page, "Nothing is kept.")


def test_last_signer_reads_how_many_are_asked_again_and_what_follows(company):
    decision = submitted(company)
    sven, lena = signed_in(company.sven), signed_in(company.lena)

    first = sven.get(page_of(decision))
    told = sven.post(page_of(decision), word(first, "signed"), follow=True)
    last = lena.get(page_of(decision))
    done = lena.post(page_of(decision), word(last, "signed"), follow=True)

    assertNotContains(first, "Yours is the last signature")
    assertContains(told, "It waits for Legal now (Lena); then it is in force.")
    assertContains(last, "nobody is asked again")
    assertContains(done, "revision 1, is in force now.")


def test_sign_page_costs_the_same_for_one_and_three_signers(company):
    decisions = []

    def add(count):
        for number in range(count if count > 1 else 0):
            make_member(company.organization, f"Sara-{number}", groups=(company.security,))
        decisions.append(submitted(company, route=make_route()))

    costs_the_same(signed_in(company.sven), lambda: page_of(decisions[-1]), add)


def test_one_person_alone_decides_until_somebody_joins(db):
    here = make_organization()
    olga = make_member(here, "Olga", level="owner")
    browser = signed_in(olga)
    decided, waiting = (submitted_alone(browser, olga) for _ in range(2))

    page = browser.get(decided)
    done = browser.post(decided, word(page, "signed"), follow=True)
    make_member(here, "Nils")
    joined = browser.get(waiting)

    assertContains(page, "Read what is frozen below; then give your word.")
    assertContains(done, "revision 1, is in force now.")
    assertContains(joined, "Somebody has joined since this was submitted")
    assertNotContains(joined, "Your word")
    approved_alone = RouteDecision.objects.get(status="approved")
    for name in ("", f"{approved_alone.pk}/"):
        listed = browser.get(reverse("governance:decision-list", args=[here.slug]) + name)
        assertContains(listed, "You are more people now")
        assertContains(listed, approved_alone.get_absolute_url() if not name else "Propose a new revision")


def submitted_alone(browser, olga):
    """The address of the page on which the only person gives their word, to which submitting leads."""
    decision = actions.propose(route=accepted(make_route(), by=olga, at=THEN), by=olga, at=THEN)
    actions.edit(decision=decision, by=olga, at=THEN, why="Enough for one.", lines=[actions.LineOfScope()])
    submit = reverse("governance:decision-submit", args=[olga.organization.slug, decision.pk])
    sent = browser.post(submit, {"shown_sha256": browser.get(submit).context["sha256"]}, follow=True)
    assertContains(sent, "Nobody else is here, so the word is yours.")
    return sent.redirect_chain[-1][0]


def test_whoever_left_the_group_since_is_told_and_signs_what_names_them(company):
    decision = submitted(company)
    company.sven.group_periods.open().update(ended_at=THEN)
    sven, home = signed_in(company.sven), company.organization.get_absolute_url()

    assert tell_signers(company.organization, at=THEN + dt.timedelta(days=3)) == 1
    assertContains(sven.get(home), page_of(decision))
    page = sven.get(page_of(decision))
    assertNotContains(page, reverse("governance:sign-off-list", args=[company.organization.slug]) + '"')
    said = sven.post(page_of(decision), word(page, "signed"))

    assert said.url == home
    assert Signature.objects.get().user == company.sven.user
    assert sven.get(page_of(decision)).status_code == 403


def test_whoever_joined_the_group_since_reads_and_may_not_sign(company):
    decision = submitted(company)
    late = make_member(company.organization, "Late", groups=(company.security,))

    assert tell_signers(company.organization, at=THEN + dt.timedelta(days=3)) == 1
    page = signed_in(late).get(page_of(decision))

    assert page.context["stage"] is None


def test_the_page_is_closed_to_whoever_signs_nothing(company):
    decision = submitted(company)

    assert signed_in(company.otto).get(page_of(decision)).status_code == 403
    assert signed_in(company.otto).post(page_of(decision), {"word": "signed"}).status_code == 403


def test_what_nobody_knows_yet_is_named_before_anything_is_signed(company):
    topic = make_topic("breach")
    Fact.objects.create(
        route=company.route,
        topic=topic,
        key="plan.breach",
        statement="Nobody has asked.",
        state="unknown",
        promise="own",
        digest="1",
        recorded_at=THEN,
    )
    page = signed_in(company.sven).get(page_of(submitted(company)))

    assertContains(page, "On 5 topics nobody knows yet, or sources disagree:")
    assertContains(page, '<a href="#topic-1">Breach</a>', count=3)


def test_the_way_around_the_page_is_folded_so_that_the_proposal_stands_on_the_first_screen(company):
    page = signed_in(company.sven).get(page_of(submitted(company))).content.decode()

    before = page.split('class="contents"')[1].split('id="proposal"')[0]
    assert before.index('href="#word"') < before.index("<details") < before.index('href="#questions"')
