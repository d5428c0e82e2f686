"""An adoption review ends in a go or no-go: what is frozen, who signs, what is open and accepted, and nothing else ends it so."""

import datetime as dt
import json
from collections.abc import Callable
from functools import partial

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from audit.models import AuditEvent
from checklists.actions import Given
from checklists.models import Item
from governance.actions import Condition, comment, suspend
from governance.models import Signature, SignOff
from governance.queries.sign_offs import stage_in_turn
from notifications.models import Notice
from operations import clock
from operations.errors import ActionRefused
from reviews import actions
from reviews.models import AcceptedBlocker, AdoptionReview, AdoptionVerdict
from reviews.queries.adoption import adoption_reviews
from reviews.queries.verdicts import frozen_board
from tests.cast import PASSWORD, Company, company, signed_in
from tests.checklists.steps import decide, route
from tests.reviews.test_adoption import begun, rows, say

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def acme() -> Company:
    made = company()
    begun(made, at=clock.now())
    return made


def frozen(acme: Company):
    return frozen_board(adoption_reviews(acme.organization).get(), at=clock.now())


def proposed(
    acme: Company, outcome: str = "go", reason: str = "We go all the same.", **words: object
) -> AdoptionVerdict:
    board = frozen(acme)
    accepted = {one.key: reason for one in board.blockers}
    said = {"because": "It is time.", "accepted": accepted, "shown_sha256": board.sha256, **words}
    review = AdoptionReview.objects.get()
    return actions.propose_verdict(review=review, outcome=outcome, by=acme.mara, at=clock.now(), **said)


def turn(verdict: AdoptionVerdict) -> dict[str, object]:
    sign_off = SignOff.objects.select_related("snapshot").get(pk=verdict.sign_off_id)
    whose = {"sign_off": sign_off, "stage": stage_in_turn(sign_off), "shown_sha256": sign_off.snapshot.sha256}
    return {**whose, "at": clock.now()}


def test_a_go_freezes_the_board_and_is_signed_by_others_than_its_proposer(acme: Company) -> None:
    decision = decide(acme, route("team-plan", "TP1"), at=clock.now())
    say(acme, "contract-in-place", Given(links=["https://example.com/contract"]), at=clock.now())

    verdict = proposed(acme)

    content = json.loads(verdict.sign_off.snapshot.content)
    assert (content["title"], content["outcome"]) == ("Go: Claude Code", "go")
    items = {one["question"]: one for one in content["items"]}
    signed = next(one for one in items.values() if one.get("proof", {}).get("decisions") and "legal" in one["question"])
    assert signed["proof"]["decisions"] == [{"decision": decision.pk, "sha256": decision.sign_off.snapshot.sha256}]
    assert sum("answer" in one for one in items.values()) == 1
    assert {one["key"] for one in content["blockers"]} == set(content["accepted"])
    assert "We go all the same." not in verdict.sign_off.snapshot.content
    assert content["scope"]
    with pytest.raises(ActionRefused, match="no such line"):
        comment(sign_off=verdict.sign_off, anchor="scope:1", text="Why?", by=acme.sven, at=clock.now())
    with pytest.raises(ActionRefused, match="may sign for Security"):
        actions.sign_verdict(**turn(verdict), by=acme.mara)
    with pytest.raises(ActionRefused, match="waits for signatures"):
        actions.end_adoption(review=verdict.review, by=acme.mara, because="No.", at=clock.now())

    actions.sign_verdict(**turn(verdict), by=acme.sven)
    assert AdoptionReview.objects.get().status == "running"
    actions.sign_verdict(**turn(verdict), by=acme.lea)

    assert AdoptionReview.objects.get().status == "go"
    assert AuditEvent.objects.filter(action="adoption.go").count() == 1
    connection.check_constraints()
    begun(acme, at=clock.now())


def test_what_is_open_is_accepted_one_by_one_and_nothing_new_slips_in(acme: Company) -> None:
    refused = {
        "A reason is missing": partial(proposed, acme, reason=" "),
        "has changed since": partial(proposed, acme, shown_sha256="0" * 64),
        "Say why": partial(proposed, acme, because=" "),
    }
    for why, one in refused.items():
        with pytest.raises(ActionRefused, match=why):
            one()
    assert not AdoptionVerdict.objects.exists()
    assert not SignOff.objects.exists()

    decide(acme, route("team-plan", "TP1"), at=clock.now())
    verdict = proposed(acme)
    assert AcceptedBlocker.objects.count() == len(verdict.sign_off.content["blockers"])
    decision = acme.organization.decisions.get()
    from_now = {"decision": decision, "by": acme.mara, "reason": "A leak.", "at": clock.now(), "is_material": False}
    from_now["decision"].refresh_from_db()
    suspend(**from_now)
    with pytest.raises(ActionRefused, match="Something is open by now"):
        actions.sign_verdict(**turn(verdict), by=acme.sven)
    actions.refuse_verdict(**turn(verdict), by=acme.sven, word="changes_asked", comment="See the leak.")
    assert AdoptionReview.objects.get().status == "running"

    told = Notice.objects.get(rule="verdict-decided")
    assert (told.recipient, told.title) == (acme.mara, "Go: Claude Code: Changes asked for")

    again = proposed(acme, outcome="no_go", reason="")
    back = {"verdict": again, "at": clock.now()}
    for why, said in {
        "Only Mara": {"by": acme.olga, "because": "No."},
        "Say why": {"by": acme.mara, "because": " "},
    }.items():
        with pytest.raises(ActionRefused, match=why):
            actions.withdraw_verdict(**back, **said)
    actions.withdraw_verdict(**back, by=acme.mara, because="One more question.")
    no_go = proposed(acme, outcome="no_go", reason="")
    actions.sign_verdict(**turn(no_go), by=acme.sven)
    actions.sign_verdict(**turn(no_go), by=acme.lea)
    assert AdoptionReview.objects.get().status == "no_go"


def test_no_go_is_signed_on_a_decision_that_is_not_in_force_any_more(acme: Company) -> None:
    old = decide(acme, route("team-plan", "TP1"), at=clock.now())
    verdict = proposed(acme)
    newer = decide(acme, old.route, at=clock.now(), is_material=False)
    assert newer.number == old.number + 1

    with pytest.raises(ActionRefused, match=f"not in force as it was any more: {old.route}"):
        actions.sign_verdict(**turn(verdict), by=acme.sven)
    assert not verdict.sign_off.signatures.exists()


def test_what_was_open_stays_open_on_the_board_of_a_review_that_is_over(acme: Company) -> None:
    actions.end_adoption(review=AdoptionReview.objects.get(), by=acme.mara, because="Anew.", at=clock.now())
    undecided = route("gateway", "GW1")
    review = begun(acme, at=clock.now(), routes=[undecided])
    decide(acme, route("team-plan", "TP1"), at=clock.now())
    board = frozen_board(adoption_reviews(acme.organization).get(pk=review.pk), at=clock.now())
    said = {"because": "It is time.", "accepted": {one.key: "Later." for one in board.blockers}}
    verdict = actions.propose_verdict(
        review=review, outcome="go", by=acme.mara, at=clock.now(), shown_sha256=board.sha256, **said
    )
    is_settled = {key: row.is_settled for key, row in rows(review, at=clock.now()).items()}
    assert f"route:{undecided.pk}" in said["accepted"]

    for signer in (acme.sven, acme.lea):
        actions.sign_verdict(**turn(verdict), by=signer)

    assert AdoptionReview.objects.get(pk=review.pk).status == "go"
    assert {key: row.is_settled for key, row in rows(review, at=clock.now() + DAY).items()} == is_settled


def test_a_colleague_takes_back_what_somebody_proposed_who_manages_no_more(acme: Company) -> None:
    verdict, at = proposed(acme), clock.now()
    period = acme.mara.access_periods.open().get()
    acme.mara.access_periods.open().update(ended_at=at)
    acme.mara.access_periods.create(organization=acme.organization, level="member", started_at=at)
    assert period.level == "manager"

    actions.withdraw_verdict(verdict=verdict, by=acme.olga, because="She leads sales now.", at=clock.now())

    assert AdoptionReview.objects.get().status == "running"


def test_raw_sql_neither_signs_nor_ends_it(acme: Company) -> None:
    verdict = proposed(acme)
    connection.check_constraints()
    tried = {
        "UPDATE reviews_adoptionreview SET status = 'go'": "is signed",
        "UPDATE reviews_adoptionverdict SET outcome = 'no_go'": "append-only",
        "UPDATE governance_signoff SET outcome = 'approved', closed_at = now()": "every stage is signed",
        "INSERT INTO reviews_adoptionverdict (organization_id, review_id, outcome, because_id, sign_off_id)"
        " SELECT organization_id, review_id, 'no_go', because_id, sign_off_id FROM reviews_adoptionverdict": "one verdict",
    }
    for sql, match in tried.items():
        with pytest.raises(IntegrityError, match=match), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    actions.sign_verdict(**turn(verdict), by=acme.sven)
    with pytest.raises(IntegrityError, match="what was signed"), transaction.atomic():
        sign = turn(verdict)
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO governance_signature (organization_id, sign_off_id, stage_id, user_id, membership_id, word, snapshot_id, at)"
                " SELECT organization_id, id, %s, %s, %s, 'signed', snapshot_id, now() FROM governance_signoff",
                [sign["stage"].pk, acme.lea.user_id, acme.lea.pk],
            )
            cursor.execute("UPDATE governance_signoff SET outcome = 'approved', closed_at = now()")
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_pages_lead_from_the_proposal_over_the_signatures_to_the_brief(
    acme: Company, django_assert_max_num_queries
) -> None:
    decide(acme, route("team-plan", "TP1"), at=clock.now(), conditions="No secrets.")
    review = AdoptionReview.objects.get()
    mara = signed_in(acme.mara)
    decides = f"/o/acme/adoption/{review.pk}/decide/"
    with django_assert_max_num_queries(12):
        page = mara.get(decides)
    said = {"outcome": "go", "because": "It is time.", "shown_sha256": page.context["sha256"]}
    assertContains(mara.post(decides, said), "Say why what is open may stay open")
    one = page.context["frozen"].blockers[0].key
    half = mara.post(decides, said | {one: "Soon."}).context["form"].errors
    assert len(half) == len(page.context["frozen"].blockers) - 1
    signs = mara.post(decides, said | {"for_all": "By summer."}).url
    board = f"/o/acme/adoption/{review.pk}/"
    assert mara.get(decides).url == board
    waits = mara.get(board).content.decode()
    assert "waits for signatures" in waits
    assert f"{board}end/" not in waits
    take_back = reverse("reviews:verdict-withdraw", args=["acme", review.verdicts.get().pk])
    assertContains(mara.get(signs), take_back)
    assertNotContains(signed_in(acme.olga).get(signs), take_back)
    assertContains(signed_in(acme.olga).get(take_back), "Only Mara, who proposed it, can take it back.")
    assertContains(mara.post(take_back, {"because": ""}), "This field is required.")
    mara.post(take_back, {"because": "One more look."})
    assertContains(mara.get(board), "One more look.")
    signs = mara.post(decides, said | {"for_all": "By summer."}).url
    sent = {"shown_sha256": turn(review.verdicts.latest("pk"))["shown_sha256"], "comment": "Which summer?"}
    back = {"word": "changes_asked", "password": PASSWORD, "stage": SignOff.objects.latest("pk").stages.first().pk}
    signed_in(acme.sven).post(signs, back | sent)
    with django_assert_max_num_queries(12):
        page = mara.get(board)
    assertContains(page, "Asked for changes, for Security: Sven, ")
    assertContains(page, "Which summer?")
    assertNotContains(mara.get(f"{board}brief/"), "By summer.")  # what was refused is accepted by nobody
    signs = mara.post(decides, said | {"for_all": "By summer."}).url
    question = f"{board}questions/{Item.objects.earliest('pk').pk}/"
    too_late = mara.post(question, {"do": "comment", "text": "Ask the works council."})
    assertContains(too_late, "Ask the works council.")
    assertContains(too_late, "waits for signatures")
    sven = signed_in(acme.sven)
    about = f"decision:{acme.organization.decisions.get().pk}"
    sven.post(
        reverse("governance:sign-off-comment", args=["acme", SignOff.objects.latest("pk").pk]),
        {"about": about, "text": "Until when?"},
    )
    assertContains(mara.get(signs), "Until when?")

    for signer in (acme.sven, acme.lea):
        browser = signed_in(signer)
        assert signs in browser.get("/o/acme/sign-offs/").content.decode()
        with django_assert_max_num_queries(12):
            opened = browser.get(signs)
        assertContains(opened, 'href="#word"')  # below everything that is frozen
        assert opened.content.decode().count("May stay open: By summer.") == len(opened.context["shown"]["open"])
        word = {"word": "signed", "password": PASSWORD, "stage": opened.context["stage"].pk}
        condition = {"text": "Train them.", "keeper": acme.mara.pk, "due_on": "2099-01-31"}
        rows = {f"condition-0-{name}": value for name, value in condition.items()} if signer == acme.sven else {}
        rows |= {"condition-TOTAL_FORMS": 5, "condition-INITIAL_FORMS": 0, "comment": "Read by me."}
        assertNotContains(opened, "condition-0-suspends")
        sent = browser.post(signs, word | rows | {"shown_sha256": opened.context["to_be_signed"].sha256}, follow=True)
    assertContains(sent, "Yours was the last signature: the adoption review has ended with “Go”.")
    assert AdoptionReview.objects.get().status == "go"
    first = Signature.objects.order_by("-pk")[1]
    with django_assert_max_num_queries(12):
        own = sven.get(reverse("governance:signature-detail", args=["acme", first.pk]))
    for part in ("Read by me.", "Train them.", ": By summer.", "1 of 1 route is decided.", "It is time."):
        assertContains(own, part)

    brief, auditor = f"/o/acme/adoption/{review.pk}/brief/", signed_in(acme.ann)
    with django_assert_max_num_queries(12):
        text = auditor.get(brief).content.decode()
    for part in (
        "Acme, as of ",
        "made by Ann",
        "No secrets.",
        "Go, proposed by Mara",
        "Legal: Signed, Lea",
        "of 25 questions",
        "Train them.",
        "<strong>By summer.</strong>",
    ):
        assert part in text


def test_the_brief_says_who_set_a_condition_who_sees_to_it_and_by_when(
    acme: Company, django_assert_max_num_queries
) -> None:
    condition = Condition(text="Sign the agreement.", keeper=acme.mara, due_on=dt.date(2099, 1, 31))
    words = {"conditions": "No secrets.", "signed_with": [condition]}
    decide(acme, route("team-plan", "TP1"), at=clock.now(), **words)

    brief, auditor = f"/o/acme/adoption/{AdoptionReview.objects.get().pk}/brief/", signed_in(acme.ann)
    with django_assert_max_num_queries(12):
        page = auditor.get(brief)

    for part in ("No secrets.", "Security: Sign the agreement.", "Mara sees to it; due", "31 Jan 2099"):
        assertContains(page, part, count=1)


def test_who_gave_their_word_before_reads_what_differs_by_now(acme: Company) -> None:
    verdict = proposed(acme, reason="We know.")
    actions.refuse_verdict(**turn(verdict), by=acme.sven, word="changes_asked", comment="Show the contract.")
    decide(acme, route("team-plan", "TP1"), at=clock.now())
    say(acme, "contract-in-place", Given(links=["https://example.com/contract"]), at=clock.now())

    again = proposed(acme, reason="We know.")

    page = signed_in(acme.sven).get(again.sign_off.get_absolute_url())
    assertContains(page, "What changed since you last gave your word")
    differs = {
        one["label"]: [(piece["kind"], piece["text"]) for piece in one["pieces"]] for one in page.context["differs"]
    }
    item = Item.objects.get(key="contract-in-place")
    contract = differs[next(one["question"] for one in again.sign_off.content["items"] if one["item"] == item.pk)]
    assert [kind for kind, _ in contract] == ["removed", "added"]
    assert contract[0][1].startswith("Open, due")
    assert contract[1][1].startswith("Settled. Answered · Mara, ")
    assert differs["Team-Plan"][0][0] == "added"
    assert not {"Why", "Proposal", "Why what is open may stay open"} & set(differs)

    actions.sign_verdict(**turn(again), by=acme.sven)
    page = signed_in(acme.lea).get(again.sign_off.get_absolute_url())
    assertContains(page, "What changed since somebody last gave their word")
    actions.refuse_verdict(**turn(again), by=acme.lea, word="changes_asked", comment="Once more.")
    third = proposed(acme, outcome="no_go", reason="")
    page = signed_in(acme.lea).get(third.sign_off.get_absolute_url())
    assert {"Proposal", "Why what is open may stay open"} <= {one["label"] for one in page.context["differs"]}


def test_what_changed_names_conditions_gone_answers_given_anew_and_questions_worded_or_kept_otherwise(
    acme: Company, move_clock: Callable[..., None]
) -> None:
    say(acme, "contract-in-place", Given(links=["https://example.com/contract"]), at=clock.now())
    verdict = proposed(acme)
    laid = [Condition("Train them first.", acme.mara, dt.date(2099, 1, 31))]
    actions.sign_verdict(**turn(verdict), by=acme.sven, conditions=laid)
    handed_on = Signature.objects.get().onward_snapshot.sha256
    word = {**turn(verdict), "shown_sha256": handed_on, "word": "changes_asked", "comment": "Look again."}
    actions.refuse_verdict(**word, by=acme.lea)

    move_clock(minutes=2)
    say(acme, "contract-in-place", Given(links=["https://example.com/another"]), at=clock.now())
    board = rows(verdict.review, at=clock.now())
    kept = next(row for row in board.values() if row.reason and not row.answers_itself and not row.group_id)
    actions.keep_item(
        review=verdict.review,
        item=Item.objects.get(pk=kept.item_id),
        by=acme.mara,
        at=clock.now(),
        group=acme.organization.sign_off_groups.get(key="legal"),
    )
    again = proposed(acme)
    actions.sign_verdict(**turn(again), by=acme.sven)

    page = signed_in(acme.lea).get(again.sign_off.get_absolute_url())
    differs = {
        one["label"]: [(piece["kind"], piece["text"]) for piece in one["pieces"]] for one in page.context["differs"]
    }
    assert differs.pop("Conditions of signatures") == [("removed", "Train them first.")]
    assert set(differs) == {board["contract-in-place"].question, kept.question}
