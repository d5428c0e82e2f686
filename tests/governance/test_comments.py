"""Comments beside a line, for whoever reads it; notes for one group, on no page of anybody else's."""

import json

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from audit.models import AuditEvent, Snapshot
from governance import actions
from governance.models import SignOffComment
from notifications.models import Notice, OutgoingMail
from operations.errors import ActionRefused
from tests.cast import signed_in
from tests.governance.factories import THEN, submitted, turn
from tests.governance.views.test_sign_off_pages import page_of
from tests.test_url_walk import ADDRESSES, url_of
from tests.world import NOTE, build


def said_on(decision, **about):
    return reverse("governance:sign-off-comment", args=[decision.organization.slug, decision.sign_off_id]) + (
        f"?about={about['about']}" if about else ""
    )


def test_comment_is_said_beside_its_line_told_and_answered(company):
    decision = submitted(company)
    sven, mara = signed_in(company.sven), signed_in(company.mara)

    assertContains(sven.get(page_of(decision)), said_on(decision, about="conditions"))
    assertContains(sven.get(said_on(decision, about="conditions")), "Conditions")
    assertContains(sven.get(said_on(decision, about="scope:1")), "For whom and what")
    assertContains(sven.get(said_on(decision, about="conditions")), "A note of your group")
    assertNotContains(mara.get(said_on(decision, about="conditions")), "A note of your group")
    told = sven.post(said_on(decision), {"about": "conditions", "text": "Which customers?"})
    mara.post(said_on(decision), {"about": "conditions", "text": "None at all."})

    assert told.url == f"{page_of(decision)}#conditions"
    page = sven.get(page_of(decision))
    [talk] = [page.context["shown"]["talk"]["conditions"]]
    assert [str(one.text) for one in talk["comments"]] == ["Which customers?", "None at all."]
    assertContains(page, "Which customers?")
    notices = Notice.objects.filter(rule="sign-off-commented").order_by("pk")
    assert [(one.recipient, one.title) for one in notices] == [
        (company.mara, f"Sven commented on {company.route}"),
        (company.sven, f"Mara commented on {company.route}"),
    ]
    assert {one.needs for one in notices} == {"sign-off.view"}
    events = AuditEvent.objects.filter(action="sign-off.commented")
    assert [json.loads(event.data)["text"] for event in events] == [str(row.text.sha256) for row in talk["comments"]]


def test_what_is_decided_is_read_and_no_longer_commented_on(company):
    decision = submitted(company)
    actions.comment(sign_off=decision.sign_off, anchor="why", text="Why them?", by=company.sven, at=THEN)
    actions.reject(**turn(decision), by=company.sven, comment="No.", at=THEN)
    sven = signed_in(company.sven)

    page = sven.post(said_on(decision), {"about": "why", "text": "And another thing."})

    assertContains(page, "comment on the next revision")
    assertContains(sven.get(page_of(decision)), "Why them?")
    assert SignOffComment.objects.count() == 1


def nothing(company):
    return {"text": " "}


def nowhere(company):
    return {"anchor": "fact:of-somebody-else"}


def for_others(company):
    return {"group": company.legal}


@pytest.mark.parametrize("wrong", [nothing, nowhere, for_others])
def test_what_says_nothing_stands_nowhere_or_is_for_others_is_refused(company, wrong):
    said = {"anchor": "why", "text": "Between us.", "by": company.sven, "at": THEN, **wrong(company)}

    with pytest.raises(ActionRefused):
        actions.comment(sign_off=submitted(company).sign_off, **said)
    assert not SignOffComment.objects.exists()


def test_note_is_written_on_the_page_and_told_to_nobody(company):
    decision = submitted(company)
    note = {"about": "why", "text": "Between us.", "group": company.security.pk}

    signed_in(company.sven).post(said_on(decision), note)

    assertContains(signed_in(company.sven).get(page_of(decision)), "read by Security only")
    assertNotContains(signed_in(company.lena).get(page_of(decision)), "Between us.")
    assert not Notice.objects.filter(rule="sign-off-commented").exists()


@pytest.mark.django_db
def test_note_stands_on_no_page_of_anybody_else():
    """Nobody reads more than an owner, but for what is signed: there others of Legal look, from the house and from outside."""
    world = build()
    acme = world.acme
    own = ("governance:sign-off-sign", "governance:sign-off-comment")
    about = {"governance:sign-off-comment": "?about=why"}
    everything = [address for address in ADDRESSES if address.is_of_an_organization]
    signing = [address for address in everything if address.name.startswith(("governance:", "home:"))]

    def reads(browser, address):
        page = browser.get(url_of(address, world) + about.get(address.name, ""))
        content = b"".join(page.streaming_content) if page.streaming else page.content
        return NOTE.encode() in content

    assert [reads(signed_in(acme.sven), one) for one in signing if one.name in own] == [True, True]
    for who, where in ((acme.olga, everything), (acme.lea, signing), (world.counsel, signing)):
        browser = signed_in(who)
        assert [one.name for one in where if reads(browser, one)] == [], who
    assert not Snapshot.objects.filter(content__contains=NOTE).exists()
    assert not AuditEvent.objects.filter(data__contains=NOTE).exists()
    assert not OutgoingMail.objects.filter(text__contains=NOTE).exists()


@pytest.mark.parametrize("about", ["no\0line", "nothing"])
def test_about_what_is_no_line_of_it_nothing_is_said(company, about):
    decision = submitted(company)
    sven = signed_in(company.sven)

    page = sven.get(said_on(decision), {"about": about})
    refused = sven.post(said_on(decision), {"about": about, "text": "Of what?"})

    assert page.context["comments"] == refused.context["comments"] == []
    assertContains(refused, "Of what?")
    assert not SignOffComment.objects.exists()
