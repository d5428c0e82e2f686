"""Proposing, writing, submitting and reading decisions."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.decorators import require
from accounts.http import OrganizationRequest
from accounts.models import Membership
from accounts.rights import Right
from audit.actions import snapshot_digest
from catalog.models import AccessRoute
from governance import actions
from governance.actions.scopes import lines_of, stamp_of
from governance.forms import (
    DecisionFilter,
    DecisionForm,
    DiscardForm,
    ResumeForm,
    ScopeFormSet,
    SubmitForm,
    lines_from,
    named_lines,
    scope_initial,
)
from governance.models import RouteDecision, SignOff, SignOffStage
from governance.queries.agreements import without_whereabouts
from governance.queries.asked_again import asked_again, asked_again_text
from governance.queries.conditions import carried_rows, carried_shown, conditions_shown
from governance.queries.decisions import (
    HOLDING,
    OPEN,
    decisions_of,
    doubts,
    needs_reverification,
    needs_second_person,
    readable_statuses,
)
from governance.queries.revisions import Missing, missing_of, obstacle_to_withdrawal, others_of, refusal_of, with_people
from governance.queries.showing import (
    draft_differs,
    how_it_stands,
    last_written,
    showing,
    stations_of,
    stopped_by,
    timeline_of,
    who_is_next,
)
from governance.queries.sign_offs import plan_of, stages_of
from governance.queries.submissions import frozen_content, has_predecessor, scope_of
from governance.views.signing import invite_url
from operations import clock
from operations.errors import ActionRefused
from operations.paging import keyset_page, total_text


@require_safe
@require(Right.DECISION_VIEW)
def decision_list(request: OrganizationRequest) -> HttpResponse:
    """Every decision and its status, newest first."""
    statuses = readable_statuses(request.rights)
    form = DecisionFilter(request.GET, statuses=statuses)
    at = clock.now()
    decisions = decisions_of(request.organization, at=at).filter(status__in=statuses)
    if form.is_valid() and (status := form.cleaned_data["status"]):
        in_doubt = needs_reverification(request.organization, at=at)
        is_doubt = status == DecisionFilter.IN_DOUBT
        decisions = decisions.filter(pk__in=in_doubt.values("pk")) if is_doubt else decisions.filter(status=status)
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
    """One revision: what it says, where it stands, what to do about it, who signed what, and every move."""
    at = clock.now()
    decisions = with_people(decisions_of(request.organization, at=at).select_related("sign_off__snapshot"))
    # Reviews keep the schedule; its row points here.
    also = {
        "next_review_on": F("review_schedule__next_on"),
        "carried_rows": carried_rows("pk"),
        "doubts": doubts("sign_off__snapshot", at=at),
    }
    decision = get_object_or_404(decisions.annotate(**also), pk=pk)
    if decision.status not in readable_statuses(request.rights):
        raise PermissionDenied
    content = decision.sign_off.content if decision.sign_off else frozen_content(decision)[0]
    stages = stages_of(decision.sign_off)
    events = timeline_of(decision, stages)
    today = clock.day_of(at, request.organization.timezone)
    context = {
        "decision": decision,
        "shown": showing(
            content if Right.PROPOSAL_VIEW in request.rights else without_whereabouts(content),
            organization_id=request.organization.pk,
            on=today if decision.status in (*OPEN, *HOLDING) else None,
        ),
        "stages": stages,
        "laid": _bound(request.membership, decision, stages, today),
        "stations": stations_of(stages, decision.sign_off),
        "events": events,
        "stopped": stopped_by(decision, events),
        "is_alone": _is_alone(decision),
        "others": others_of(decision),
        "asked": refusal_of(decision, stages),
        "missing": _missing(decision, content) if decision.status == RouteDecision.Status.DRAFT else [],
        **_may(request, decision),
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
    """Write a draft: its words and the lines of its scope. What is typed too late stays in sight."""
    decision = _of(request, pk)
    saved = lines_of(decision)
    replaces, stamp = has_predecessor(decision), stamp_of(decision, saved)
    form = DecisionForm(request.POST or None, decision=decision, replaces=replaces, stamp=stamp)
    initial = scope_initial(saved, another="line" in request.GET)
    lines = ScopeFormSet(request.POST or None, initial=initial, organization=request.organization, prefix="scope")
    meanwhile = None
    if form.is_valid() and lines.is_valid():
        words = form.cleaned_data | {"lines": lines_from(lines)}
        try:
            actions.edit(decision=decision, by=request.membership, at=clock.now(), **words)
            return redirect(_after_edit(request, decision))
        except actions.DraftChanged:
            meanwhile = _meanwhile(request, decision, form, lines)
        except ActionRefused as error:
            form.add_error(None, str(error))
            decision.refresh_from_db(fields=["status"])
    context = {"decision": decision, "form": form, "lines": lines, "meanwhile": meanwhile}
    context |= _draft_or_not(request, decision)
    return render(request, "governance/decision_edit.html", context)


@require_http_methods(["GET", "POST"])
@require(Right.DECISION_PROPOSE)
def decision_submit(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Show exactly what will be frozen, who will sign and who may not; then submit."""
    decision = _of(request, pk)
    form = SubmitForm(request.POST or None)
    if form.is_valid():
        try:
            decision = actions.submit(decision=decision, by=request.membership, at=clock.now(), **form.cleaned_data)
            return redirect(_after_submission(request, decision))
        except ActionRefused as error:
            messages.error(request, str(error))
            decision.refresh_from_db(fields=["status"])
    if decision.status != RouteDecision.Status.DRAFT:
        return render(
            request, "governance/decision_submit.html", {"decision": decision, "stands": how_it_stands(decision)}
        )
    return render(request, "governance/decision_submit.html", {"decision": decision, **_to_submit(request, decision)})


@require_http_methods(["GET", "POST"])
@require(Right.DECISION_PROPOSE)
def decision_withdraw(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Discard a draft, or take a submission back."""
    decision = _of(request, pk)
    is_draft = decision.status == RouteDecision.Status.DRAFT
    form = (DiscardForm if is_draft else ResumeForm)(request.POST or None)
    if form.is_valid():
        try:
            actions.withdraw(decision=decision, by=request.membership, at=clock.now(), **form.cleaned_data)
        except ActionRefused as error:
            form.add_error(None, str(error))
        else:
            words = _("Discarded.") if is_draft else _("Withdrawn.")
            messages.success(request, words + " " + _("Its words stay, should you propose again."))
            return redirect(decision)
    obstacle = _obstacle_to_withdrawal(request, decision)
    context = {
        "decision": decision,
        "is_draft": is_draft,
        "form": form,
        "consequences": _after_withdrawal(is_draft=is_draft),
        "obstacle": obstacle,
        "stands": how_it_stands(decision) if obstacle else "",
    }
    return render(request, "governance/decision_withdraw.html", context)


def _bound(reader: Membership, decision: Any, stages: list[SignOffStage], today: dt.date) -> list[dict[str, Any]]:
    """The conditions that it carries on, once it is submitted and allows something, and those that it was signed with."""
    allows = decision.outcome != RouteDecision.Outcome.NOT_ALLOWED
    carried = decision.carried_rows if allows and decision.status in (RouteDecision.Status.SUBMITTED, *HOLDING) else []
    return [
        *carried_shown(carried, today=today, reader=reader.pk),
        *conditions_shown(stages, today=today, reader=reader.pk),
    ]


def _to_submit(request: OrganizationRequest, decision: Any) -> dict[str, Any]:
    """What submitting would freeze, what is missing, who would sign, and how many it asks again."""
    content, bases = frozen_content(decision)
    today = clock.today(request.organization.timezone)
    asked = asked_again(content, organization=request.organization)
    plan = plan_of(decision, by=request.membership, asked=asked)
    return {
        "missing": _missing(decision, content),
        "asked_again": asked_again_text(plan.people_asked),
        "shown": showing(content, organization_id=request.organization.pk, on=today),
        "plan": plan,
        "invite_url": invite_url(request, plan),
        "sha256": snapshot_digest(content, bases=bases),
    }


def _after_withdrawal(*, is_draft: bool) -> list[str]:
    stays = _("What is in force now, if anything, stays in force.")
    if is_draft:
        return [_("Nobody can go on with this draft. Its words stay in the history of the route."), stays]
    return [_("Nobody can sign this revision any more."), stays]


def _of(request: OrganizationRequest, pk: int) -> Any:
    """One revision, whatever became of it: who comes too late reads what happened."""
    decisions = request.organization.decisions.select_related("route", "proposed_by", "sign_off")
    return get_object_or_404(with_people(decisions), pk=pk)


def _draft_or_not(request: OrganizationRequest, decision: RouteDecision) -> dict[str, Any]:
    """What a draft answers and whether it can be discarded, or how a revision stands that is no longer one."""
    if decision.status == RouteDecision.Status.DRAFT:
        return {"asked": refusal_of(decision, []), "can_discard": not _obstacle_to_withdrawal(request, decision)}
    return {"stands": how_it_stands(decision)}


def _meanwhile(request: OrganizationRequest, decision: RouteDecision, form: Any, lines: Any) -> dict[str, Any]:
    """Who has written in the draft since its page was opened, and where that differs from what was typed."""
    decision.refresh_from_db()
    form.show(stamp_of(decision, lines_of(decision)))
    scopes = (scope_of(decision), named_lines(lines))
    typed = {name: value for name, value in form.cleaned_data.items() if name != "shown"}
    who = last_written(decision, reader=request.membership)
    return {"who": who, "differs": draft_differs(decision, typed, scopes)}


def _after_edit(request: OrganizationRequest, decision: RouteDecision) -> str:
    """Where the pressed button leads; everything typed has been saved."""
    arguments = [request.organization.slug, decision.pk]
    if "another" in request.POST:
        return reverse("governance:decision-edit", args=arguments) + "?line#another"
    if "later" in request.POST:
        return reverse("governance:decision-detail", args=arguments)
    return reverse("governance:decision-submit", args=arguments)


def _after_submission(request: OrganizationRequest, decision: RouteDecision) -> Any:
    """Who is alone goes on to give their own word."""
    sign_off = SignOff.objects.get(decision=decision)
    if sign_off.is_sole:
        messages.success(request, _("Submitted. Nobody else is here, so the word is yours."))
        return sign_off
    following, _is_last = who_is_next(sign_off)
    messages.success(request, _("Submitted. It waits for %(group)s now (%(people)s).") % following)
    return decision


def _may(request: OrganizationRequest, decision: Any) -> dict[str, bool]:
    """What the reader may do about a revision: buttons that would be refused are not offered."""
    can_propose = Right.DECISION_PROPOSE in request.rights
    return {
        "can_propose": can_propose,
        "can_withdraw": can_propose and not _obstacle_to_withdrawal(request, decision),
        "can_suspend": Right.DECISION_SUSPEND in request.rights,
        "may_see_changes": Right.REVIEW_VIEW in request.rights,
        "may_report": Right.REPORT_VIEW in request.rights,
        "may_see_stops": Right.TEAM_PROGRESS_VIEW in request.rights,
        "can_see_sign_off": Right.SIGN_OFF_VIEW in request.rights,
        "can_read_proposals": Right.PROPOSAL_VIEW in request.rights,
    }


def _obstacle_to_withdrawal(request: OrganizationRequest, decision: Any) -> str:
    user_id = request.membership.user_id
    return obstacle_to_withdrawal(decision, user_id=user_id, has_proposer=decision.has_proposer)


def _missing(decision: Any, content: dict[str, Any]) -> list[Missing]:
    today = clock.today(decision.organization.timezone)
    return missing_of(decision, content=content, has_keeper=decision.has_keeper, on=today)


def _is_alone(decision: RouteDecision) -> bool:
    """Whether one person approved it, in an organization of more."""
    is_sole = decision.sign_off is not None and decision.sign_off.is_sole
    return is_sole and needs_second_person(decision.organization).filter(pk=decision.pk).exists()
