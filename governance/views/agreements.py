"""The papers that decisions on a route rest on."""

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.decorators import refuse, require
from accounts.http import OrganizationRequest
from accounts.rights import Right
from governance import actions
from governance.forms import AgreementForm
from governance.models import Agreement, RouteDecision
from governance.queries.agreements import SEVERAL, is_asked_about, shown_on
from governance.queries.routes import route_pages
from operations import clock
from operations.errors import ActionRefused
from operations.files import as_attachment
from operations.paging import number


@require_safe
@require(Right.PROPOSAL_VIEW)
def agreement_list(request: OrganizationRequest, pk: int) -> HttpResponse:
    """What decisions on this route rest on besides the vendor's word: each paper and how it stands."""
    route = get_object_or_404(route_pages(request.organization), pk=pk)
    context = {
        "route": route,
        "papers": shown_on(route, request.organization, on=clock.today(request.organization.timezone)),
        "several": [(kind, Agreement.Kind(kind).label) for kind in SEVERAL],
        "may_note": Right.DECISION_PROPOSE in request.rights,
        "draft": request.organization.decisions.filter(route=route, status=RouteDecision.Status.DRAFT).first(),
    }
    return render(request, "governance/agreement_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Right.DECISION_PROPOSE)
def agreement_note(request: OrganizationRequest, pk: int, kind: str) -> HttpResponse:
    """Say how it stands with one paper; ``?of=`` names what was said of it before."""
    if kind not in Agreement.Kind.values:
        raise Http404
    route = get_object_or_404(route_pages(request.organization), pk=pk)
    keeps = _before(request, pk, kind)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    today = clock.today(request.organization.timezone)
    form = AgreementForm(*sent, organization=request.organization, kind=kind, keeps=keeps, today=today)
    if form.is_bound and form.is_valid():
        try:
            actions.note_agreement(
                route=route, kind=kind, keeps=keeps, by=request.membership, at=clock.now(), **form.words()
            )
        except ActionRefused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Recorded. Whoever signs from now on sees it."))
            return redirect("governance:agreement-list", request.organization.slug, pk)
    context = {"route": route, "name": Agreement.Kind(kind).label, "keeps": keeps, "form": form}
    return render(request, "governance/agreement_note.html", context)


@require_safe
@require(Right.HOME_VIEW)
def paper_open(request: OrganizationRequest, pk: int) -> FileResponse:
    """One paper, as an attachment: to those who read proposals, and to who is asked to sign what rests on it."""
    paper = get_object_or_404(request.organization.papers, pk=pk)
    is_signer = Right.SIGN_OFF_SIGN in request.rights and is_asked_about(paper, request.membership.user_id)
    if Right.PROPOSAL_VIEW not in request.rights and not is_signer:
        refuse(request)
    if not paper.file:
        raise Http404
    return as_attachment(paper)


def _before(request: OrganizationRequest, pk: int, kind: str) -> Agreement | None:
    """What was said of this paper; of the kinds of which there is one, the newest."""
    said = Agreement.objects.filter(organization=request.organization, route=pk, kind=kind).select_related("paper")
    if kind not in SEVERAL:
        return said.order_by("-pk").first()
    return said.filter(pk=number(request.GET.get("of")) or 0).first()
