"""Suspending, resuming and ending decisions: what will happen, to how many people, then the button."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.decorators import require
from accounts.http import OrganizationRequest
from accounts.rights import Right
from governance import actions
from governance.forms import ReasonForm, ResumeForm
from governance.models import RouteDecision
from governance.queries.asked_again import asked_again_without
from governance.queries.decisions import people_touched
from governance.queries.revisions import obstacle_to_move, obstacle_to_resumption
from governance.queries.showing import how_it_stands
from operations import clock
from operations.errors import ActionRefused

Status = RouteDecision.Status


@require_http_methods(["GET", "POST"])
@require(Right.DECISION_SUSPEND)
def decision_suspend(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Take a decision out of force for now."""
    decision = _of(request, pk)
    form = _reason_form(request, decision, is_final=False)
    if form.is_valid() and _done(request, form, decision, actions.suspend):
        told = _told(decision, _("Everybody whom it covers was told to stop."))
        messages.success(request, " ".join([_("Suspended."), *told]))
        return redirect(decision)
    consequences = [
        *_told(
            decision,
            _("Everybody whom it covers is told at once: stop, why, what instead. It stands first on their home."),
        ),
        _("From this moment nobody is cleared for this route."),
        _("It can be resumed as it was signed, without new signatures."),
    ]
    obstacle = obstacle_to_move(decision, Status.SUSPENDED)
    return _confirm(request, "governance/decision_suspend.html", decision, form, consequences, obstacle=obstacle)


@require_http_methods(["GET", "POST"])
@require(Right.DECISION_SUSPEND)
def decision_retire(request: OrganizationRequest, pk: int) -> HttpResponse:
    """End a decision for good."""
    decision = _of(request, pk)
    form = _reason_form(request, decision, is_final=True)
    if form.is_valid() and _done(request, form, decision, actions.retire):
        messages.success(request, _("Ended."))
        return redirect(decision)
    consequences = [
        *_told(decision, _("Everybody whom it covers is told: stop, why, and what to use instead.")),
        _("From this moment the route reads “not decided”, and nobody is cleared for it."),
        _("It can't be taken up again; a new decision has to be proposed and signed."),
    ]
    obstacle = obstacle_to_move(decision, Status.RETIRED)
    return _confirm(request, "governance/decision_retire.html", decision, form, consequences, obstacle=obstacle)


@require_http_methods(["GET", "POST"])
@require(Right.DECISION_SUSPEND)
def decision_resume(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Put a suspended decision back in force as it was signed."""
    decision = _of(request, pk)
    form = ResumeForm(request.POST or None)
    if form.is_valid() and _done(request, form, decision, actions.resume):
        messages.success(request, _("In force again."))
        return redirect(decision)
    consequences = [
        _("It is in force again exactly as it was signed."),
        *_told(decision, _("Everybody whom it covers is told that they may use it again.")),
        _("Who was asked to look again and has not done so yet is no longer asked."),
    ]
    obstacle = obstacle_to_resumption(decision, on=clock.today(request.organization.timezone))
    return _confirm(request, "governance/decision_resume.html", decision, form, consequences, obstacle=obstacle)


def _told(decision: RouteDecision, words: str) -> list[str]:
    """Who hears of it: nobody where it was not allowed anyway."""
    return [] if decision.outcome == RouteDecision.Outcome.NOT_ALLOWED else [words]


def _of(request: OrganizationRequest, pk: int) -> RouteDecision:
    return get_object_or_404(request.organization.decisions.select_related("route"), pk=pk)


def _reason_form(request: OrganizationRequest, decision: RouteDecision, *, is_final: bool) -> ReasonForm:
    today = clock.today(request.organization.timezone)
    asked = asked_again_without(decision).count()
    return ReasonForm(request.POST or None, today=today, asked=asked, is_final=is_final)


def _done(
    request: OrganizationRequest,
    form: ReasonForm | ResumeForm,
    decision: RouteDecision,
    action: Callable[..., RouteDecision],
) -> bool:
    try:
        action(decision=decision, by=request.membership, at=clock.now(), **form.cleaned_data)
    except ActionRefused as error:
        form.add_error(None, str(error))
        return False
    return True


def _confirm(
    request: OrganizationRequest,
    template: str,
    decision: RouteDecision,
    form: ReasonForm | ResumeForm,
    consequences: list[str],
    *,
    obstacle: str,
) -> HttpResponse:
    count = people_touched(decision)
    people = ngettext("It covers %(count)d person today.", "It covers %(count)d people today.", count)
    context = {
        "decision": decision,
        "form": form,
        "consequences": consequences,
        "people": people % {"count": count},
        "obstacle": obstacle,
        "stands": how_it_stands(decision) if obstacle else "",
    }
    return render(request, template, context)
