"""The signer's inbox, and the page on which somebody gives their word on a decision."""

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
from governance import actions
from governance.forms import WordForm
from governance.models import RouteDecision, Signature, SignOff
from governance.queries.asked_again import asked_again, asked_again_text, matters
from governance.queries.comments import with_comments
from governance.queries.counsel import answered, in_two_sentences
from governance.queries.inbox import inbox_of
from governance.queries.meanwhile import said_meanwhile, with_newest_said
from governance.queries.revisions import earlier_words, refusal_in
from governance.queries.showing import after_word, how_it_stands, showing
from governance.views.signing import after_word_url, give_word, opened
from operations import clock


@require_safe
@require(Right.SIGN_OFF_VIEW)
def sign_off_list(request: OrganizationRequest) -> HttpResponse:
    """What waits for you, what waits for others, and what was decided lately."""
    inbox = inbox_of(request.user.pk, request.organization)
    return render(request, "governance/sign_off_list.html", {"inbox": inbox})


@require_http_methods(["GET", "POST"])
@require(Right.HOME_VIEW)
def sign_off_sign(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Exactly what was frozen; whoever's turn it is signs, asks for changes or rejects. Another kind has its own page.

    For those who read sign-offs, and for whom it waits though they have left the group since it was submitted.
    """
    rows = request.organization.sign_offs.select_related("organization", "snapshot", "decision__route", "submitted_by")
    sign_off = get_object_or_404(with_newest_said(rows), pk=pk)
    page = opened(request, sign_off)
    if sign_off.kind != "decision":
        return redirect(sign_off)
    stage = page["stage"]
    form = WordForm(request.POST or None, request=request)
    if form.is_valid() and give_word(request, form, sign_off, _carry_out):
        messages.success(request, after_word(sign_off, word=form.cleaned_data["word"]))
        return redirect(after_word_url(request))
    is_last = stage is not None and stage == page["stages"][-1]
    context = {
        "form": form,
        "too_late": _too_late(sign_off) if form.is_bound and stage is None else "",
        "asked_again": _asked_again(page) if is_last else "",
        **page,
        **_shown_to(request.membership, page),
    }
    return render(request, "governance/sign_off_sign.html", context)


def _too_late(sign_off: SignOff) -> str:
    """Who did what when to a revision that waits for nobody's word any more."""
    decision = RouteDecision.objects.get(sign_off=sign_off)
    return "" if decision.status == RouteDecision.Status.SUBMITTED else how_it_stands(decision)


def _shown_to(reader: Membership, page: dict[str, Any]) -> dict[str, Any]:
    """What is to be signed, with what differs from what this reader, or else the last signer, gave their word on."""
    sign_off = page["sign_off"]
    words = earlier_words(sign_off.decision, reader=reader.user_id)
    if not page["may_list"]:
        # Who is asked from outside reads of earlier rounds only what they said themselves.
        words = [word for word in words if word.user_id == reader.user_id]
    last = next((word for word in words if word.user_id == reader.user_id), words[0] if words else None)
    since = json.loads((last.onward_snapshot or last.snapshot).content) if last else None
    content = json.loads(page["to_be_signed"].content)
    is_open = sign_off.outcome == SignOff.Outcome.PENDING
    on = clock.today(sign_off.organization.timezone) if is_open else None
    shown = showing(content, organization_id=sign_off.organization_id, since=since, on=on)
    shown = with_comments(shown, page["talk"])
    is_mine = last is not None and last.user_id == reader.user_id
    first = {"sentences": in_two_sentences(shown), "questions": answered(shown)}
    meanwhile = said_meanwhile(sign_off, content, on=on) if on else []
    return {
        "shown": shown,
        "last": last,
        "is_mine": is_mine,
        "asked": refusal_in(words),
        "meanwhile": meanwhile,
        **first,
    }


def _asked_again(page: dict[str, Any]) -> str:
    """The sentence before the signature that puts it in force."""
    content = json.loads(page["to_be_signed"].content)
    text = asked_again_text(asked_again(content, organization=page["sign_off"].organization).count())
    if content["replaces"] and not matters(content):
        text += " " + _("If you sign with conditions, everybody whom it concerns is asked again.")
    return text


def _carry_out(said: dict[str, Any], **whose: Any) -> None:
    word = {"shown_sha256": said["shown_sha256"], "comment": said["comment"], **whose}
    if said["word"] == Signature.Word.SIGNED:
        actions.sign(**word, conditions=said["conditions"])
        return
    refuse_it = actions.reject if said["word"] == Signature.Word.REJECTED else actions.ask_for_changes
    refuse_it(**word)
