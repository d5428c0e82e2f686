"""Checking what a route's decision rests on: four things one after another, each with our own word."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.decorators import require
from accounts.http import OrganizationRequest
from accounts.rights import Right
from catalog.models import AccessRoute, Fact
from catalog.queries import FactShown
from governance import actions
from governance.forms import AcceptForm, OwnWordForm
from governance.models import OwnWord, RouteDecision
from governance.queries.cards import card_of, standing_of
from governance.queries.own_words import CHECKS, Check, Open, doubt_of, names_in, open_checks
from governance.queries.routes import route_pages
from governance.queries.submissions import open_on, said, said_by_all
from operations import clock
from operations.errors import ActionRefused


@require_http_methods(["GET", "HEAD", "POST"])
@require(Right.ROUTE_ADD)
def facts_check(request: OrganizationRequest, pk: int, check: str) -> HttpResponse:
    """One of the four: each statement with its source, and what we say of it."""
    asked = next((one for one in CHECKS if one.slug == check), None)
    if asked is None:
        raise Http404
    route = get_object_or_404(route_pages(request.organization), pk=pk)
    at = clock.now()
    today = clock.day_of(at, request.organization.timezone)
    facts = said_by_all(route, request.organization)
    about = [shown for shown in facts if shown.fact.topic_id in asked.topics]
    form = None
    if request.method == "POST":
        fact = next((shown.fact for shown in about if str(shown.fact.pk) == request.POST.get("fact")), None)
        if fact is None:
            messages.error(request, _("This statement was replaced in the meantime. Look at what it says now."))
        else:
            form = OwnWordForm(request.POST, request.FILES, fact=fact, today=today)
            if _say(request, fact, form, at):
                return redirect(_onward(request, route, asked))
    rows = [_row(shown, names_in([shown.fact]), form, today) for shown in about]
    lacking = open_checks([said(shown) for shown in facts], on=today)
    context = {
        "route": route,
        "check": asked,
        "policies": request.organization.slug if Right.POLICY_VIEW in request.rights else "",
        "rows": rows,
        "stations": _stations(request, route, asked, lacking),
        "is_silent": not about,
        "following": _following(request, route, asked, lacking),
    }
    return render(request, "governance/facts_check.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Right.ROUTE_ADD)
def facts_accept(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Everything that is old, unknown or conflicting and has no word of ours, accepted with one reason."""
    route = get_object_or_404(route_pages(request.organization), pk=pk)
    at = clock.now()
    today = clock.day_of(at, request.organization.timezone)
    lacking = open_on(route, request.organization, on=today)
    choices = [(one.key, str(one)) for one in lacking]
    form = AcceptForm(request.POST if request.method == "POST" else None, choices=choices, today=today)
    if form.is_valid():
        try:
            actions.accept(route=route, by=request.membership, at=at, **form.cleaned_data)
        except ActionRefused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Accepted. It is part of what will be signed, with your name and reason."))
            return redirect(_back_to(request, route))
    return render(request, "governance/facts_accept.html", {"route": route, "form": form, "lacking": lacking})


def _say(request: OrganizationRequest, fact: Fact, form: OwnWordForm, at: dt.datetime) -> bool:
    """Carry out the pressed button; *still says this* needs nothing else. False leaves the page with what is missing."""
    if "checked" in request.POST:
        until = form.today + dt.timedelta(days=fact.topic.old_after_days)
        words: dict[str, Any] = {"kind": OwnWord.Kind.CHECKED, "expires_on": until}
    elif form.is_valid():
        words = form.cleaned_data
    else:
        return False
    try:
        actions.say(fact=fact, by=request.membership, at=at, **words)
    except ActionRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Recorded."))
    return True


def _row(shown: FactShown, names: dict[int, str], form: OwnWordForm | None, today: dt.date) -> dict[str, Any]:
    fact = said(shown)
    is_sent = form is not None and form.fact.pk == shown.fact.pk
    return {
        "fact": shown.fact,
        "card": {**card_of(fact, on=today, people=names), "standing": standing_of(shown.readings)},
        "doubt": doubt_of(fact, on=today),
        "may_be_checked": fact["state"] == Fact.State.KNOWN,
        "form": form if is_sent else OwnWordForm(fact=shown.fact, today=today),
        "is_sent": is_sent,
    }


def _stations(
    request: OrganizationRequest, route: AccessRoute, asked: Check, lacking: list[Open]
) -> list[dict[str, str]]:
    open_ones = {one.check for one in lacking}
    return [
        {
            "label": str(check.name),
            "state": "current" if check == asked else "to-do" if check in open_ones else "done",
            "url": _page_of(request, route, check),
        }
        for check in CHECKS
    ]


def _page_of(request: OrganizationRequest, route: AccessRoute, check: Check) -> str:
    return reverse("governance:facts-check", args=[request.organization.slug, route.pk, check.slug])


def _onward(request: OrganizationRequest, route: AccessRoute, asked: Check) -> str:
    """The same page while something on it is open, then the next that has something open, then back."""
    today = clock.today(request.organization.timezone)
    left = [one.check for one in open_on(route, request.organization, on=today)]
    if asked in left or not left:
        return _page_of(request, route, asked) if left else _back_to(request, route)
    later = [check for check in left if CHECKS.index(check) > CHECKS.index(asked)]
    return _page_of(request, route, (later or left)[0])


def _following(request: OrganizationRequest, route: AccessRoute, asked: Check, lacking: list[Open]) -> str:
    """The next that has something open, else back: that page says what is left."""
    later = [one.check for one in lacking if CHECKS.index(one.check) > CHECKS.index(asked)]
    return _page_of(request, route, later[0]) if later else _back_to(request, route)


def _back_to(request: OrganizationRequest, route: AccessRoute) -> str:
    """The draft that waits for this, else the route."""
    slug = request.organization.slug
    draft = request.organization.decisions.filter(route=route, status=RouteDecision.Status.DRAFT).first()
    if draft:
        return reverse("governance:decision-submit", args=[slug, draft.pk])
    return reverse("governance:route-detail", args=[slug, route.pk])
