"""What was sent, what waits, what failed and why; and the mail that is read here because none is set up."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.decorators import operator_required, require
from accounts.http import OrganizationRequest
from accounts.rights import Right
from notifications import queries
from notifications.forms import MailFilterForm, OutboxFilterForm
from notifications.local import is_outbox_open_to
from operations import clock
from operations.paging import keyset_page, total_text

OUTBOX_PAGE = 20


@require_safe
@require(Right.MAIL_VIEW)
def mail_list(request: OrganizationRequest) -> HttpResponse:
    """The mail of the organization, newest first: envelopes, states and reasons, never the words."""
    form = MailFilterForm(request.GET)
    criteria = form.criteria()
    mail = queries.delivery(request.organization, **criteria)
    return render(
        request,
        "notifications/mail_list.html",
        {
            "form": form,
            "page": keyset_page(mail, request),
            "total": total_text(mail),
            "is_filtered": bool(criteria),
            "is_mail_set_up": bool(settings.MAIL_TRANSPORT),
            "health": None if criteria else queries.delivery_health(request.organization, at=clock.now()),
            "may_test": Right.PEOPLE_MANAGE in request.rights,
        },
    )


@require_safe
@never_cache
@operator_required
def outbox(request: HttpRequest) -> HttpResponse:
    """The mail that stayed here, for the operator."""
    return render(request, "notifications/outbox.html", _outbox(request))


@require_safe
@never_cache
@login_not_required
def local_outbox(request: HttpRequest) -> HttpResponse:
    """The demo company's, for whoever sits at this machine; a code of anybody else would open a real organization."""
    if not is_outbox_open_to(request):
        raise Http404
    return render(request, "notifications/local_outbox.html", _outbox(request, is_demo_only=True))


def _outbox(request: HttpRequest, *, is_demo_only: bool = False) -> dict[str, object]:
    form = OutboxFilterForm(request.GET)
    criteria = form.criteria()
    mail = queries.outbox(is_demo_only=is_demo_only, **criteria)
    page = keyset_page(mail, request, size=OUTBOX_PAGE)
    return {
        "form": form,
        "page": page,
        "messages_here": [
            {"mail": row, "code": queries.code_in(row), "code_id": f"code-{row.pk}"} for row in page.rows
        ],
        "total": total_text(mail),
        "is_filtered": bool(criteria),
        "is_mail_set_up": bool(settings.MAIL_TRANSPORT),
        "is_demo_only": is_demo_only,
    }
