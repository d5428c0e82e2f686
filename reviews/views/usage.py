"""Who uses what: for the one who was named above the question, and for nobody else."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods

from accounts.decorators import refuse, require
from accounts.http import OrganizationRequest
from accounts.rights import Right
from checklists.actions import show_names
from checklists.models import UsageInquiry
from checklists.queries import usage
from operations import clock
from operations.paging import posted_page


@require_http_methods(["GET", "HEAD", "POST"])
@require(Right.LIST_ANSWER)
def usage_names(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Who uses what, for the one who was named above the question; each look is a POST, because it is logged."""
    asked = UsageInquiry.objects.filter(organization=request.organization).select_related("organization")
    inquiry = get_object_or_404(asked, pk=pk)
    if inquiry.keeper_id != request.membership.pk:
        refuse(request)
    context: dict[str, Any] = {"inquiry": inquiry}
    if request.method == "POST":
        show_names(inquiry=inquiry, by=request.membership, at=clock.now())
        undecided = usage.used_undecided_in_full(inquiry)
        page = posted_page(usage.reports_by_name(inquiry), request)
        words = usage.purposes_in_words(request.organization)
        context |= {
            "page": page,
            "rows": [{"report": one, "tools": usage.tools_said(one, words)} for one in page.rows],
            "undecided": [{"used": one, "url": one.leads_to(request.organization.slug)} for one in undecided],
        }
    return render(request, "reviews/usage_names.html", context)
