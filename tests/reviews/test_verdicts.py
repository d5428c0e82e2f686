"""An adoption review ends in a go or no-go: what is frozen, who signs, what is open and accepted, and nothing else ends it so."""

import datetime as dt
import json
from functools import partial

import pytest
from django.db import IntegrityError, connection, transaction

from audit.models import AuditEvent
from checklists.actions import Given
from governance.actions import suspend
from governance.models import SignOff
from governance.queries.sign_offs import stage_in_turn
from operations import clock
from operations.errors import ActionRefused
from reviews import actions
from reviews.models import AcceptedBlocker, AdoptionReview, AdoptionVerdict
from reviews.queries.adoption import adoption_reviews
from reviews.queries.verdicts import frozen_board
from tests.cast import PASSWORD, Company, company, signed_in
from tests.checklists.steps import decide, route
from tests.reviews.test_adoption import begun, say

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

    again = proposed(acme, outcome="no_go", reason="")
    actions.withdraw_verdict(verdict=again, by=acme.mara, at=clock.now())
    no_go = proposed(acme, outcome="no_go", reason="")
    actions.sign_verdict(**turn(no_go), by=acme.sven)
    actions.sign_verdict(**turn(no_go), by=acme.lea)
    assert AdoptionReview.objects.get().status == "no_go"


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
    assert "A reason is missing for" in mara.post(decides, said).content.decode()
    signs = mara.post(decides, said | {"for_all": "By summer."}).url
    assert mara.get(decides).url == f"/o/acme/adoption/{review.pk}/"
    assert "waits for signatures" in mara.get(f"/o/acme/adoption/{review.pk}/").content.decode()

    for signer in (acme.sven, acme.lea):
        browser = signed_in(signer)
        assert signs in browser.get("/o/acme/sign-offs/").content.decode()
        with django_assert_max_num_queries(12):
            opened = browser.get(signs)
        assert opened.content.decode().count(": By summer.") == len(opened.context["accepted"])
        word = {"word": "signed", "password": PASSWORD, "stage": opened.context["stage"].pk}
        browser.post(signs, word | {"shown_sha256": opened.context["to_be_signed"].sha256})
    assert AdoptionReview.objects.get().status == "go"

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
    ):
        assert part in text
