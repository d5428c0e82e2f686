"""How far people are: a lead sees the team, those who run the roll-out see everyone."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from accounts.decorators import require
from accounts.http import OrganizationRequest
from accounts.models import AccessPeriod, Team
from accounts.rights import Right
from checklists import queries
from checklists.forms import ClearanceFilterForm, ProgressFilterForm, TeamFilterForm
from checklists.models import Assignment, Clearance
from operations import clock
from operations.paging import keyset_page, total_text

CountsByTeam = dict[tuple[str, int], queries.Counts]
LATE_SHOWN = 5  # the rest is folded away: what the page is about is people
EVERYONE = {AccessPeriod.Level.OWNER, AccessPeriod.Level.MANAGER, AccessPeriod.Level.AUDITOR}


@require_safe
@require(Right.TEAM_PROGRESS_VIEW)
def progress_list(request: OrganizationRequest) -> HttpResponse:
    """People and checklists, filtered; counts by team from the cells."""
    team_ids = None if request.standing.level in EVERYONE else request.standing.leads
    at = clock.now()
    today = clock.day_of(at, request.organization.timezone)
    teams = _teams(request, team_ids)
    form = ProgressFilterForm(
        request.GET or None, organization=request.organization, teams=teams, sees_everyone=team_ids is None
    )
    counts = queries.readiness(request.organization, on=today, by_team=True)
    late = queries.overdue_once(request.organization, at=at, today=today, team_ids=team_ids)
    rows = _filtered(queries.assignments(request.organization), form, team_ids, counts, today)
    return render(
        request,
        "checklists/progress_list.html",
        {
            **_listed(request, form, rows),
            "teams": _by_team([*teams, None] if team_ids is None else teams, counts),
            "late": {"first": late[:LATE_SHOWN], "rest": late[LATE_SHOWN:]},
            "may_answer": Right.SHARED_ANSWER in request.rights,
            "may_nudge": Right.TEAM_NUDGE in request.rights and request.GET.get("status") != Assignment.Status.COMPLETE,
            "nudge_url": _nudge_url(request),
        },
    )


@require_safe
@require(Right.TEAM_PROGRESS_VIEW)
def clearance_list(request: OrganizationRequest) -> HttpResponse:
    """Who is cleared for which route, and who is not yet."""
    team_ids = None if request.standing.level in EVERYONE else request.standing.leads
    teams = _teams(request, team_ids)
    form = ClearanceFilterForm(
        request.GET or None, organization=request.organization, teams=teams, sees_everyone=team_ids is None
    )
    rows = _cleared(queries.clearances(request.organization), form, team_ids)
    return render(request, "checklists/clearance_list.html", _listed(request, form, rows))


def _nudge_url(request: OrganizationRequest) -> str:
    """Nudging those whom the list shows."""
    shown = {name: request.GET[name] for name in ("team", "checklist", "status") if request.GET.get(name)}
    url = reverse("checklists:nudge", args=[request.organization.slug])
    return f"{url}?{urlencode(shown)}" if shown else url


def _listed(request: OrganizationRequest, form: TeamFilterForm, rows: QuerySet[Any]) -> dict[str, Any]:
    return {
        "form": form,
        "page": keyset_page(rows, request),
        "total": total_text(rows),
        "is_filtered": any(request.GET.get(name) for name in form.fields),
        "unsettled_since": queries.unsettled_since(request.organization),
    }


def _of_team(rows: QuerySet[Any], form: TeamFilterForm, team_ids: frozenset[int] | None) -> QuerySet[Any]:
    """Those of the teams that the reader sees (None: everybody), and of the team that was chosen."""
    if team_ids is not None:
        rows = rows.filter(team_id__in=team_ids)
    if form.is_valid() and (team := form.cleaned_data["team"]):
        rows = rows.filter(team_id=None if team == form.NO_TEAM else team)
    return rows


def _cleared(
    rows: QuerySet[Clearance], form: ClearanceFilterForm, team_ids: frozenset[int] | None
) -> QuerySet[Clearance]:
    rows = _of_team(rows, form, team_ids)
    if not form.is_valid():
        return rows
    data = form.cleaned_data
    if data["route"]:
        rows = rows.filter(route=data["route"])
    return rows.filter(is_cleared=data["status"] == "cleared") if data["status"] else rows


def _filtered(
    rows: QuerySet[Assignment],
    form: ProgressFilterForm,
    team_ids: frozenset[int] | None,
    counts: CountsByTeam,
    today: dt.date,
) -> QuerySet[Assignment]:
    rows = _of_team(rows, form, team_ids)
    if not form.is_valid():
        return rows
    data = form.cleaned_data
    if data["checklist"]:
        rows = rows.filter(checklist=data["checklist"])
    return queries.with_status(rows, data["status"], counts=counts, on=today) if data["status"] else rows


def _teams(request: OrganizationRequest, team_ids: frozenset[int] | None) -> QuerySet[Team]:
    teams = request.organization.teams.filter(archived_at=None)
    return teams if team_ids is None else teams.filter(pk__in=team_ids)


def _by_team(teams: Iterable[Team | None], counts: CountsByTeam) -> list[dict[str, object]]:
    """How many lists are completed in each team, and (None) by people without one."""
    rows = []
    for team in teams:
        of_team = [
            value
            for (subject, team_id), value in counts.items()
            if team_id == (team.pk if team else 0) and subject.startswith("checklist:")
        ]
        done, open_, overdue = (sum(getattr(value, name) for value in of_team) for name in ("done", "open", "overdue"))
        if done + open_:
            rows.append({"team": team, "done": done, "total": done + open_, "overdue": overdue})
    return rows
