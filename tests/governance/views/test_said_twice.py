"""A word sent twice, as by a double click: taken once, answered twice, and nobody is said to have been refused."""

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains

from audit.models import AuditEvent
from governance import actions
from governance.models import Signature
from tests.cast import signed_in
from tests.governance import test_conditions as conditions
from tests.governance.factories import THEN, submitted, turn
from tests.governance.views.test_sign_off_list import inbox
from tests.governance.views.test_sign_off_pages import page_of, word


@pytest.mark.parametrize(
    ("said", "typed", "told"),
    [
        ("signed", {}, "Signed. It waits for Legal now (Lena)"),
        ("rejected", {"comment": "No."}, "Rejected, with your reason."),
        ("changes_asked", {"comment": "Shorter."}, "Sent back with your comment."),
    ],
)
def test_word_sent_twice_is_answered_twice_and_taken_once(company, said, typed, told):
    decision = submitted(company)
    sven = signed_in(company.sven)
    form = word(sven.get(page_of(decision)), said, **typed)
    sven.post(page_of(decision), form, follow=True)

    page = sven.post(page_of(decision), form, follow=True)

    assert page.redirect_chain == [(inbox(company), 302)]
    assertContains(page, told)
    assert Signature.objects.count() == 1
    assert not AuditEvent.objects.filter(action="sign-off.refused").exists()


def test_signature_sent_again_after_others_have_said_more_is_recorded_and_no_more(company):
    decision = submitted(company)
    sven = signed_in(company.sven)
    form = word(sven.get(page_of(decision)), "signed")
    sven.post(page_of(decision), form, follow=True)
    actions.reject(**turn(decision), by=company.lena, comment="No.", at=THEN)

    page = sven.post(page_of(decision), form, follow=True)

    assertContains(page, "Your signature is recorded.")


def test_another_word_on_the_same_stage_is_refused_and_logged(company):
    decision = submitted(company)
    sven = signed_in(company.sven)
    form = word(sven.get(page_of(decision)), "rejected", comment="No.")
    sven.post(page_of(decision), form)

    page = sven.post(page_of(decision), form | {"comment": "No, because it trains."})

    assertContains(page, "No, because it trains.")
    assert AuditEvent.objects.filter(action="sign-off.refused").count() == 1


def test_signature_stands_with_its_comment_and_another_condition_sent_after_it_stays_in_sight(company):
    decision = submitted(company)
    sven = signed_in(company.sven)
    form = conditions.word(sven.get(page_of(decision)), conditions.row(company), comment="I read it twice.")
    sven.post(page_of(decision), form)
    sven.post(page_of(decision), form)
    assert not AuditEvent.objects.filter(action="sign-off.refused").exists()

    late = sven.post(page_of(decision), form | conditions.row(company, text="Pay by card."))

    assertContains(late, "Nothing of it was saved.")
    assertContains(late, "Pay by card.")
    assert AuditEvent.objects.filter(action="sign-off.refused").count() == 1
    said = Signature.objects.get()
    assert str(said.comment) == "I read it twice."
    own = sven.get(reverse("governance:signature-detail", args=[company.organization.slug, said.pk]))
    assertContains(own, "agrees to it for Security under the conditions named here")
    for page in (own, signed_in(company.lena).get(page_of(decision)), signed_in(company.mara).get(page_of(decision))):
        assertContains(page, "I read it twice.")
