"""A sign-off knows no subject: something that is no decision is submitted, signed in turn, and refused like one."""

import datetime as dt

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains

from audit.actions import keep_snapshot
from governance.actions import sign_offs
from governance.models import Signature, SignOff
from governance.queries.inbox import inbox_of
from governance.queries.sign_offs import plan_for, stage_in_turn, waiting_for
from notifications.models import Notice
from operations.errors import ActionRefused
from tests.cast import signed_in
from tests.governance.factories import THEN, join_group, make_member


@pytest.fixture
def letter(company, settings):
    """A letter, written by Mara and edited by Sara of Legal, waits for Security and Legal."""
    settings.SIGN_OFF_PAGES = {**settings.SIGN_OFF_PAGES, "letter": "governance:route-detail"}
    sara = make_member(company.organization, "Sara", groups=(company.legal,))
    organization = company.organization
    plan = plan_for(organization, by=company.mara, proposed_by=company.mara.user_id, editors=[sara.user_id])
    content = {"kind": "letter", "title": "To the board", "code": "LB", "language": "en"}
    snapshot = keep_snapshot(content, organization_id=organization.pk, bases={}, at=THEN)
    sign_off = sign_offs.open_sign_off(
        organization=organization, snapshot=snapshot, plan=plan, by=company.mara, at=THEN
    )
    return sign_off, sara


def say(sign_off, by, word=Signature.Word.SIGNED, stage=None):
    sign_off = sign_offs.lock_sign_off(sign_off)
    stage = stage or stage_in_turn(sign_off)
    sign_offs.say(sign_off=sign_off, stage=stage, by=by, word=word, shown_sha256=sign_off.snapshot.sha256, at=THEN)
    return sign_off


def test_it_waits_is_listed_told_and_signed_like_a_decision(company, letter):
    sign_off, _sara = letter

    assert [stage.name for stage in waiting_for(company.sven.user, organization=company.organization)] == ["Security"]
    [mine] = inbox_of(company.sven.user_id, company.organization).mine
    assert (mine.title, mine.code) == ("To the board", "LB")
    own_page = reverse("governance:route-detail", args=[company.organization.slug, sign_off.pk])
    assert mine.get_absolute_url() == own_page
    browser = signed_in(company.sven)
    for name in ("governance:sign-off-list", "home:organization"):
        assertContains(browser.get(reverse(name, args=[company.organization.slug])), own_page)
    told = Notice.objects.get(rule="sign-off-turn")
    assert (told.title, told.recipient) == ("To the board waits for your signature", company.sven)
    assert browser.get(told.link).url == own_page

    assert say(sign_off, company.sven).outcome == SignOff.Outcome.PENDING
    assert Notice.objects.get(rule="sign-off-turn", withdrawn_at=None).recipient == company.lena
    assert say(sign_off, company.lena).outcome == SignOff.Outcome.APPROVED
    assert not Notice.objects.filter(rule="sign-off-turn", withdrawn_at=None).exists()


def test_nobody_signs_what_they_wrote_whatever_it_is(company, letter):
    sign_off, sara = letter
    join_group(company.mara, company.security)

    for by, stage in ((company.mara, 1), (sara, 2), (company.otto, 1)):
        with pytest.raises(ActionRefused):
            say(sign_off, by, stage=sign_off.stages.get(position=stage))
    assert not Signature.objects.exists()


def test_a_refusal_closes_it_and_tells_nobody_any_more(company, letter):
    sign_off, _sara = letter
    stage = sign_off.stages.get(position=1)
    whose = {"sign_off": sign_off, "stage": stage, "by": company.sven, "at": THEN + dt.timedelta(hours=1)}
    comment = sign_offs.keep_text("No.", organization_id=company.organization.pk)
    locked = sign_offs.lock_sign_off(sign_off)

    sign_offs.say(
        **{**whose, "sign_off": locked},
        word=Signature.Word.REJECTED,
        shown_sha256=locked.snapshot.sha256,
        comment=comment,
    )

    assert SignOff.objects.get().outcome == SignOff.Outcome.REJECTED
    assert not Notice.objects.filter(withdrawn_at=None).exists()
