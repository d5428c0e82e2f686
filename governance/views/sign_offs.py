"""The signer's inbox, and the page on which somebody gives their word."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.decorators import require
from accounts.http import OrganizationRequest
from accounts.rights import Right
from governance import actions
from governance.forms import WordForm
from governance.models import Signature, SignOff
from governance.queries.lines import line_of
from governance.queries.showing import showing, stations_of
from governance.queries.sign_offs import stages_of, waiting_for
from operations import clock
from operations.errors import ActionRefused

SHOWN = 50
WORDS = {
    Signature.Word.SIGNED: _("Signed."),
    Signature.Word.CHANGES_ASKED: _("Sent back with your comment."),
    Signature.Word.REJECTED: _("Rejected."),
}


@require_safe
@require(Right.SIGN_OFF_VIEW)
def sign_off_list(request: OrganizationRequest) -> HttpResponse:
    """What waits for you, what waits for others, and what was decided lately."""
    line = line_of(request.organization, route="decision__route_id")
    sign_offs = request.organization.sign_offs.select_related("decision__route", "submitted_by").annotate(line=line)
    sign_offs = sign_offs.order_by("-pk")
    waiting = waiting_for(request.membership.user_id, organization=request.organization)
    waiting = waiting.annotate(line=line_of(request.organization, route="sign_off__decision__route_id"))
    mine = list(waiting.select_related("sign_off__decision__route", "sign_off__submitted_by"))
    others = sign_offs.filter(outcome=SignOff.Outcome.PENDING).exclude(pk__in=[stage.sign_off_id for stage in mine])
    context = {
        "mine": mine,
        "others": others[:SHOWN],
        "closed": sign_offs.exclude(outcome=SignOff.Outcome.PENDING)[:SHOWN],
    }
    return render(request, "governance/sign_off_list.html", context)


@require_http_methods(["GET", "POST"])
@require(Right.SIGN_OFF_VIEW)
def sign_off_sign(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Exactly what was frozen; whoever's turn it is signs, asks for changes or rejects."""
    sign_off = get_object_or_404(
        request.organization.sign_offs.select_related("snapshot", "decision__route", "submitted_by"), pk=pk
    )
    stage = waiting_for(request.membership.user_id, organization=request.organization).filter(sign_off=sign_off).first()
    form = WordForm(request.POST or None, request=request)
    if request.method == "POST" and _give_word(request, form, sign_off):
        return redirect("governance:sign-off-list", request.organization.slug)
    stages = stages_of(sign_off)
    context = {
        "sign_off": sign_off,
        "stage": stage,
        "form": form,
        "stages": stages,
        "stations": stations_of(stages, sign_off),
        "shown": showing(sign_off.content, organization_id=request.organization.pk),
    }
    return render(request, "governance/sign_off_sign.html", context)


def _give_word(request: OrganizationRequest, form: WordForm, sign_off: SignOff) -> bool:
    """Carry out what a valid form says; False leaves the page with the reason on the form."""
    if Right.SIGN_OFF_SIGN not in request.rights and not sign_off.is_sole:
        raise PermissionDenied
    if not form.is_valid():
        return False
    said = form.cleaned_data
    stage = get_object_or_404(sign_off.stages, pk=said["stage"])
    arguments = {
        "sign_off": sign_off,
        "stage": stage,
        "by": request.membership,
        "shown_sha256": said["shown_sha256"],
        "at": clock.now(),
    }
    try:
        if said["word"] == Signature.Word.SIGNED:
            actions.sign(**arguments)
        else:
            refuse = actions.reject if said["word"] == Signature.Word.REJECTED else actions.ask_for_changes
            refuse(**arguments, comment=said["comment"])
    except ActionRefused as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, WORDS[said["word"]])
    return True
