"""Proposing, writing, submitting and reading decisions."""

from django.contrib import messages
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.decorators import require
from accounts.http import OrganizationRequest
from accounts.rights import Right
from audit.actions import snapshot_digest
from catalog.models import AccessRoute
from governance import actions
from governance.forms import (
    DecisionFilter,
    DecisionForm,
    ResumeForm,
    ScopeFormSet,
    SubmitForm,
    lines_from,
    scope_initial,
)
from governance.models import DecisionMove, RouteDecision
from governance.queries.decisions import decisions_of, needs_second_person
from governance.queries.showing import showing, stations_of, timeline_of
from governance.queries.sign_offs import plan_of, stages_of
from governance.queries.submissions import frozen_content, holding
from operations import clock
from operations.errors import ActionRefused
from operations.paging import keyset_page, total_text


@require_safe
@require(Right.DECISION_VIEW)
def decision_list(request: OrganizationRequest) -> HttpResponse:
    """Every decision and its status, newest first."""
    form = DecisionFilter(request.GET)
    decisions = decisions_of(request.organization, at=clock.now())
    if form.is_valid() and form.cleaned_data["status"]:
        decisions = decisions.filter(status=form.cleaned_data["status"])
    context = {
        "page": keyset_page(decisions, request),
        "total": total_text(decisions),
        "form": form,
        "is_filtered": bool(request.GET.get("status")),
        "alone": needs_second_person(request.organization),
        "can_propose": Right.DECISION_PROPOSE in request.rights,
    }
    return render(request, "governance/decision_list.html", context)


@require_safe
@require(Right.DECISION_VIEW)
def decision_detail(request: OrganizationRequest, pk: int) -> HttpResponse:
    """One revision: what it says, where it stands, who signed what, and every move."""
    at = clock.now()
    decisions = decisions_of(request.organization, at=at).select_related("sign_off__snapshot")
    # Reviews keep the schedule; its row points here.
    decision = get_object_or_404(decisions.annotate(next_review_on=F("review_schedule__next_on")), pk=pk)
    content = decision.sign_off.content if decision.sign_off else frozen_content(decision)[0]
    stages = stages_of(decision.sign_off)
    context = {
        "decision": decision,
        "shown": showing(content, organization_id=request.organization.pk),
        "stages": stages,
        "stations": stations_of(stages, decision.sign_off),
        "events": timeline_of(decision, stages),
        "is_alone": _is_alone(decision),
        "can_propose": Right.DECISION_PROPOSE in request.rights,
        "can_suspend": Right.DECISION_SUSPEND in request.rights,
        "can_see_sign_off": Right.SIGN_OFF_VIEW in request.rights,
    }
    return render(request, "governance/decision_detail.html", context)


@require_http_methods(["GET", "POST"])
@require(Right.DECISION_PROPOSE)
def decision_propose(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Begin a decision on a route."""
    route = get_object_or_404(AccessRoute.objects.visible_to(request.organization), pk=pk, retired_at=None)
    if request.method == "POST":
        try:
            decision = actions.propose(route=route, by=request.membership, at=clock.now())
        except ActionRefused as error:
            messages.error(request, str(error))
        else:
            return redirect("governance:decision-edit", request.organization.slug, decision.pk)
    revisions = request.organization.decisions.filter(route=route)
    context = {
        "route": route,
        "holds": revisions.filter(status__in=["approved", "suspended"]).first(),
        "open": revisions.filter(status__in=["draft", "submitted"]).first(),
    }
    return render(request, "governance/decision_propose.html", context)


@require_http_methods(["GET", "POST"])
@require(Right.DECISION_PROPOSE)
def decision_edit(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Write a draft: its words and the lines of its scope."""
    decision = get_object_or_404(
        request.organization.decisions.select_related("route"), pk=pk, status=RouteDecision.Status.DRAFT
    )
    form = DecisionForm(request.POST or None, decision=decision, replaces=holding(decision) is not None)
    lines = ScopeFormSet(
        request.POST or None,
        initial=scope_initial(decision, another="line" in request.GET),
        organization=request.organization,
        prefix="scope",
    )
    if request.method == "POST" and form.is_valid() and lines.is_valid():
        try:
            words = form.cleaned_data | {"lines": lines_from(lines)}
            actions.edit(decision=decision, by=request.membership, at=clock.now(), **words)
        except ActionRefused as error:
            form.add_error(None, str(error))
        else:
            return redirect(_after_edit(request, decision))
    context = {"decision": decision, "form": form, "lines": lines, "asked": _comment_before(decision)}
    return render(request, "governance/decision_edit.html", context)


@require_http_methods(["GET", "POST"])
@require(Right.DECISION_PROPOSE)
def decision_submit(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Show exactly what will be frozen, who will sign and who may not; then submit."""
    decision = get_object_or_404(
        request.organization.decisions.select_related("route"), pk=pk, status=RouteDecision.Status.DRAFT
    )
    form = SubmitForm(request.POST or None)
    if form.is_valid():
        try:
            actions.submit(decision=decision, by=request.membership, at=clock.now(), **form.cleaned_data)
        except ActionRefused as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Submitted. The first to sign has been told."))
            return redirect(decision)
    content, bases = frozen_content(decision)
    context = {
        "decision": decision,
        "shown": showing(content, organization_id=request.organization.pk),
        "plan": plan_of(decision, by=request.membership),
        "sha256": snapshot_digest(content, bases=bases),
    }
    return render(request, "governance/decision_submit.html", context)


@require_http_methods(["GET", "POST"])
@require(Right.DECISION_PROPOSE)
def decision_withdraw(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Take a draft or a submission back."""
    decision = get_object_or_404(request.organization.decisions.select_related("route"), pk=pk)
    form = ResumeForm(request.POST or None)
    if form.is_valid():
        try:
            actions.withdraw(decision=decision, by=request.membership, at=clock.now(), **form.cleaned_data)
        except ActionRefused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Withdrawn. Its words stay, should you propose again."))
            return redirect(decision)
    consequences = [
        _("Nobody can sign this revision any more."),
        _("What is in force now, if anything, stays in force."),
    ]
    context = {"decision": decision, "form": form, "consequences": consequences}
    return render(request, "governance/decision_withdraw.html", context)


def _after_edit(request: OrganizationRequest, decision: RouteDecision) -> str:
    """Where the pressed button leads; everything typed has been saved."""
    arguments = [request.organization.slug, decision.pk]
    if "another" in request.POST:
        return reverse("governance:decision-edit", args=arguments) + "?line#another"
    if "later" in request.POST:
        return reverse("governance:decision-detail", args=arguments)
    return reverse("governance:decision-submit", args=arguments)


def _is_alone(decision: RouteDecision) -> bool:
    """Whether one person approved it, in an organization of more."""
    is_sole = decision.sign_off is not None and decision.sign_off.is_sole
    return is_sole and needs_second_person(decision.organization).filter(pk=decision.pk).exists()


def _comment_before(decision: RouteDecision) -> str:
    """What the signer of the revision before this draft asked for."""
    move = (
        DecisionMove.objects.filter(
            organization_id=decision.organization_id,
            decision__route_id=decision.route_id,
            decision__number=decision.number - 1,
            to_status=RouteDecision.Status.CHANGES_ASKED,
        )
        .select_related("reason")
        .first()
    )
    return str(move.reason) if move else ""
