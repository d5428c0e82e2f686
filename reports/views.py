"""What can we prove?"""

import datetime as dt
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.decorators import require
from accounts.http import OrganizationRequest
from accounts.models import Organization
from accounts.rights import Right
from audit.models import AuditEvent
from catalog.models import AccessRoute
from checklists.queries import unsettled_since, usage
from checklists.queries.cleared import DAYS_BACK, PAGE, cleared_for, no_longer_cleared_for
from operations import clock
from operations.paging import keyset_page, number, total_text
from reports import actions, queries
from reports.csv import named_csv
from reports.forms import AuditFilterForm, ClearedForm
from reports.words import ACTIONS


@require_safe
@require(Right.AUDIT_VIEW)
def audit_list(request: OrganizationRequest) -> HttpResponse:
    """The log of the organization, filtered, newest first."""
    return _page(request, AuditFilterForm(request.GET))


@require_POST
@require(Right.AUDIT_VIEW)
def audit_export(request: OrganizationRequest) -> HttpResponseBase:
    """The filtered log as CSV; that it was taken is logged first. A filter that can't be read gives the page that says so."""
    form = AuditFilterForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=400)
    at = clock.now()
    events = _events(form, request.organization)
    actions.record_export(
        report="audit",
        by=request.membership,
        filters=sorted(name for name in form.cleaned_data if form.cleaned_data[name]),
        at=at,
    )
    people = queries.names_of_everybody(request.organization)
    zone = ZoneInfo(request.organization.timezone)
    return named_csv(
        title=_("Audit log"),
        by=request.membership,
        at=at,
        filters="; ".join(f"{label}: {value}" for label, value in form.named()),
        total=total_text(events),
        columns=[
            _("Position"),
            _("When"),
            _("Person"),
            _("Person id"),
            _("Action"),
            _("Subject"),
            _("Data"),
            _("Hash"),
        ],
        rows=(
            (
                event.link.position,
                f"{event.at.astimezone(zone):%Y-%m-%d %H:%M:%S%z}",
                people.get(event.actor_id, "") if event.actor_id else "",
                event.actor_id or "",
                event.action,
                event.target,
                event.data,
                bytes(event.link.hash).hex(),
            )
            for event in events.filter(at__lte=at).order_by("pk").iterator(2000)
        ),
        filename=f"audit-{request.organization.slug}-{at:%Y-%m-%d}.csv",
    )


@require_safe
@require(Right.REPORT_VIEW)
def cleared_list(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Who may have access to a route, and who may no longer and why: IT gives and takes seats from it."""
    at = clock.now()
    route = get_object_or_404(AccessRoute.objects.visible_to(request.organization), pk=pk)
    form = ClearedForm(request.GET)
    since = _since(form, request.organization, at=at)
    before = number(request.GET.get("before"))
    bounds: dict[str, int] = {"limit": PAGE + 1, **({} if before is None else {"before": before})}
    if form.is_valid() and form.cleaned_data["which"]:
        rows = no_longer_cleared_for(request.organization, route, since=since, at=at, **bounds)
    else:
        rows = cleared_for(request.organization, route, **bounds)
    context = {
        "route": route,
        "form": form,
        "since": since,
        "rows": rows[:PAGE],
        "no_longer": bool(form.is_valid() and form.cleaned_data["which"]),
        "older_url": _older(request, rows[PAGE - 1].membership_id) if len(rows) > PAGE else "",
        "unsettled_since": unsettled_since(request.organization),
    }
    return render(request, "reports/cleared_list.html", context)


@require_POST
@require(Right.REPORT_VIEW)
def cleared_export(request: OrganizationRequest, pk: int) -> HttpResponseBase:
    """Both lists as CSV; that it was taken is logged first."""
    at = clock.now()
    organization = request.organization
    route = get_object_or_404(AccessRoute.objects.visible_to(organization), pk=pk)
    since = _since(ClearedForm(request.POST), organization, at=at)
    actions.record_export(report="cleared", by=request.membership, filters=["route", "since"], at=at)
    return named_csv(
        title=_("Who may have access"),
        by=request.membership,
        at=at,
        filters=queries.cleared_filters(route, organization, since=since),
        total=_("all of them"),
        columns=queries.cleared_columns(),
        rows=queries.cleared_rows(organization, route, since=since, at=at),
        as_of=unsettled_since(organization),
        filename=f"cleared-{organization.slug}-{route.key}-{at:%Y-%m-%d}.csv",
    )


@require_POST
@require(Right.REPORT_VIEW)
def usage_export(request: OrganizationRequest) -> HttpResponseBase:
    """What is used, in the numbers that may be shown and no others; that it was taken is logged first."""
    at = clock.now()
    inquiry = usage.newest_inquiry(request.organization)
    if inquiry is None:
        raise Http404
    rows = list(queries.usage_rows(inquiry))
    actions.record_export(report="usage", by=request.membership, filters=[], at=at)
    return named_csv(
        title=_("What is used today"),
        by=request.membership,
        at=at,
        filters=_("numbers of five people or more, rounded down to fives"),
        total=str(len(rows)),
        columns=[_("Team"), _("Tool"), _("Account"), _("What for"), _("People at least")],
        rows=rows,
        filename=f"usage-{request.organization.slug}-{at:%Y-%m-%d}.csv",
    )


def _since(form: ClearedForm, organization: Organization, *, at: dt.datetime) -> dt.datetime:
    """The beginning of the day that was chosen, else of the one ninety days ago."""
    chosen = form.cleaned_data.get("since") if form.is_valid() else None
    day = chosen or clock.day_of(at, organization.timezone) - dt.timedelta(days=DAYS_BACK)
    return dt.datetime.combine(day, dt.time(), ZoneInfo(organization.timezone))


def _older(request: OrganizationRequest, before: int) -> str:
    query = request.GET.copy()
    query["before"] = str(before)
    return f"?{query.urlencode()}"


def _page(request: OrganizationRequest, form: AuditFilterForm, *, status: int = 200) -> HttpResponse:
    """What the filters find; where one can't be read, its error and nothing else."""
    organization = request.organization
    events = _events(form, organization)
    page = keyset_page(events, request)
    context = {
        "form": form,
        "page": page,
        "rows": _rows(organization, page.rows),
        "total": total_text(events) if form.is_valid() else "",
        "head": queries.chain_head(organization),
        "is_filtered": any(form.data.get(name) for name in form.fields),
        "filters": [(name, form.data[name]) for name in form.fields if form.data.get(name)],
    }
    return render(request, "reports/audit_list.html", context, status=status)


def _events(form: AuditFilterForm, organization: Organization) -> QuerySet[AuditEvent]:
    if not form.is_valid():
        return AuditEvent.objects.none()
    data = form.cleaned_data
    return queries.audit_events(
        organization,
        actors=queries.people_called(organization, data["person"]) if data["person"] else None,
        action=data["action"],
        target=data["subject"],
        since=data["since"],
        until=data["until"],
    )


def _rows(organization: Organization, events: list[AuditEvent]) -> list[dict[str, object]]:
    names = queries.names_of({event.actor_id for event in events if event.actor_id})
    subjects = queries.subjects_of(organization, {event.target for event in events if event.target})
    return [_row(event, names, subjects) for event in events]


def _row(event: AuditEvent, names: dict[UUID, str], subjects: dict[str, queries.Subject]) -> dict[str, object]:
    link = getattr(event, "link", None)
    return {
        "event": event,
        "action": ACTIONS.get(event.action, event.action),
        "person": names.get(event.actor_id, _("erased")) if event.actor_id else _("Wayleave itself"),
        "subject": subjects.get(event.target),
        "position": link.position if link else "",
        "hash": bytes(link.hash).hex()[:12] if link else "",
    }
