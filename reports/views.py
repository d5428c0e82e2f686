"""What can we prove?"""

from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.decorators import require
from accounts.http import OrganizationRequest
from accounts.models import Organization
from accounts.rights import Right
from audit.models import AuditEvent
from operations import clock
from operations.paging import keyset_page, total_text
from reports import actions, queries
from reports.csv import named_csv
from reports.forms import AuditFilterForm


@require_safe
@require(Right.AUDIT_VIEW)
def audit_list(request: OrganizationRequest) -> HttpResponse:
    """The log of the organization, filtered, newest first."""
    form = AuditFilterForm(request.GET or None)
    events = queries.audit_events(request.organization, **_criteria(form, request.organization))
    page = keyset_page(events, request)
    names = queries.names_of({event.actor_id for event in page.rows if event.actor_id})
    return render(
        request,
        "reports/audit_list.html",
        {
            "form": form,
            "page": page,
            "rows": [_row(event, names) for event in page.rows],
            "total": total_text(events),
            "head": queries.chain_head(request.organization),
            "is_filtered": any(request.GET.get(name) for name in form.fields),
            "zone": request.organization.timezone,
        },
    )


@require_POST
@require(Right.AUDIT_VIEW)
def audit_export(request: OrganizationRequest) -> HttpResponseBase:
    """The filtered log as CSV; that it was taken is logged first."""
    form = AuditFilterForm(request.POST)
    if not form.is_valid():
        return redirect("reports:audit-list", organization=request.organization.slug)
    at = clock.now()
    events = queries.audit_events(request.organization, **_criteria(form, request.organization))
    total = total_text(events)
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
        total=total,
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


def _criteria(form: AuditFilterForm, organization: Organization) -> dict[str, Any]:
    if not form.is_valid():
        return {}
    data = form.cleaned_data
    return {
        "actors": queries.people_called(organization, data["person"]) if data["person"] else None,
        "action": data["action"],
        "target": data["subject"],
        "since": data["since"],
        "until": data["until"],
    }


def _row(event: AuditEvent, names: dict) -> dict[str, object]:
    link = getattr(event, "link", None)
    return {
        "event": event,
        "person": names.get(event.actor_id, _("Wayleave itself") if event.actor_id is None else _("erased")),
        "position": link.position if link else "",
        "hash": bytes(link.hash).hex()[:12] if link else "",
    }
