"""The operator's page about fetching: who is called, how shipped policies are doing, what was held back."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.decorators import operator_required
from accounts.http import PersonRequest
from catalog import actions, queries
from catalog.forms import AcceptForm
from catalog.models import HeldBackText, PolicySource
from catalog.views.differences import would_change
from operations import clock
from operations.errors import ActionRefused
from operations.paging import keyset_page, total_text


@require_safe
@never_cache
@operator_required
def operate_sources(request: PersonRequest) -> HttpResponse:
    """Every host that is called, and every shipped source that is fetched: those that are unavailable first."""
    shipped = PolicySource.objects.shipped().fetched().select_related("health")
    held = HeldBackText.objects.shipped().filter(settled_at=None).defer("content").select_related("source")
    context = {
        "is_on": settings.POLICY_FETCHING,
        "allowed": settings.POLICY_FETCH_ALLOW,
        "contact": settings.POLICY_FETCH_CONTACT,
        "hosts": queries.hosts_called(),
        "hosts_named": settings.HOSTS_NAMED,
        "held": held.order_by("source__title"),
        "unavailable": shipped.filter(health__unavailable_since__isnull=False).order_by("title"),
        "page": keyset_page(shipped, request),
        "total": total_text(shipped),
    }
    return render(request, "catalog/operate_sources.html", context)


@require_POST
@operator_required
def operate_source_fetch(request: PersonRequest, pk: int) -> HttpResponse:
    """Have a shipped source fetched now."""
    source = get_object_or_404(PolicySource.objects.shipped(), pk=pk)
    try:
        actions.try_again(source=source, by=request.user, at=clock.now())
    except ActionRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("It is fetched within a minute or two. Open this page again then."))
    return redirect("catalog:operate-sources")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@operator_required
def operate_held_back_accept(request: PersonRequest, pk: int) -> HttpResponse:
    """Read what came instead of a shipped source, and keep it as a version for everybody."""
    held = get_object_or_404(HeldBackText.objects.shipped().select_related("source"), pk=pk, settled_at=None)
    form = AcceptForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            actions.accept(held=held, by=request.user, at=clock.now(), **form.cleaned_data)
        except ActionRefused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The text is kept as a version for everybody."))
            return redirect("catalog:operate-sources")
    last = held.source.versions.filter(organization=held.organization_id).texts().first()
    context = {"source": held.source, "held": held, "form": form, "changes": would_change(last, held)}
    return render(request, "catalog/operate_held_back_accept.html", context)
