"""The same change for several people: chosen on the list, counted before it happens."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts import actions
from accounts.decorators import require
from accounts.forms import ChangeManyForm, PeopleFilterForm, SeenForm
from accounts.forms.crowds import LEAVE
from accounts.http import OrganizationRequest
from accounts.models import Membership
from accounts.queries import people_reached
from accounts.queries.crowds import Crowd, NewPlace, to_be_placed, to_leave
from accounts.rights import Right
from accounts.views.people import people_found
from operations import clock
from operations.errors import ActionRefused
from operations.paging import number

# How many are named; the rest is counted.
NAMED = 10
# The list's filter has a team and a job role, too.
PREFIX = "to"


@require_http_methods(["GET", "POST"])
@require(Right.PEOPLE_MANAGE)
def people_change(request: OrganizationRequest) -> HttpResponse:
    """Choose what changes (``?person=…`` those ticked, ``?all=1`` all who fit the list's filter), see for whom, confirm."""
    people = _chosen(request)
    is_asked = any(name.startswith(f"{PREFIX}-") for name in request.GET)
    form = ChangeManyForm(request.GET if is_asked else None, organization=request.organization, prefix=PREFIX)
    refused = ""
    if request.method == "POST" and form.is_valid():
        try:
            return _done(request, form, people)
        except ActionRefused as refusal:
            refused = str(refusal)
    crowd = _crowd(request, form, people) if form.is_valid() else None
    count = people.count()
    context = {
        "form": form,
        "named": people.select_related("user").order_by("-pk")[:NAMED],
        "count": count,
        "others": max(count - NAMED, 0),
        "chosen": [pair for pair in _pairs(request) if not pair[0].startswith(f"{PREFIX}-")],
        "crowd": crowd,
        "leaves": crowd and form.cleaned_data["what"] == LEAVE,
        "consequences": _consequences(form, crowd) if crowd else [],
        "touches": _touches(crowd) if crowd else "",
        "seen_form": SeenForm(initial={"seen": crowd.digest}) if crowd else None,
        "refused": refused,
    }
    return render(request, "accounts/people_change.html", context)


def _chosen(request: OrganizationRequest) -> QuerySet[Membership]:
    if request.GET.get("all"):
        return people_found(request, PeopleFilterForm(request.GET, organization=request.organization))
    ids = [number(value) for value in request.GET.getlist("person")]
    people = people_reached(request.membership, request.standing)
    return people.filter(pk__in=[pk for pk in ids if pk is not None])


def _pairs(request: OrganizationRequest) -> list[tuple[str, str]]:
    return [(name, value) for name, values in request.GET.lists() for value in values]


def _crowd(request: OrganizationRequest, form: ChangeManyForm, people: QuerySet[Membership]) -> Crowd:
    if form.cleaned_data["what"] == LEAVE:
        return to_leave(people, by=request.membership, held=request.rights)
    return to_be_placed(people, form.place)


def _done(request: OrganizationRequest, form: ChangeManyForm, people: QuerySet[Membership]) -> HttpResponse:
    """:raises ActionRefused: as the actions do."""
    seen, by, at = request.POST.get("seen", ""), request.membership, clock.now()
    if form.cleaned_data["what"] == LEAVE:
        count = actions.end_memberships(people=people, seen=seen, by=by, at=at)
        said = ngettext("%(count)d person has left.", "%(count)d people have left.", count)
    else:
        count = actions.place_many(people=people, place=form.place, seen=seen, by=by, at=at)
        said = ngettext("%(count)d person has been moved.", "%(count)d people have been moved.", count)
    messages.success(request, said % {"count": count})
    return redirect("accounts:person-list", organization=request.organization.slug)


def _consequences(form: ChangeManyForm, crowd: Crowd) -> list[str]:
    return _when_leaving(crowd) if form.cleaned_data["what"] == LEAVE else _when_placed(form.place, crowd)


def _when_placed(place: NewPlace, crowd: Crowd) -> list[str]:
    said = []
    if place.changes_team:
        said.append(_("Team: %(team)s.") % {"team": place.team or _("none")})
    if place.changes_job_role:
        said.append(_("Job role: %(role)s.") % {"role": place.job_role or _("none")})
    said.append(_("The checklists that fit are asked of them at once; the old place stays on record."))
    if crowd.there:
        count = {"count": crowd.there}
        said.append(ngettext("%(count)d is there already.", "%(count)d are there already.", crowd.there) % count)
    if crowd.outsiders:
        count = {"count": crowd.outsiders}
        said.append(
            ngettext(
                "%(count)d outside signer has neither team nor job role, and stays so.",
                "%(count)d outside signers have neither team nor job role, and stay so.",
                crowd.outsiders,
            )
            % count
        )
    return said


def _when_leaving(crowd: Crowd) -> list[str]:
    said = [
        _("From this moment on they can open nothing here."),
        _("What they lead and what they sign for ends; the teams are without a lead until you appoint somebody."),
        _(
            "What they look after goes to somebody who stays and is told; what they should sign waits for the others of their group."
        ),
        _("What they answered and signed stays, with their names. They can be invited again."),
    ]
    if crowd.apart:
        said.append(
            ngettext(
                "%(count)d stays: you yourself, owners, and whoever holds more than you leave one by one.",
                "%(count)d stay: you yourself, owners, and whoever holds more than you leave one by one.",
                crowd.apart,
            )
            % {"count": crowd.apart}
        )
    return said


def _touches(crowd: Crowd) -> str:
    touched = len(crowd.ids)
    return ngettext("Touches %(count)d person.", "Touches %(count)d people.", touched) % {"count": touched}
