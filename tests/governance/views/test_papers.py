"""The papers that a decision rests on: how they stand, who opens them, and that they are signed with the rest."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django.asserts import assertContains, assertNotContains

from catalog.models import Fact
from governance import actions
from governance.models import Agreement, Signature
from operations import clock
from operations.errors import ActionRefused
from tests.cast import signed_in
from tests.governance.factories import THEN, address, draft, make_member, noted, sealed, turn

TODAY = clock.today("Europe/Berlin")
SOON = TODAY + dt.timedelta(days=2)  # also where the day ends while the tests run
PDF = b"%PDF-1.4 a letter"


def test_papers_say_how_they_stand_and_are_signed_with_the_rest(company):
    decision, mara = draft(company), signed_in(company.mara)
    papers = address(company, "agreement-list", company.route.pk)
    note = address(company, "agreement-note", company.route.pk, "processing")
    assertContains(mara.get(papers), "Missing", count=6)
    assertContains(mara.get(note), "Lena")
    assertNotContains(
        mara.get(note), "Otto"
    )  # who neither manages nor signs is no choice: of them there may be 100,000
    lacking = mara.post(note, {"state": "have", "parties": "Vendor Ltd with House GmbH"})
    for sentence in ("Say of which day it is.", "Add the paper itself", "Say who holds it."):
        assertContains(lacking, sentence)
    assertContains(mara.post(note, {"state": "not_needed"}), "Say why it is not needed.")
    have = {
        "state": "have",
        "parties": "Vendor Ltd with House GmbH",
        "dated_on": "2026-03-01",
        "holder": company.lena.pk,
    }
    assert (
        mara.post(note, {**have, "upload": SimpleUploadedFile("dpa.pdf", PDF), "expires_on": "2099-01-01"}).url
        == papers
    )
    report = address(company, "agreement-note", company.route.pk, "assurance")
    mara.post(
        report,
        {
            **have,
            "title": "SOC 2",
            "covers_from": "2025-01-01",
            "covers_until": "2025-12-31",
            "link": "https://vendor.example/soc2",
        },
    )

    page = mara.get(papers)
    for words in (
        "held by Lena",
        "Vendor Ltd with House GmbH",
        "covers 1 Jan 2025 to 31 Dec 2025",
        "runs out on 1 Jan 2099",
    ):
        assertContains(page, words)
    file = signed_in(company.sven).get(
        address(company, "paper-open", Agreement.objects.get(kind="processing").paper_id)
    )
    assert (b"".join(file.streaming_content), file["X-Content-Type-Options"]) == (PDF, "nosniff")
    assert (
        signed_in(company.otto).get(address(company, "paper-open", Agreement.objects.first().paper_id)).status_code
        == 403
    )
    assertContains(mara.get(note), "what is there stays: dpa.pdf")
    mara.post(note, {**have, "expires_on": "2098-01-01"})
    assert Agreement.objects.filter(kind="processing").count() == 2

    actions.submit(decision=decision, by=company.mara, at=clock.now(), **sealed(decision))
    content = turn(decision)["sign_off"].content
    assert [(one["kind"], one["state"], one["expires_on"]) for one in content["agreements"]] == [
        ("processing", "have", "2098-01-01"),
        ("assurance", "have", None),
    ]
    assertContains(
        signed_in(company.sven).get(address(company, "sign-off-sign", turn(decision)["sign_off"].pk)), "held by Lena"
    )


def test_a_paper_that_has_run_out_is_named_before_it_is_submitted_and_to_whoever_signs(company):
    decision, mara = draft(company), signed_in(company.mara)
    runs_out = THEN.date() + dt.timedelta(days=3)
    noted(company, at=THEN, expires_on=runs_out)
    with pytest.raises(ActionRefused, match="run out by then"):
        noted(company, at=clock.now(), expires_on=TODAY - dt.timedelta(days=1))
    assertContains(mara.get(address(company, "decision-submit", decision.pk)), "Processing agreement: it has run out.")
    with pytest.raises(ActionRefused, match="it has run out"):
        actions.submit(decision=decision, by=company.mara, at=clock.now(), **sealed(decision))

    actions.submit(decision=decision, by=company.mara, at=THEN, **sealed(decision))
    page = signed_in(company.sven).get(address(company, "sign-off-sign", turn(decision)["sign_off"].pk))
    assertContains(page, "Processing agreement: Has run out")


def test_papers_are_opened_by_who_signs_on_them_and_hidden_from_who_may_not(company):
    cleo = make_member(company.organization, "Cleo", level="guest", groups=(company.legal,))
    decision = draft(company)
    upload = SimpleUploadedFile("dpa.pdf", PDF)
    paper = address(company, "paper-open", noted(company, at=THEN, link="", upload=upload).paper_id)
    other = address(company, "paper-open", noted(company, at=THEN, kind="contract").paper_id)
    assert signed_in(cleo).get(paper).status_code == 403
    letter = {"kind": "in_writing", "text": "30 days.", "link": "https://acme.example/letter"}
    actions.say(fact=Fact.objects.first(), expires_on=SOON, by=company.mara, at=THEN, **letter)

    actions.submit(decision=decision, by=company.mara, at=THEN, **sealed(decision))
    noted(company, at=THEN, kind="assessment", link="", upload=SimpleUploadedFile("later.pdf", PDF))
    assert signed_in(cleo).get(paper).status_code == 200
    assert signed_in(cleo).get(other).status_code == 404, "a link has no file"
    later = address(company, "paper-open", Agreement.objects.latest("pk").paper_id)
    assert signed_in(cleo).get(later).status_code == 403, "not what they are asked to sign"

    actions.sign(**turn(decision), by=company.sven, at=THEN)
    actions.sign(**turn(decision), by=cleo, at=THEN)
    signature = Signature.objects.first()
    pages = [address(company, "decision-detail", decision.pk), address(company, "signature-detail", signature.pk)]
    whereabouts = ("held by Lena", paper, "https://acme.example/dpa")
    for reader, is_shown in ((company.sven, True), (company.otto, False)):
        for one in pages:
            page = signed_in(reader).get(one).content.decode()
            assert "Processing agreement" in page
            assert "30 days." in page
            assert {words: words in page for words in whereabouts} == dict.fromkeys(whereabouts, is_shown)
        assert signature.snapshot.sha256 in page
        assert ("https://acme.example/letter" in page) is is_shown
        assert ("The very bytes" in page) is is_shown
    assertContains(signed_in(cleo).get(pages[1]), "The very bytes")
