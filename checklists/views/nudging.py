"""Nudging: how many people it is, and when they hear of it, before the button."""

import datetime as dt

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.decorators import require
from accounts.http import OrganizationRequest
from accounts.models import Membership
from accounts.queries import people_visible_to
from accounts.rights import Right
from checklists import actions
from checklists.forms import ProgressFilterForm
from checklists.models import Assignment
from checklists.queries.nudging import Whom, people_to_nudge, reach_of_nudges
from notifications.queries import next_digest_on
from operations import clock
from operations.errors import ActionRefused
from operations.paging import number
from operations.templatetags.dates import relative_day


@require_http_methods(["GET", "POST"])
@require(Right.TEAM_NUDGE)
def nudge(request: OrganizationRequest) -> HttpResponse:
    """Nudge those whom the list shows (``?team=&checklist=&status=``), or one of them (``?person=``)."""
    at = clock.now()
    person = _person(request)
    whom = _whom(request, person)
    if request.method == "POST":
        try:
            actions.nudge(whom=whom, at=at)
        except ActionRefused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("Nudged. %(when)s") % {"when": _when(person, request, at)})
        return redirect(_list_shown(request))
    today = clock.day_of(at, request.organization.timezone)
    count, names = people_to_nudge(whom, on=today)
    context = {
        "count": count,
        "people": _people(count, names),
        "person": person,
        "consequences": [
            _("They find a line with your name in their mail, with everything else that waits for them."),
            _when(person, request, at),
            _("Nobody is nudged twice a day about the same checklist, whoever nudges, nor while their question waits."),
            _("Whoever wants to be told only of what is overdue hears of nothing else."),
        ],
    }
    return render(request, "checklists/nudge.html", context)


def _people(count: int, names: list[str]) -> str:
    """How many it touches, and who they are; of many the first."""
    said = ngettext("%(count)d person is nudged.", "%(count)d people are nudged.", count) % {"count": count}
    others = count - len(names)
    if others:
        names = [*names, ngettext("%(count)d more", "%(count)d more", others) % {"count": others}]
    return f"{said} {', '.join(names)}"


def _list_shown(request: OrganizationRequest) -> str:
    """The list as it was when somebody was chosen to be nudged."""
    shown = {name: request.GET[name] for name in ("team", "checklist", "status") if request.GET.get(name)}
    url = reverse("checklists:progress-list", args=[request.organization.slug])
    return f"{url}?{urlencode(shown)}" if shown else url


def _person(request: OrganizationRequest) -> Membership | None:
    pk = number(request.GET.get("person"))
    if pk is None:
        return None
    people = people_visible_to(request.membership, request.standing).select_related("user", "organization")
    return get_object_or_404(people, pk=pk)


def _whom(request: OrganizationRequest, person: Membership | None) -> Whom:
    """:raises Http404: the address names a team or a checklist that is not there."""
    reach = reach_of_nudges(request.standing)
    teams = request.organization.teams.filter(archived_at=None)
    form = ProgressFilterForm(
        request.GET,
        organization=request.organization,
        teams=teams if reach is None else teams.filter(pk__in=reach),
        sees_everyone=reach is None,
    )
    if not form.is_valid() or form.cleaned_data["status"] == Assignment.Status.COMPLETE:
        raise Http404
    team, checklist = form.cleaned_data["team"], form.cleaned_data["checklist"]
    is_without_team = team == form.NO_TEAM
    return Whom(
        by=request.membership,
        team_ids=frozenset({int(team)}) if team and not is_without_team else reach,
        is_without_team=is_without_team,
        checklist_id=checklist.pk if checklist else None,
        person_id=person.pk if person else None,
        is_overdue=form.cleaned_data["status"] == "overdue",
    )


def _when(person: Membership | None, request: OrganizationRequest, at: dt.datetime) -> str:
    if person is None:
        return _(
            "It comes with their next mail, in the morning where they are; whoever had today's, the next working day."
        )
    today = clock.day_of(at, request.organization.timezone)
    return _("It comes with their next mail: %(day)s.") % {"day": relative_day(next_digest_on(person, at=at), today)}
