"""What a decision rests on: the four checks of a route, and our own word on facts."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from pytest_django.asserts import assertContains, assertNotContains

from catalog.actions import add_fact
from catalog.models import Citation, Fact, PolicySource
from governance import actions
from governance.models import Agreement, OwnWord, RouteDecision
from governance.notices import tell_who_asked
from notifications.models import Notice
from operations import clock
from operations.errors import ActionRefused
from tests.cast import signed_in
from tests.factories import make_topic
from tests.governance.budgets import costs_the_same
from tests.governance.factories import THEN, Company, address, draft, make_route, noted, sealed, turn

TODAY = clock.today("Europe/Berlin")
SOON = TODAY + dt.timedelta(days=2)  # also where the day ends while the tests run
PDF = b"%PDF-1.4 a letter"


def fact(company: Company, topic: str, *, state: str = "known", days_old: int = 1, key: str = "") -> Fact:
    made = Fact.objects.create(
        route=company.route,
        topic=make_topic(topic),
        key=key or f"{topic}-{Fact.objects.count()}",
        statement=f"What is said on {topic}.",
        state=state,
        promise="vendor-documentation",
        as_of=TODAY - dt.timedelta(days=days_old),
        as_of_precision="day",
        recorded_at=THEN,
    )
    source = PolicySource.objects.get_or_create(
        key="page", defaults={"title": "A page", "url": "https://vendor.example/terms"}
    )
    Citation.objects.create(fact=made, source=source[0])
    return made


@pytest.fixture
def doubtful(company: Company) -> RouteDecision:
    """A draft whose route has an old, an unknown and a disputed fact, and one on which nothing is to be said."""
    fact(company, "training", days_old=400)
    fact(company, "retention", state="unknown")
    fact(company, "data-flow", state="conflicting")
    fact(company, "contract")
    begun = actions.propose(route=company.route, by=company.mara, at=THEN)
    actions.edit(decision=begun, by=company.mara, at=THEN, why="We need it.")
    return actions.set_scope(decision=begun, lines=[actions.LineOfScope()], by=company.mara, at=THEN)


def test_what_allows_waits_for_our_word_and_is_led_through_the_checks(company, doubtful):
    mara, submit = signed_in(company.mara), address(company, "decision-submit", doubtful.pk)
    page = mara.get(submit)
    for missing in (
        "Training: of what is said, 1 is old",
        "Retention: of what is said, 1 is not known",
        "Recipients: of",
    ):
        assertContains(page, missing)
    assertNotContains(page, "Contract: of what")
    with pytest.raises(ActionRefused, match="Training"):
        actions.submit(decision=doubtful, by=company.mara, at=clock.now(), **sealed(doubtful))

    training, retention, recipients = (
        address(company, "facts-check", company.route.pk, check) for check in ("training", "retention", "recipients")
    )
    page = mara.get(training)
    assertContains(page, 'target="wayleave-source"')
    old, unknown, disputed = Fact.objects.order_by("pk")[:3]
    assert mara.post(training, {"fact": old.pk, "checked": "1"}).url == retention
    assertNotContains(mara.get(retention), "Still says this")
    prefix = f"fact-{unknown.pk}-"
    lacking = mara.post(retention, {"fact": unknown.pk, f"{prefix}kind": "asked", f"{prefix}text": "How long?"})
    assertContains(lacking, "Say whom you asked.")
    assertContains(lacking, "Say when the answer is due.")
    assertContains(lacking, "How long?</textarea>")
    until = (TODAY + dt.timedelta(days=20)).isoformat()
    asked = {f"{prefix}kind": "asked", f"{prefix}text": "How long?", f"{prefix}asked_of": "Their desk"}
    assert mara.post(retention, {"fact": unknown.pk, **asked, f"{prefix}expires_on": until}).url == recipients
    letter = {
        "fact": disputed.pk,
        f"fact-{disputed.pk}-kind": "in_writing",
        f"fact-{disputed.pk}-text": "Nobody but us.",
        f"fact-{disputed.pk}-upload": SimpleUploadedFile("letter.pdf", PDF),
    }
    assert mara.post(recipients, letter).url == submit

    page = mara.get(submit)
    assertNotContains(page, "Before it can be submitted")
    for words in ("still says this", "Their desk", "Nobody but us.", "letter.pdf"):
        assertContains(page, words)
    letter = address(company, "paper-open", OwnWord.objects.get(kind="in_writing").paper_id)
    assertContains(mara.get(recipients), letter)
    assertNotContains(signed_in(company.otto).get(address(company, "route-detail", company.route.pk)), letter)
    mara.post(submit, {"shown_sha256": page.context["sha256"]})
    page = signed_in(company.sven).get(address(company, "sign-off-sign", turn(doubtful)["sign_off"].pk))
    for words in ("Their desk", letter):
        assertContains(page, words)
    assert set(
        turn(doubtful)["sign_off"].snapshot.bases.filter(key__startswith="own-word:").values_list("revision", flat=True)
    ) == set(OwnWord.objects.values_list("pk", flat=True))


def test_several_are_accepted_with_one_reason_and_what_is_not_allowed_needs_none(company, doubtful):
    mara, accept = signed_in(company.mara), address(company, "facts-accept", company.route.pk)
    page = mara.get(accept)
    keys = [key for key, _words in page.context["form"].fields["chosen"].choices]
    assert len(keys) == 3
    assertContains(mara.post(accept, {"chosen": keys, "expires_on": "2099-01-01"}), "This field is required.")
    assertContains(mara.post(accept, {"why": "So be it.", "expires_on": "2099-01-01"}), "This field is required.")
    sent = mara.post(accept, {"chosen": keys[:2], "why": "The contract covers it.", "expires_on": "2099-01-01"})

    assert sent.url == address(company, "decision-submit", doubtful.pk)
    assert OwnWord.objects.filter(kind="accepted", text="The contract covers it.").count() == 2
    assertContains(mara.get(sent.url), "Recipients: of what is said")
    actions.edit(decision=doubtful, by=company.mara, at=THEN, outcome="not_allowed")
    assertNotContains(mara.get(sent.url), "Before it can be submitted")


@pytest.mark.parametrize("doubt", [{"state": "unknown"}, {"state": "conflicting"}, {"days_old": 400}])
def test_who_the_contract_is_with_is_part_of_its_check(company, doubtful, doubt):
    accept = {"route": company.route, "by": company.mara, "why": "So be it.", "expires_on": dt.date(2099, 1, 1)}
    actions.accept(**accept, at=clock.now())
    fact(company, "contracting-party", **doubt)
    mara, submit = signed_in(company.mara), address(company, "decision-submit", doubtful.pk)

    assertContains(mara.get(submit), "Contract: of what is said")
    with pytest.raises(ActionRefused, match="Contract"):
        actions.submit(decision=doubtful, by=company.mara, at=clock.now(), **sealed(doubtful))
    page = mara.get(address(company, "facts-check", company.route.pk, "contract"))
    assertContains(page, "What is said on contracting-party.")
    actions.accept(**accept, at=clock.now())
    assertNotContains(mara.get(submit), "Before it can be submitted")


def test_going_on_leads_past_what_is_done_to_what_is_open_and_then_back(company, doubtful):
    words = {"kind": "accepted", "text": "So be it.", "expires_on": SOON, "by": company.mara, "at": clock.now()}
    actions.say(fact=Fact.objects.get(topic="retention"), **words)
    mara = signed_in(company.mara)

    def onward(check):
        return mara.get(address(company, "facts-check", company.route.pk, check)).context["following"]

    submit = address(company, "decision-submit", doubtful.pk)
    assert onward("training") == address(company, "facts-check", company.route.pk, "recipients")
    assert onward("recipients") == onward("contract") == submit


def test_on_what_nobody_says_anything_it_is_accepted_that_nobody_knows(company):
    gateway = make_route()
    for topic in ("training", "retention", "sub-processors", "contract"):
        make_topic(topic)
    actions.accept(route=gateway, why="It is ours.", expires_on=dt.date(2099, 1, 1), by=company.mara, at=THEN)

    facts = Fact.objects.filter(route=gateway)
    assert {one.state for one in facts} == {"unknown"}
    assert facts.count() == OwnWord.objects.count() == 4
    page = signed_in(company.mara).get(address(company, "route-detail", gateway.pk))
    assertContains(page, "Accepted as it is by Mara")
    assertNotContains(page, "Check this route’s facts")
    page = signed_in(company.mara).get(address(company, "facts-check", make_route().pk, "training"))
    assertContains(page, "neither by a vendor nor by us")


def test_a_word_runs_out_and_holds_only_for_the_words_that_stood_there(company, doubtful):
    old = Fact.objects.earliest("pk")
    actions.say(fact=old, kind="checked", expires_on=TODAY + dt.timedelta(days=10), by=company.mara, at=clock.now())
    mara, page = signed_in(company.mara), address(company, "decision-submit", doubtful.pk)
    assertNotContains(mara.get(page), "Training: of")

    OwnWord.objects.create(
        organization=company.organization,
        fact=old,
        fact_key=old.key,
        kind="checked",
        said_by=company.mara,
        said_at=THEN,
        said_on=TODAY - dt.timedelta(days=30),
        expires_on=TODAY - dt.timedelta(days=1),
    )
    assertContains(mara.get(page), "Training: of what is said, 1 is old")
    assertContains(mara.get(address(company, "facts-check", company.route.pk, "training")), "say it again")
    unknown = Fact.objects.get(state="unknown")
    days = {"said_at": THEN, "said_on": TODAY, "expires_on": SOON}
    with pytest.raises(IntegrityError), transaction.atomic():
        company.organization.own_words.create(
            fact=unknown, fact_key=unknown.key, kind="checked", said_by=company.mara, **days
        )

    actions.say(fact=old, kind="checked", expires_on=SOON, by=company.mara, at=clock.now())
    Fact.objects.filter(pk=old.pk).update(superseded_at=clock.now())
    fact(company, "training", days_old=300, key=old.key)
    assertContains(mara.get(page), "Training: of what is said, 1 is old")
    with pytest.raises(ActionRefused, match="replaced in the meantime"):
        actions.say(fact=old, kind="checked", expires_on=SOON, by=company.mara, at=clock.now())


def test_whoever_signs_is_told_what_was_said_since_it_was_submitted(company, doubtful):
    letter = {"kind": "in_writing", "text": "30 days.", "expires_on": TODAY + dt.timedelta(days=40), "by": company.mara}
    actions.accept(route=company.route, why="So be it.", expires_on=SOON, by=company.mara, at=THEN)
    noted(company, at=THEN)
    actions.submit(decision=doubtful, by=company.mara, at=THEN, **sealed(doubtful))
    sign = address(company, "sign-off-sign", turn(doubtful)["sign_off"].pk)
    key = f"agreement:{company.route.pk}:processing:"
    assert turn(doubtful)["sign_off"].snapshot.bases.filter(key=key, revision=Agreement.objects.get().pk).exists()
    assertNotContains(signed_in(company.sven).get(sign), "Said since it was submitted")

    noted(company, at=clock.now(), state="missing", dated_on=None, why="Never countersigned.")
    actions.say(fact=Fact.objects.get(state="unknown"), at=clock.now(), **letter)

    page = signed_in(company.sven).get(sign)
    assertContains(page, "Said since it was submitted")
    assertContains(page, "Missing · Never countersigned.")
    assertContains(page, "30 days.")


def test_what_was_said_of_an_earlier_statement_is_not_said_since(company):
    decision = draft(company)
    first = Fact.objects.first()
    letter = {"kind": "in_writing", "expires_on": SOON, "by": company.mara, "at": THEN}
    actions.say(fact=first, text="Of what stood there.", **letter)
    words = {"statement": "It is otherwise.", "state": "known", "promise": "contract", "as_of": TODAY}
    ours = {"over": first, "topic": first.topic_id, "by": company.mara, "at": THEN, "as_of_precision": "day"}
    then = add_fact(**ours, **words)
    actions.submit(decision=decision, by=company.mara, at=THEN, **sealed(decision))
    sign = address(company, "sign-off-sign", turn(decision)["sign_off"].pk)

    assertNotContains(signed_in(company.sven).get(sign), "Of what stood there.")

    actions.say(fact=then, text="Of what stands.", **letter)
    assertContains(signed_in(company.sven).get(sign), "Of what stands.")
    now = add_fact(**ours | {"over": then}, **words | {"statement": "Otherwise again."})
    actions.say(fact=now, text="Of what came since.", **letter)
    assertContains(signed_in(company.sven).get(sign), "Of what came since.")


def test_pages_cost_the_same_for_one_fact_and_for_three(company, doubtful):
    mara = signed_in(company.mara)

    def more(count: int) -> None:
        for _number in range(count):
            one = fact(company, "training", days_old=400)
            actions.say(fact=one, kind="checked", expires_on=SOON, by=company.mara, at=clock.now())
            actions.note_agreement(
                route=company.route,
                kind="assurance",
                title=f"Report {one.pk}",
                state="asked",
                why="Of them.",
                by=company.mara,
                at=THEN,
            )

    for name, arguments in (
        ("facts-check", (company.route.pk, "training")),
        ("facts-accept", (company.route.pk,)),
        ("agreement-list", (company.route.pk,)),
        ("agreement-note", (company.route.pk, "contract")),
        ("decision-submit", (doubtful.pk,)),
        ("decision-detail", (doubtful.pk,)),
        ("route-detail", (company.route.pk,)),
    ):
        costs_the_same(mara, address(company, name, *arguments), more)


def test_whoever_asked_the_vendor_is_reminded_until_the_answer_is_said(company, doubtful):
    unknown = Fact.objects.order_by("pk")[1]
    due, then = TODAY + dt.timedelta(days=10), clock.now()
    asked = {"kind": "asked", "asked_of": "Their desk", "text": "How long?", "expires_on": due}
    actions.say(fact=unknown, by=company.mara, at=then, **asked)
    assert tell_who_asked(company.organization, at=then) == 0

    assert tell_who_asked(company.organization, at=then + dt.timedelta(days=10)) == 1
    assert tell_who_asked(company.organization, at=then + dt.timedelta(days=10)) == 0
    notice = Notice.objects.get(rule="vendor-answer-due")
    assert (notice.recipient, notice.title) == (company.mara, "The answer is due: Their desk")
    assert notice.link == address(company, "facts-check", company.route.pk, "retention")
    assert signed_in(company.mara).get(notice.link).status_code == 200

    actions.say(fact=unknown, kind="in_writing", text="30 days.", expires_on=due, by=company.mara, at=then)
    assert Notice.objects.get(rule="vendor-answer-due").withdrawn_at
    assert tell_who_asked(company.organization, at=then + dt.timedelta(days=13)) == 0

    disputed = Fact.objects.get(state="conflicting")
    actions.say(fact=disputed, by=company.mara, at=then, **asked)
    assert tell_who_asked(company.organization, at=then + dt.timedelta(days=10)) == 1
    Fact.objects.filter(pk=disputed.pk).update(superseded_at=then + dt.timedelta(days=10))
    assert tell_who_asked(company.organization, at=then + dt.timedelta(days=11)) == 0
    assert not Notice.objects.filter(withdrawn_at=None).exists(), "what was asked about says something else now"
