"""A review that finds a change: it leads into the draft, stays open until that is decided, and is closed by it."""

import datetime as dt

import pytest

from audit.models import Reopening
from checklists import actions as checklists
from checklists.models import Checklist, ChecklistVersion
from governance import actions as governance
from governance.models import RouteDecision
from governance.queries.sign_offs import stage_in_turn
from governance.queries.submissions import frozen_content
from home.queries.frame import frame_of
from notifications import digest
from notifications.models import Notice, OutgoingMail
from operations.errors import ActionRefused
from reviews import actions, notices
from reviews.models import Review, ReviewSchedule
from tests.cast import EPOCH, Company, company, signed_in
from tests.checklists import steps
from tests.governance.factories import shown

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
NOW = EPOCH + dt.timedelta(days=182)
Status = RouteDecision.Status


@pytest.fixture
def acme(db: None) -> Company:
    """Acme, where everybody has answered under one decision, whose review has fallen due."""
    made = company()
    steps.decide(made, steps.route("team-plan", "TP1"))
    privacy = steps.checklist(made, "privacy", ["Account?"], rests_on_decisions=True)
    checklists.assign(checklist=privacy, by=made.mara, at=EPOCH)
    steps.answer_everything(made.dev, at=steps.LATER)
    actions.schedule_new()
    actions.open_due(at=NOW)
    return made


@pytest.fixture
def review(acme: Company) -> Review:
    return Review.objects.get(decision__isnull=False)


@pytest.fixture
def of_checklist(acme: Company) -> Review:
    return Review.objects.get(checklist__isnull=False)


def found(review: Review, acme: Company, outcome: str = "material") -> RouteDecision | ChecklistVersion:
    return actions.find_change(
        review=review, by=acme.mara, outcome=outcome, because="The vendor trains on it now.", at=NOW
    )


def submitted(draft: RouteDecision, acme: Company) -> RouteDecision:
    draft = governance.edit(decision=draft, by=acme.mara, at=NOW, conditions="No customer data.")
    return governance.submit(decision=draft, by=acme.mara, shown_sha256=shown(draft), at=NOW)


def said(decision: RouteDecision, by: object, say: object = governance.sign, **words: object) -> None:
    sign_off = decision.sign_off
    say(
        sign_off=sign_off,
        stage=stage_in_turn(sign_off),
        by=by,
        shown_sha256=sign_off.snapshot.sha256,
        at=NOW + DAY,
        **words,
    )


def signed_twice(decision: RouteDecision, acme: Company) -> None:
    said(decision, acme.sven)
    said(decision, acme.lea)


def swept(review: Review) -> Review:
    actions.close_ended(at=NOW + 2 * DAY)
    actions.open_due(at=NOW + 2 * DAY)
    review.refresh_from_db()
    return review


def page_of(review: Review, acme: Company) -> str:
    url = f"/o/acme/reviews/{review.pk}/"
    return signed_in(acme.mara).get(url).content.decode()


def test_a_change_that_matters_asks_again_once_it_is_signed_and_closes_the_review(acme, review) -> None:
    draft = found(review, acme)
    assert not Reopening.objects.exists()
    assert steps.reasons(acme.dev, at=NOW) == {"Account?": ""}
    assert swept(review).closed_at is None

    signed_twice(submitted(draft, acme), acme)

    assert steps.reasons(acme.dev, at=NOW + 2 * DAY) == {"Account?": "reopened"}
    assert steps.reasons(acme.mia, at=NOW + 2 * DAY) == {"Account?": "unanswered"}
    assert swept(review).outcome == "material"
    assert review.because.body == "The vendor trains on it now."


def test_a_change_that_matters_to_nobody_asks_nobody_again(acme, review) -> None:
    draft = found(review, acme, "editorial")
    assert not draft.is_material

    signed_twice(submitted(draft, acme), acme)

    assert not Reopening.objects.exists()
    assert swept(review).outcome == "editorial"


def test_the_review_is_closed_as_the_change_was_signed_not_as_it_was_found(acme, review) -> None:
    draft = governance.edit(decision=found(review, acme), by=acme.mara, at=NOW, is_material=False)

    signed_twice(submitted(draft, acme), acme)

    assert swept(review).outcome == "editorial"


def test_the_draft_begins_with_the_words_that_hold(acme, review) -> None:
    draft = found(review, acme)

    assert (draft.status, draft.number, draft.is_material) == (Status.DRAFT, 2, True)
    assert frozen_content(draft)[0]["changes"] == []


def test_a_revision_that_is_being_prepared_is_gone_on_with_and_left_as_it_is(acme, review) -> None:
    begun = governance.propose(route=review.decision.route, by=acme.olga, at=NOW)

    assert found(review, acme, "editorial") == begun
    begun.refresh_from_db()
    assert begun.is_material


def test_the_keeper_is_reminded_while_it_waits_and_not_once_it_is_signed(acme, review) -> None:
    decision = submitted(found(review, acme), acme)
    notices.tell_due(acme.organization, at=NOW + DAY)
    notice = Notice.objects.get(subject_key=f"review:{review.pk}")
    assert (notice.recipient, notice.body) == (
        acme.mara,
        "It was found that it has to change. The review stays open until that is decided.",
    )

    signed_twice(decision, acme)
    swept(review)

    notice.refresh_from_db()
    assert notice.withdrawn_at is not None


def test_who_waits_for_a_change_is_not_asked_in_the_mail_and_not_counted(acme, review, of_checklist) -> None:
    for one in (review, of_checklist):
        assert frame_of(acme.mara, at=NOW).waiting.reviews == 1 + (one == review)
        notices.tell_due(acme.organization, at=NOW)
        found(one, acme)
        notices.tell_due(acme.organization, at=NOW)

    digest.write_mail(at=NOW + DAY)

    assert frame_of(acme.mara, at=NOW).waiting.reviews == 0
    mail = OutgoingMail.objects.filter(notices__rule="review-due").distinct().get()
    assert "Does it still hold?" not in mail.text
    assert mail.text.count("It was found that it has to change.") == 2


def withdraw(decision: RouteDecision, acme: Company) -> None:
    governance.withdraw(decision=decision, by=acme.mara, at=NOW + DAY)


def reject(decision: RouteDecision, acme: Company) -> None:
    said(submitted(decision, acme), acme.sven, governance.reject, comment="No.")


@pytest.mark.parametrize("end", [withdraw, reject])
def test_the_keeper_is_asked_again_where_nothing_comes_of_the_change(acme, review, end) -> None:
    draft = found(review, acme)
    assert "Record what you found" not in page_of(review, acme)

    end(draft, acme)

    assert swept(review).closed_at is None
    page = page_of(review, acme)
    assert "nothing came of that" in page
    assert "Record what you found" in page
    notices.tell_due(acme.organization, at=NOW + 2 * DAY)
    assert Notice.objects.get(subject_key=f"review:{review.pk}").body.startswith("Does it still hold?")
    assert frame_of(acme.mara, at=NOW + 2 * DAY).waiting.reviews == 2
    actions.close(review=review, by=acme.mara, because="It holds after all.", at=NOW + 2 * DAY)
    assert swept(review).outcome == "holds"
    assert "The vendor trains on it now." in page_of(review, acme)


def test_it_waits_on_where_changes_are_asked_for(acme, review) -> None:
    said(submitted(found(review, acme), acme), acme.sven, governance.ask_for_changes, comment="Shorter.")

    page = page_of(review, acme)

    assert "Open revision 3" in page
    assert "Record what you found" not in page


def test_nothing_is_said_twice_while_it_waits(acme, review) -> None:
    found(review, acme)

    with pytest.raises(ActionRefused, match="being prepared already"):
        found(review, acme)
    with pytest.raises(ActionRefused, match="being prepared already"):
        actions.close(review=review, by=acme.mara, because="It holds.", at=NOW)

    assert review.findings.count() == 1


def test_a_decision_that_is_ended_instead_ends_its_review(acme, review) -> None:
    found(review, acme)
    governance.retire(decision=review.decision, by=acme.mara, reason="Too much.", at=NOW, is_material=False)

    assert swept(review).outcome == "ended"


def test_a_new_revision_of_which_nobody_found_anything_ends_the_review(acme, review) -> None:
    steps.decide(acme, review.decision.route, at=NOW)

    assert swept(review).outcome == "ended"


@pytest.mark.parametrize("outcome", ["material", "editorial"])
def test_a_checklist_is_changed_by_its_draft_and_publishing_closes_the_review(acme, of_checklist, outcome) -> None:
    draft = found(of_checklist, acme)
    assert "Open the draft" in page_of(of_checklist, acme)
    listed = draft.listed_items.get()
    checklists.edit_item(listed=listed, by=acme.mara, at=NOW, question="Which account?")
    assert swept(of_checklist).closed_at is None

    editorial = {listed.item_id} if outcome == "editorial" else set()
    checklists.publish(version=draft, by=acme.mara, at=NOW + DAY, editorial=editorial)

    assert set(steps.reasons(acme.dev, at=NOW + 2 * DAY).values()) == {"reopened" if outcome == "material" else ""}
    assert swept(of_checklist).outcome == outcome
    next_on = ReviewSchedule.objects.get(checklist=of_checklist.checklist).next_on
    assert next_on == dt.date(2027, 1, 8)


def test_a_draft_whose_publishing_began_before_the_keepers_word_and_was_done_after_closes_it(
    acme, of_checklist
) -> None:
    draft = found(of_checklist, acme)

    checklists.publish(version=draft, by=acme.olga, at=NOW - dt.timedelta(seconds=1), editorial=set())

    assert swept(of_checklist).outcome == "editorial"


def test_the_keeper_is_asked_again_where_the_draft_of_a_checklist_is_discarded(acme, of_checklist) -> None:
    draft = found(of_checklist, acme)

    checklists.discard_draft(version=draft, by=acme.mara, at=NOW)

    assert swept(of_checklist).closed_at is None
    page = page_of(of_checklist, acme)
    assert "nothing came of that" in page
    assert "Record what you found" in page


def test_an_archived_checklist_ends_its_review(acme, of_checklist) -> None:
    found(of_checklist, acme)
    checklists.archive(checklist=Checklist.objects.get(), by=acme.mara, at=NOW)

    assert swept(of_checklist).outcome == "ended"


def test_the_page_leads_into_the_draft_and_then_says_what_it_waits_for(acme, review) -> None:
    client = signed_in(acme.mara)
    said = {"outcome": "material", "because": "The vendor trains on it now."}

    response = client.post(f"/o/acme/reviews/{review.pk}/", said)

    draft = RouteDecision.objects.get(status=Status.DRAFT)
    assert response.headers["Location"] == f"/o/acme/decisions/{draft.pk}/edit/"
    assert "The vendor trains on it now." in page_of(review, acme)
    assert "waits for the change" in client.get("/o/acme/reviews/").content.decode()


def test_what_was_typed_too_late_stays_in_sight(acme, review) -> None:
    found(review, acme)

    page = signed_in(acme.olga).post(
        f"/o/acme/reviews/{review.pk}/", {"outcome": "holds", "because": "I looked: all the same."}
    )

    assert "being prepared already" in page.content.decode()
    assert "I looked: all the same." in page.content.decode()


@pytest.mark.parametrize(
    ("was_material", "outcome", "becomes"),
    [(False, "material", True), (True, "editorial", True), (False, "editorial", False)],
)
def test_a_finding_that_matters_makes_a_begun_draft_ask_again_and_no_finding_silences_it(
    acme, review, was_material, outcome, becomes
) -> None:
    begun = governance.propose(route=review.decision.route, by=acme.olga, at=NOW)
    governance.edit(decision=begun, by=acme.olga, at=NOW, is_material=was_material)

    assert found(review, acme, outcome) == begun

    begun.refresh_from_db()
    assert begun.is_material is becomes
