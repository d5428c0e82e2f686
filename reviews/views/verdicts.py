"""Go or no-go: the page that proposes it, the one on which it is signed, and the brief for the board."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.decorators import require
from accounts.http import OrganizationRequest
from accounts.models import Membership
from accounts.rights import Right
from governance.forms import WordForm
from governance.models import Signature, SignOff
from governance.queries.sign_offs import plan_for
from governance.views.signing import after_word_url, give_word, invite_url, opened
from operations import clock
from operations.errors import ActionRefused
from reviews import actions
from reviews.forms.verdicts import VerdictForm, WithdrawVerdictForm
from reviews.models import AdoptionVerdict
from reviews.queries.adoption import adoption_reviews
from reviews.queries.brief import brief_of
from reviews.queries.comparing import verdict_changed
from reviews.queries.showing import known_in, verdict_shown, with_comments
from reviews.queries.verdicts import frozen_board, last_word_before, obstacle_to_withdrawal, with_reasons


@require_http_methods(["GET", "HEAD", "POST"])
@require(Right.ADOPTION_RUN)
def verdict_propose(request: OrganizationRequest, pk: int) -> HttpResponse:
    """What would be frozen, what blocks, who signs; then go or no-go."""
    review = get_object_or_404(adoption_reviews(request.organization), pk=pk)
    if not review.is_running or vars(review)["pending_id"]:
        return redirect("reviews:adoption-board", request.organization.slug, pk)
    at = clock.now()
    frozen = frozen_board(review, at=at)
    form = VerdictForm(request.POST or None, blockers=frozen.blockers, initial={"shown_sha256": frozen.sha256})
    if form.is_valid():
        try:
            verdict = actions.propose_verdict(review=review, by=request.membership, at=at, **form.said())
        except ActionRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Submitted. Those who sign have been told."))
            return redirect(verdict.sign_off)
    plan = plan_for(request.organization, by=request.membership, proposed_by=request.user.pk, editors=())
    context = {
        "review": review,
        "frozen": frozen,
        "form": form,
        "plan": plan,
        "invite_url": invite_url(request, plan),
        "sha256": frozen.sha256,
    }
    return render(request, "reviews/verdict_propose.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Right.ADOPTION_RUN)
def verdict_withdraw(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Take back what waits for signatures: what will happen, why, and then it is so."""
    verdicts = AdoptionVerdict.objects.select_related("sign_off__submitted_by")
    verdict = get_object_or_404(verdicts, pk=pk, organization=request.organization)
    verdict.sign_off.organization = request.organization
    form = WithdrawVerdictForm(request.POST or None)
    if form.is_valid():
        try:
            actions.withdraw_verdict(verdict=verdict, by=request.membership, at=clock.now(), **form.cleaned_data)
        except ActionRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Taken back. The adoption review goes on."))
            return redirect("reviews:adoption-board", request.organization.slug, verdict.review_id)
    verdict.sign_off.refresh_from_db(fields=["outcome"])
    context = {
        "verdict": verdict,
        "form": form,
        "obstacle": obstacle_to_withdrawal(verdict.sign_off, reader=request.membership),
        "consequences": [_("Nobody signs it any more."), _("The adoption review goes on, and can be changed again.")],
    }
    return render(request, "reviews/verdict_withdraw.html", context)


@require_http_methods(["GET", "POST"])
@require(Right.HOME_VIEW)
def verdict_sign(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Exactly what was frozen; whoever's turn it is signs, asks for changes or rejects."""
    rows = with_reasons(AdoptionVerdict.objects.filter(organization=request.organization))
    verdict = get_object_or_404(rows.select_related("sign_off__organization"), sign_off=pk)
    sign_off = verdict.sign_off
    page = opened(request, sign_off)
    form = WordForm(request.POST or None, request=request, may_suspend=False)
    if form.is_valid() and give_word(request, form, sign_off, _carry_out):
        messages.success(request, _after_word(verdict))
        return redirect(after_word_url(request))
    context = {
        "form": form,
        "verdict": verdict,
        **_shown_to(request.membership, verdict, page),
        "is_last": page["stage"] is not None and page["stage"] == page["stages"][-1],
        "may_withdraw": Right.ADOPTION_RUN in request.rights
        and not obstacle_to_withdrawal(sign_off, reader=request.membership),
        # A signer from outside reads what is frozen, and nothing else.
        "may_open": Right.DECISION_VIEW in request.rights,
        **page,
    }
    return render(request, "reviews/verdict_sign.html", context)


@require_safe
@require(Right.REVIEW_VIEW)
def adoption_brief(request: OrganizationRequest, pk: int) -> HttpResponse:
    """One page for the board, to print: what, for whom, until when, what is decided, settled and open, who signed."""
    review = get_object_or_404(adoption_reviews(request.organization), pk=pk)
    return render(request, "reviews/adoption_brief.html", {"review": review, "brief": brief_of(review, at=clock.now())})


def _after_word(verdict: AdoptionVerdict) -> str:
    """What whoever has just given their word is told: that it ended the review, where it did."""
    verdict.sign_off.refresh_from_db(fields=["outcome"])
    if verdict.sign_off.outcome != SignOff.Outcome.APPROVED:
        return _("Your word is recorded.")
    said = _("Signed. Yours was the last signature: the adoption review has ended with “%(outcome)s”.")
    return said % {"outcome": verdict.get_outcome_display()}


def _shown_to(reader: Membership, verdict: AdoptionVerdict, page: dict[str, Any]) -> dict[str, Any]:
    """What is to be signed, with what differs from the go or no-go on which this reader, or else somebody, gave their word."""
    content = json.loads(page["to_be_signed"].content)
    last = last_word_before(verdict, reader=reader, may_read_all=page["may_list"])
    if last is None:
        shown, differs = verdict_shown(verdict, content, known_in(verdict.organization_id, content)), []
    else:
        was = json.loads((last.onward_snapshot or last.snapshot).content)
        known = known_in(verdict.organization_id, was, content)
        shown = verdict_shown(verdict, content, known)
        differs = verdict_changed(verdict_shown(last.sign_off.verdict, was, known), shown)
    return {
        "shown": with_comments(shown, page["talk"]),
        "last": last,
        "is_mine": last is not None and last.user_id == reader.user_id,
        "differs": differs,
    }


def _carry_out(said: dict[str, Any], **whose: Any) -> None:
    word = {"shown_sha256": said["shown_sha256"], "comment": said["comment"], **whose}
    if said["word"] == Signature.Word.SIGNED:
        actions.sign_verdict(**word, conditions=said["conditions"])
        return
    actions.refuse_verdict(**word, word=said["word"])
