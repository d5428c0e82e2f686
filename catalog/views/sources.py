"""Which policies there are, and how each stands."""

from itertools import zip_longest

from django.db.models import Count, Max, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from accounts.decorators import require
from accounts.http import OrganizationRequest
from accounts.rights import Right
from catalog.forms import CompareForm, SourceFilter
from catalog.models import Fact, PolicySource, PolicyVersion
from operations.paging import keyset_page, total_text


@require_safe
@require(Right.POLICY_VIEW)
def source_list(request: OrganizationRequest) -> HttpResponse:
    """Every policy, those whose text we have first."""
    form = SourceFilter(request.GET)
    ours = Q(versions__organization=None) | Q(versions__organization=request.organization)
    sources = (
        PolicySource.objects.visible_to(request.organization)
        .filter(retired_at=None)
        .annotate(
            version_count=Count("versions", filter=ours),
            last_seen=Max("versions__seen_on", filter=ours),
        )
    )
    if form.is_valid() and (text := form.cleaned_data["search"]):
        sources = sources.filter(title__icontains=text)
    with_text = sources.filter(version_count__gt=0).order_by("-last_seen", "title")
    page = keyset_page(sources.filter(version_count=0), request)
    context = {
        "form": form,
        "total": total_text(sources),
        "is_filtered": bool(request.GET.get("search")),
        "page": page,
        "with_text": [] if page.newer_url else list(with_text),
    }
    return render(request, "catalog/source_list.html", context)


@require_safe
@require(Right.POLICY_VIEW)
def source_detail(request: OrganizationRequest, pk: int) -> HttpResponse:
    """One policy: where it stands, what rests on it, and its versions, any two of which are compared."""
    source = source_of(request, pk)
    versions = list(versions_of(request, source).defer("content").select_related("by"))
    form = CompareForm(request.GET if "old" in request.GET else None, versions=versions)
    if form.is_valid():
        chosen = [form.cleaned_data[name] for name in ("old", "new")]
        return redirect("catalog:version-compare", request.organization.slug, pk, *chosen)
    cites = Q(citations__source=source) | Q(claims__citations__source=source)
    facts = Fact.objects.visible_to(request.organization).standing().filter(cites).distinct().count()
    context = {
        "source": source,
        "rows": [{"version": version, "before": before} for version, before in zip_longest(versions, versions[1:])],
        "fact_count": facts,
        "form": form if len(versions) > 1 else None,
        "may_edit": Right.POLICY_EDIT in request.rights,
    }
    return render(request, "catalog/source_detail.html", context)


def source_of(request: OrganizationRequest, pk: int) -> PolicySource:
    return get_object_or_404(PolicySource.objects.visible_to(request.organization), pk=pk)


def versions_of(request: OrganizationRequest, source: PolicySource) -> QuerySet[PolicyVersion]:
    return PolicyVersion.objects.visible_to(request.organization).filter(source=source)
