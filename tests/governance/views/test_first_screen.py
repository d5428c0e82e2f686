"""What a signer reads first, who will sign before anything is submitted, and the page of a signature."""

import datetime as dt

import pytest
from django.conf import settings
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from accounts.models import GroupPeriod, Invitation
from catalog.models import Fact, Topic
from governance import actions
from governance.models import Signature
from governance.queries.counsel import questions
from tests.cast import signed_in
from tests.governance.factories import THEN, address, approved, draft, make_member, make_route, submitted, turn
from tests.governance.views.test_sign_off_pages import page_of


def said(company, topic, state, statement):
    Fact.objects.create(
        route=company.route,
        topic=Topic.objects.get_or_create(key=topic, defaults={"name": topic, "position": 1, "old_after_days": 9})[0],
        key=f"plan.{topic}.{state}",
        statement=statement,
        state=state,
        promise="own",
        digest="1",
        recorded_at=THEN,
    )


def test_the_proposal_in_two_sentences_then_ten_questions_then_everything(company):
    said(company, "training", "known", "They do not train.")
    said(company, "training", "unknown", "Nobody has asked about feedback.")

    page = signed_in(company.sven).get(page_of(submitted(company)))

    assertContains(page, f"{company.route} is to be allowed for: all teams; all job roles;")
    assertContains(page, "Mara keeps it and looks at it again every 6 months; until now nothing holds for this route.")
    asked = {one["question"]: one for one in page.context["questions"]}
    assert list(asked) == [one["question"] for one in questions()]
    assert len(asked) == 10
    training = asked["Is what we enter used for training?"]["cards"]
    assert [card["state"] for card in training] == ["unknown", "known"]
    assert asked["What may be entered?"]["lines"] == [
        "all kinds of data, personal and confidential data included; all repositories"
    ]
    assertContains(page, "Nobody knows: nothing is said about it.", count=5)
    never = submitted(company, route=make_route("Never"), outcome="not_allowed")
    asked = {one["question"]: one for one in signed_in(company.sven).get(page_of(never)).context["questions"]}
    assert asked["What may be entered?"]["lines"] == ["Nothing: it is not to be used."]


def test_every_question_asks_topics_that_ship():
    from_file = {topic for one in questions() for topic in one["topics"]}
    shipped = (settings.BASE_DIR / "catalog" / "data" / "topics.yaml").read_text(encoding="utf-8")

    assert {topic for topic in from_file if f"key: {topic}\n" not in shipped} == set()


@pytest.mark.parametrize("lacks", ["nobody", "only the proposer"])
def test_group_that_nobody_can_sign_for_stops_it_and_offers_the_invitation(company, lacks):
    olga = make_member(company.organization, "Olga", level="owner")
    decision = draft(company)
    GroupPeriod.objects.filter(group=company.legal).update(ended_at=THEN)
    if lacks == "only the proposer":
        GroupPeriod.objects.create(
            organization=company.organization, membership=company.mara, group=company.legal, started_at=THEN
        )
    submit = address(company, "decision-submit", decision.pk)

    page = signed_in(olga).get(submit)
    asked = page.context["invite_url"]
    form = signed_in(olga).get(asked)
    invited = {"email": "counsel@example.com", "level": "member", "group": company.legal.pk, "next": submit}
    sent = signed_in(olga).post(asked, invited)

    assertContains(page, "Invite somebody for Legal")
    assertNotContains(page, "Submit for signature")
    assert str(form.context["form"]["group"].value()) == str(company.legal.pk)
    assert sent.url == submit
    assert Invitation.objects.get().group == company.legal
    assertContains(signed_in(company.mara).get(submit), "An owner decides who signs: ask one of them.")
    address_of_invitations = reverse("accounts:invitation-list", args=[company.organization.slug])
    away = signed_in(olga).get(asked.split("?")[0] + "?next=https://elsewhere.example/")
    assertNotContains(away, 'name="next"')
    assertContains(away, f'href="{address_of_invitations}">Go back')


def test_a_signature_names_itself_and_says_on_what_it_was_given(company):
    decision = submitted(company)
    due_on = (THEN + dt.timedelta(days=9)).date()
    condition = actions.Condition("Sign the agreement.", company.mara, due_on)
    actions.sign(**turn(decision), by=company.sven, at=THEN, conditions=[condition])
    signature = Signature.objects.get()
    own = address(company, "signature-detail", signature.pk)

    page = signed_in(company.sven).get(own)

    for words in ("Sven for Security", "Member", "2 Nov 2026, 10:00 CET", "Sign the agreement.", "No customer data."):
        assertContains(page, words)
    for snapshot in (signature.snapshot, signature.onward_snapshot):
        assertContains(page, snapshot.sha256)
    assert page.context["signature"].snapshot.content == signature.snapshot.content
    assert signed_in(company.otto).get(own).status_code == 403
    assertContains(signed_in(company.mara).get(page_of(decision)), own)


def test_a_later_signature_shows_what_was_laid_before_it_and_an_earlier_one_nothing_that_came_after(company):
    decision = submitted(company)
    due_on = (THEN + dt.timedelta(days=9)).date()
    for signer, text in ((company.sven, "Sign the agreement."), (company.lena, "Train them.")):
        laid = [actions.Condition(text, company.mara, due_on)]
        actions.sign(**turn(decision), by=signer, at=THEN, conditions=laid)
    first, last = Signature.objects.order_by("pk")

    page = signed_in(company.otto).get(address(company, "signature-detail", last.pk))

    for words in ("Security: Sign the agreement.", "Legal: Train them."):
        assertContains(page, words)
    assertNotContains(signed_in(company.otto).get(address(company, "signature-detail", first.pk)), "Train them.")


def test_signature_of_what_is_in_force_is_read_by_everybody_who_reads_that(company):
    decision = approved(company)
    own = address(company, "signature-detail", Signature.objects.first().pk)

    assertContains(signed_in(company.otto).get(decision.get_absolute_url()), own)
    assertContains(signed_in(company.otto).get(own), "Sven for Security")
