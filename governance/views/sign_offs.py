"""The signer's inbox, and the page on which somebody gives their word."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.decorators import refuse, require
from accounts.http import OrganizationRequest
from accounts.models import Membership
from accounts.rights import Right
from governance import actions
from governance.forms import WordForm
from governance.models import RouteDecision, Signature, SignOff, SignOffStage
from governance.queries.asked_again import asked_again, asked_again_text
from governance.queries.inbox import inbox_of
from governance.queries.revisions import earlier_words, refusal_in
from governance.queries.showing import after_word, how_it_stands, showing, stations_of
from governance.queries.sign_offs import has_been_joined, has_said, stages_of, waiting_for
from operations import clock
from operations.errors import ActionRefused


@require_safe
@require(Right.SIGN_OFF_VIEW)
def sign_off_list(request: OrganizationRequest) -> HttpResponse:
    """What waits for you, what waits for others, and what was decided lately."""
    inbox = inbox_of(request.user.pk, request.organization)
    return render(request, "governance/sign_off_list.html", {"inbox": inbox})


@require_http_methods(["GET", "POST"])
@require(Right.HOME_VIEW)
def sign_off_sign(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Exactly what was frozen; whoever's turn it is signs, asks for changes or rejects.

    For those who read sign-offs, and for whom it waits though they have left the group since it was submitted.
    """
    sign_off = get_object_or_404(
        request.organization.sign_offs.select_related("snapshot", "decision__route", "submitted_by"), pk=pk
    )
    stage = waiting_for(request.membership.user_id, organization=request.organization).filter(sign_off=sign_off).first()
    if stage is None and not _may_open(request, sign_off):
        refuse(request)
    form = WordForm(request.POST or None, request=request)
    if form.is_valid() and _give_word(request, form, sign_off):
        return redirect(_after_word(request))
    context = {
        "sign_off": sign_off,
        "form": form,
        "too_late": _too_late(sign_off) if form.is_bound and stage is None else "",
        "may_list": Right.SIGN_OFF_VIEW in request.rights,
        **_where_it_stands(sign_off, stage),
        **_shown_to(request.membership, sign_off),
    }
    return render(request, "governance/sign_off_sign.html", context)


def _may_open(request: OrganizationRequest, sign_off: SignOff) -> bool:
    """Whether somebody for whom it does not wait reads it, or tries their word, of which the action says why not."""
    if Right.SIGN_OFF_VIEW not in request.rights:
        return False
    return request.method != "POST" or sign_off.is_sole or Right.SIGN_OFF_SIGN in request.rights


def _where_it_stands(sign_off: SignOff, stage: SignOffStage | None) -> dict[str, Any]:
    """The stages, which of them waits for the reader, and what the last signature will ask of people."""
    stages, is_joined = stages_of(sign_off), has_been_joined(sign_off)
    return {
        "stage": None if is_joined else stage,
        "has_been_joined": is_joined,
        "stages": stages,
        "stations": stations_of(stages, sign_off),
        "asked_again": _asked_again(sign_off) if stage and stage == stages[-1] else "",
    }


def _too_late(sign_off: SignOff) -> str:
    """Who did what when to a revision that waits for nobody's word any more."""
    decision = RouteDecision.objects.get(sign_off=sign_off)
    return "" if decision.status == RouteDecision.Status.SUBMITTED else how_it_stands(decision)


def _shown_to(reader: Membership, sign_off: SignOff) -> dict[str, Any]:
    """The frozen content, with what differs from what this reader, or else the last signer, gave their word on."""
    words = earlier_words(sign_off.decision, reader=reader.user_id)
    last = next((word for word in words if word.user_id == reader.user_id), words[0] if words else None)
    since = json.loads(last.snapshot.content) if last else None
    shown = showing(sign_off.content, organization_id=sign_off.organization_id, since=since)
    is_mine = last is not None and last.user_id == reader.user_id
    return {"shown": shown, "last": last, "is_mine": is_mine, "asked": refusal_in(words)}


def _asked_again(sign_off: SignOff) -> str:
    """The sentence before the signature that puts it in force."""
    return asked_again_text(asked_again(sign_off.content, organization=sign_off.organization).count())


def _after_word(request: OrganizationRequest) -> str:
    """The inbox; home for whoever has none, because they have left the group."""
    if Right.SIGN_OFF_VIEW in request.rights:
        return reverse("governance:sign-off-list", args=[request.organization.slug])
    return request.organization.get_absolute_url()


def _give_word(request: OrganizationRequest, form: WordForm, sign_off: SignOff) -> bool:
    """Carry out what a valid form says; False leaves the page with the reason on the form, and in the log.

    Pressed twice, the second is answered as the first: no word was refused.
    """
    said, at = form.cleaned_data, clock.now()
    stage = get_object_or_404(sign_off.stages, pk=said["stage"])
    whose: dict[str, Any] = {"sign_off": sign_off, "stage": stage, "by": request.membership, "at": at}
    try:
        _carry_out(said, **whose)
    except ActionRefused as error:
        if not has_said(request.user.pk, stage, word=said["word"], comment=said["comment"]):
            form.add_error(None, str(error))
            actions.note_refusal(**whose, word=said["word"], because=str(error))
            return False
    messages.success(request, after_word(sign_off, word=said["word"]))
    return True


def _carry_out(said: dict[str, Any], **whose: Any) -> None:
    if said["word"] == Signature.Word.SIGNED:
        actions.sign(**whose, shown_sha256=said["shown_sha256"])
        return
    refuse_it = actions.reject if said["word"] == Signature.Word.REJECTED else actions.ask_for_changes
    refuse_it(**whose, shown_sha256=said["shown_sha256"], comment=said["comment"])
