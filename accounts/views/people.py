"""Finding people, and what can be changed about one."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts import actions
from accounts.decorators import require
from accounts.forms import GroupsForm, LevelForm, PeopleFilterForm, PlacementForm
from accounts.forms.people import LEFT
from accounts.http import OnePersonRequest, OrganizationRequest, PeopleRequest
from accounts.models import AccessPeriod, Membership, SignOffGroup
from accounts.queries import (
    Stop,
    history_of,
    is_last_owner,
    listed,
    people_reached,
    people_searched,
    somebody_else,
    standing_of,
    with_factors,
    with_standing,
)
from accounts.queries.leaving import waiting_for
from accounts.queries.recorded import has_left, years_kept
from accounts.rights import Right, may_grant_group, may_grant_level
from operations import clock
from operations.errors import ActionRefused
from operations.paging import EXACT_UP_TO, keyset_page, total_of


@require_safe
@require(Right.PEOPLE_VIEW)
def person_list(request: PeopleRequest) -> HttpResponse:
    """The people this person's rights reach: searched, filtered, newest members first."""
    form = PeopleFilterForm(request.GET or None, organization=request.organization)
    people = people_found(request, form)
    page = keyset_page(listed(people), request)
    request.people_shown = page.rows
    return render(
        request,
        "accounts/person_list.html",
        {
            "form": form,
            "page": page,
            "rows": [_row(person) for person in page.rows],
            "total": _people_text(people),
            "is_filtered": any(request.GET.get(name) for name in form.fields),
            "may_manage": Right.PEOPLE_MANAGE in request.rights,
            "may_change": Right.PEOPLE_MANAGE in request.rights and request.GET.get("status") != LEFT,
            "filters": [(name, value) for name, value in request.GET.items() if name in form.fields],
        },
    )


@require_safe
@require(Right.PEOPLE_VIEW)
def person_detail(request: OnePersonRequest, pk: int) -> HttpResponse:
    """One person: what they hold now, what may be changed, and every period they held."""
    people = with_factors(with_standing(people_reached(request.membership, request.standing)))
    person = request.person_shown = _person(
        request, pk, listed(people).select_related("organization", "held_by", "held_because")
    )
    has_gone = person.level is None
    may_manage = Right.PEOPLE_MANAGE in request.rights and not has_gone
    last_owner = is_last_owner(person, person.level)
    is_oneself = person.pk == request.membership.pk
    leaving = has_left(person) if has_gone else None
    may_erase = Right.PERSON_ERASE in request.rights and leaving is not None
    may_rank = may_manage and may_grant_level(request.rights, person.level) and not last_owner
    return render(
        request,
        "accounts/person_detail.html",
        {
            "person": person,
            "row": _row(person),
            "pairs": _pairs(person),
            "history": [_stop(period) for period in history_of(person)],
            "may_read_answers": Right.CHECKLIST_VIEW in request.rights,
            "may_ask": Right.CHECKLIST_ASSIGN in request.rights
            and person.level not in {None, AccessPeriod.Level.GUEST},
            "may_place": may_manage,
            "may_rank": may_rank,
            "is_last_owner": last_owner,
            "erased_on": leaving[1] if leaving else None,
            "may_keep": may_erase,
            "may_erase": may_erase and person.held_at is None,
            "may_group": may_manage and may_grant_group(request.rights),
            "may_reset": may_manage
            and may_grant_group(request.rights)
            and bool(person.factor_types)
            and not is_oneself,
        },
    )


@require_http_methods(["GET", "POST"])
@require(Right.PEOPLE_MANAGE)
def person_place(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Move a person to a team and a job role."""
    person = _person(request, pk)
    now_at = {"team": person.team_id, "job_role": person.job_role_id}
    form = PlacementForm(request.POST or None, organization=request.organization, initial=now_at)
    changes = ""
    if request.method == "POST" and form.is_valid():
        is_preview = "preview" in request.POST
        try:
            changes = _moved(request, person, form.cleaned_data, is_preview=is_preview)
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            if not is_preview:
                said = _("%(person)s has been moved. %(changes)s") % {"person": person.user, "changes": changes}
                messages.success(request, said)
                return _to(request, person)
    return render(request, "accounts/person_place.html", {"person": person, "form": form, "changes": changes})


@require_http_methods(["GET", "POST"])
@require(Right.PEOPLE_MANAGE)
def person_level(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Give a person another access level."""
    person = _person(request, pk)
    form = LevelForm(request.POST or None, held=request.rights, initial={"level": person.level})
    if form.is_valid():
        try:
            actions.change_access_level(
                membership=person, level=form.cleaned_data["level"], by=request.membership, at=clock.now()
            )
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The access of %(person)s has been changed.") % {"person": person.user})
            return _to(request, person)
    return render(request, "accounts/person_level.html", {"person": person, "form": form})


@require_http_methods(["GET", "POST"])
@require(Right.ACCESS_GRANT)
def person_groups(request: OrganizationRequest, pk: int) -> HttpResponse:
    """The groups a person signs for: add one, or end one."""
    person = _person(request, pk)
    standing = standing_of(person)
    form = GroupsForm(request.POST or None, organization=request.organization, held=request.rights, standing=standing)
    if form.is_valid():
        try:
            actions.join_group(
                membership=person, group=form.cleaned_data["group"], by=request.membership, at=clock.now()
            )
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("%(person)s signs from now on.") % {"person": person.user})
            return _to(request, person)
    groups = SignOffGroup.objects.filter(organization=request.organization, pk__in=standing.groups)
    return render(request, "accounts/person_groups.html", {"person": person, "form": form, "groups": groups})


@require_http_methods(["GET", "POST"])
@require(Right.ACCESS_GRANT)
def person_group_leave(request: OrganizationRequest, pk: int, group: int) -> HttpResponse:
    """Say what happens when a person no longer signs for a group, then do it."""
    person = _person(request, pk)
    group_left = get_object_or_404(SignOffGroup, organization=request.organization, pk=group)
    refused = ""
    if request.method == "POST":
        try:
            actions.leave_group(membership=person, group=group_left, by=request.membership, at=clock.now())
        except ActionRefused as refusal:
            refused = str(refusal)
        else:
            messages.success(request, _("%(person)s no longer signs for it.") % {"person": person.user})
            return _to(request, person)
    consequences = [
        _("%(person)s can no longer sign for %(group)s.") % {"person": person.user, "group": group_left.name},
        _("What they have signed stays, and so does the period in which they could."),
        _("Sign-offs that wait for them keep waiting for the others of the group."),
    ]
    context = {"person": person, "group": group_left, "consequences": consequences, "refused": refused}
    return render(request, "accounts/person_group_leave.html", context)


@require_http_methods(["GET", "POST"])
@require(Right.PEOPLE_MANAGE)
def person_end(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Say what happens when a person leaves, then do it."""
    person = _person(request, pk, listed(people_reached(request.membership, request.standing)))
    refused = ""
    if request.method == "POST":
        try:
            actions.end_membership(membership=person, by=request.membership, at=clock.now())
        except ActionRefused as refusal:
            refused = str(refusal)
        else:
            messages.success(request, _("%(person)s has left the organization.") % {"person": person.user})
            return redirect("accounts:person-list", organization=request.organization.slug)
    context = {
        "person": person,
        "consequences": _leaving(request, person),
        "refused": refused,
        "is_last_owner": is_last_owner(person, person.level),
    }
    return render(request, "accounts/person_end.html", context)


def _moved(request: OrganizationRequest, person: Membership, place: dict[str, Any], *, is_preview: bool) -> str:
    """Move a person, for a preview only to see what is asked of them there; in a sentence, what changes."""
    at, asked_of = clock.now(), import_string(settings.ASKED_OF)
    before = asked_of(person, at=at)
    with transaction.atomic():
        actions.place(membership=person, by=request.membership, at=at, **place)
        after = asked_of(person, at=at)
        transaction.set_rollback(is_preview)
    more, fewer = len(after - before), len(before - after)
    if not more and not fewer:
        return _("The same questions are asked of them.")
    return " ".join(
        [
            ngettext("%(count)d question more is asked of them.", "%(count)d questions more are asked of them.", more)
            % {"count": more},
            ngettext(
                "%(count)d falls away; what was answered stays.", "%(count)d fall away; what was answered stays.", fewer
            )
            % {"count": fewer},
        ]
    )


def _leaving(request: OrganizationRequest, person: Any) -> list[str]:
    """What happens when the person leaves, most noticeable first."""
    stand_in = somebody_else(person)
    waiting = [
        _goes_on(str(kind.what % {"count": count}), stand_in if kind.has_stand_in else None)
        for kind, count in waiting_for(person)
    ]
    itself = [_("This is you: you are locked out yourself.")] if person.pk == request.membership.pk else []
    opens_nothing = _("%(person)s can open nothing of %(organization)s from this moment on.") % {
        "person": person.user,
        "organization": request.organization.name,
    }
    led = [_("Nobody leads %(team)s any more, until you appoint somebody.") % {"team": team} for team in person.leads]
    signs = [_("They no longer sign for %(group)s.") % {"group": group} for group in person.signs_for]
    return [
        *itself,
        opens_nothing,
        *led,
        *signs,
        *waiting,
        _("Their access level, team, lead and sign-off groups end today; the periods stay on record."),
        ngettext(
            "What they answered and signed stays, with their name; %(count)d year from now the name is erased.",
            "What they answered and signed stays, with their name; %(count)d years from now the name is erased.",
            years := years_kept(person, request.organization),
        )
        % {"count": years},
        _("They can be invited again and continue where they were."),
    ]


def _goes_on(what: str, stand_in: Membership | None) -> str:
    if stand_in is None:
        return what
    return _("%(what)s: from now on %(person)s does, who is told.") % {"what": what, "person": stand_in.user}


def people_found(request: OrganizationRequest, form: PeopleFilterForm) -> QuerySet[Membership]:
    """Those of the people whom this person's rights reach who fit the filter."""
    criteria = form.cleaned_data if form.is_valid() else {}
    team, job_role = criteria.get("team"), criteria.get("job_role")
    return people_searched(
        people_reached(request.membership, request.standing),
        search=criteria.get("search", ""),
        team_id=team.pk if team else None,
        job_role_id=job_role.pk if job_role else None,
        level=criteria.get("level", ""),
        has_left=criteria.get("status") == LEFT,
    )


def _person(request: OrganizationRequest, pk: int, people: QuerySet[Membership] | None = None) -> Any:
    """The person, as far as the rights of whoever asks reach."""
    if people is None:
        people = with_standing(people_reached(request.membership, request.standing).select_related("user"))
    return get_object_or_404(people, pk=pk)


def _row(person: Any) -> dict[str, object]:
    return {
        "person": person,
        "level": AccessPeriod.Level(person.level).label if person.level else "",
        "status": "active" if person.level else "left",
        "leads": ", ".join(person.leads),
        "signs_for": ", ".join(person.signs_for),
    }


def _pairs(person: Any) -> list[dict[str, object]]:
    row = _row(person)
    return [
        {"term": _("Address"), "description": person.user.address},
        {"term": _("Access level"), "description": row["level"]},
        {"term": _("Team"), "description": person.team_name},
        {"term": _("Job role"), "description": person.job_role_name},
        {"term": _("Leads"), "description": row["leads"]},
        {"term": _("Signs for"), "description": row["signs_for"]},
    ]


def _stop(period: Stop) -> dict[str, object]:
    by = [_("set by %(person)s") % {"person": period.began_by}] if period.began_by else []
    ended = [_("ended by %(person)s") % {"person": period.closed_by}] if period.closed_by else []
    return {"period": period, "by": ", ".join([*by, *ended]), "tone": "quiet" if period.ended_at else "good"}


def _people_text(people: QuerySet[Membership]) -> str:
    counted, is_exact = total_of(people)
    if not is_exact:
        return _("more than %(count)d people") % {"count": EXACT_UP_TO}
    return ngettext("%(count)d person", "%(count)d people", counted) % {"count": counted}


def _to(request: OrganizationRequest, person: Membership) -> HttpResponse:
    return redirect("accounts:person-detail", organization=request.organization.slug, pk=person.pk)
