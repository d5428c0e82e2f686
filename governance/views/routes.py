"""Routes: finding one, reading everything said about it beside our decision, adding our own."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.decorators import require
from accounts.http import OrganizationRequest
from accounts.rights import Right
from catalog import actions as catalog
from catalog.models import AccessRoute
from catalog.queries import archived_routes, routes, vendors
from governance import actions
from governance.forms import RouteFilter, RouteForm
from governance.queries.decisions import place_of, standing_decisions, word_of
from governance.queries.lines import line_of
from governance.queries.routes import described, people_to_ask, route_pages
from operations import clock
from operations.errors import ActionRefused


@require_safe
@require(Right.ROUTE_VIEW)
def route_list(request: OrganizationRequest) -> HttpResponse:
    """Every route there is, searched and filtered, with our decision's status."""
    form = RouteFilter(request.GET, vendors=vendors(request.organization))
    criteria = form.cleaned_data if form.is_valid() else {}
    is_archive = request.GET.get("show") == "archived" and Right.ROUTE_ADD in request.rights
    chosen = archived_routes(request.organization) if is_archive else routes(request.organization, **criteria)
    found = list(chosen.annotate(line=line_of(request.organization, route="pk")))
    ids = [route.pk for route in found]
    decisions = standing_decisions(request.organization, request.standing, route_ids=ids, rights=request.rights)
    found.sort(key=lambda route: place_of(decisions.get(route.pk, [])))
    context = {
        "form": form,
        "rows": [{"route": route, "word": word_of(decisions.get(route.pk, []))} for route in found],
        "is_filtered": any(criteria.values()),
        "is_archive": is_archive,
        "can_add": Right.ROUTE_ADD in request.rights,
    }
    return render(request, "governance/route_list.html", context)


@require_safe
@require(Right.ROUTE_VIEW)
def route_detail(request: OrganizationRequest, pk: int) -> HttpResponse:
    """One route: what it is, who operates what, what is said and by whom, what we decided."""
    route = get_object_or_404(route_pages(request.organization), pk=pk)
    today = clock.today(request.organization.timezone)
    decisions = standing_decisions(request.organization, request.standing, route_ids=[pk], rights=request.rights)
    can_add = Right.ROUTE_ADD in request.rights
    said = described(route, request.organization, on=today)
    if can_add:
        _link_to_our_word(said["topics"], reverse("reviews:fact-add", args=[request.organization.slug, pk]))
    context = {
        "route": route,
        "decisions": decisions.get(pk, []),
        "word": word_of(decisions.get(pk, [])),
        "ask": people_to_ask(request.organization),
        "can_propose": Right.DECISION_PROPOSE in request.rights and route.retired_at is None,
        "can_add": can_add,
        "is_ours": can_add and route.organization_id is not None,
        "may_report": Right.REPORT_VIEW in request.rights,
        "policies": request.organization.slug if Right.POLICY_VIEW in request.rights else "",
        "may_read_papers": Right.PROPOSAL_VIEW in request.rights,
        **said,
    }
    return render(request, "governance/route_detail.html", context)


@require_http_methods(["GET", "POST"])
@require(Right.ROUTE_ADD)
def route_add(request: OrganizationRequest) -> HttpResponse:
    """Add a route of our own: a gateway, a third-party tool, a pipeline."""
    form = RouteForm(request.POST or None, organization=request.organization)
    if request.method == "POST" and form.is_valid():
        try:
            route = catalog.add_route(by=request.membership, at=clock.now(), **form.cleaned_data)
        except ActionRefused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Added. Nothing is known about it yet; say what you know."))
            return redirect("governance:route-detail", request.organization.slug, route.pk)
    return render(request, "governance/route_add.html", {"form": form})


@require_http_methods(["GET", "POST"])
@require(Right.ROUTE_ADD)
def route_archive(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Say what archiving a route of our own does, then do it."""
    route = get_object_or_404(AccessRoute, organization=request.organization, pk=pk)
    refused = ""
    if request.method == "POST":
        try:
            actions.archive_route(route=route, by=request.membership, at=clock.now())
        except ActionRefused as refusal:
            refused = str(refusal)
        else:
            messages.success(request, _("“%(route)s” is archived.") % {"route": route})
            return redirect("governance:route-list", request.organization.slug)
    context = {"route": route, "refused": refused, "obstacle": actions.obstacle_to_archiving(route)}
    return render(request, "governance/route_archive.html", context)


@require_POST
@require(Right.ROUTE_ADD)
def route_restore(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Take an archived route of our own up again."""
    route = get_object_or_404(AccessRoute, organization=request.organization, pk=pk)
    try:
        actions.restore_route(route=route, by=request.membership, at=clock.now())
    except ActionRefused as refusal:
        messages.info(request, str(refusal))
    return redirect("governance:route-detail", request.organization.slug, route.pk)


def _link_to_our_word(topics: list[dict[str, Any]], address: str) -> None:
    """Let each card lead to the form that lays our own fact over it."""
    for topic in topics:
        for card in topic["cards"]:
            card["url"] = f"{address}?over={card['revision']}"
