"""Which policies there are, and how each stands."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Count, Max, OuterRef, Q, Subquery
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.decorators import require
from accounts.http import OrganizationRequest
from accounts.rights import Right
from catalog import actions, queries
from catalog.forms import AcceptForm, CompareForm, PlaceForm, SourceFilter, chosen_sections
from catalog.models import PolicySource, PolicyVersion
from catalog.models.sources import PolicyVersionQuerySet
from catalog.views.differences import would_change
from operations import clock
from operations.errors import ActionRefused
from operations.paging import KeysetPage, keyset_page, number, total_text

VERSIONS_A_PAGE = 50
# In a list to choose from: of what changes weekly ten years.
MOST_TO_COMPARE = 500


@require_safe
@require(Right.POLICY_VIEW)
def source_list(request: OrganizationRequest) -> HttpResponse:
    """Every policy, those whose text we have first."""
    form = SourceFilter(request.GET)
    show = form.cleaned_data["show"] if form.is_valid() else ""
    ours = Q(versions__organization=None) | Q(versions__organization=request.organization)
    ours &= Q(versions__content_type="")  # a paper is no text
    sources = (
        PolicySource.objects.visible_to(request.organization)
        .filter(retired_at__isnull=show != "retired")
        .select_related("health")
        .annotate(
            version_count=Count("versions", filter=ours),
            last_seen=Max("versions__seen_on", filter=ours),
        )
    )
    if form.is_valid() and (text := form.cleaned_data["search"]):
        sources = sources.filter(title__icontains=text)
    if show == "ours":
        sources = sources.filter(organization=request.organization)
    with_text = sources.filter(version_count__gt=0).order_by("-last_seen", "title")
    page = keyset_page(sources.filter(version_count=0), request)
    context = {
        "form": form,
        "total": total_text(sources),
        "is_filtered": bool(request.GET.get("search") or show),
        "may_edit": Right.POLICY_EDIT in request.rights,
        "page": page,
        "with_text": [] if page.newer_url else list(with_text),
    }
    return render(request, "catalog/source_list.html", context)


@require_safe
@require(Right.POLICY_VIEW)
def source_detail(request: OrganizationRequest, pk: int) -> HttpResponse:
    """One policy: where it stands, what rests on it, and its versions, any two of which are compared."""
    source = source_of(request, pk)
    versions = versions_of(request, source).defer("content")
    texts = list(versions.texts()[:MOST_TO_COMPARE])
    form = CompareForm(request.GET if "old" in request.GET else None, versions=texts)
    if form.is_valid():
        chosen = [form.cleaned_data[name] for name in ("old", "new")]
        return redirect("catalog:version-compare", request.organization.slug, pk, *chosen)
    cited_by = queries.citations_of(source, request.organization)
    context = {
        "source": source,
        "page": version_page(versions, request),
        "fact_count": len(cited_by),
        "is_incomparable": any(reading is not None and reading.words == "incomparable" for _fact, reading in cited_by),
        "in_doubt": [pair for pair in cited_by if pair[1] is not None and pair[1].is_in_doubt],
        "undisputed": [pair for pair in cited_by if pair[1] is None or not pair[1].is_in_doubt],
        "form": form if len(texts) > 1 else None,
        "has_text": bool(texts),
        "may_edit": Right.POLICY_EDIT in request.rights,
        "is_ours": source.organization_id is not None,
        "held": queries.held_back(request.organization).filter(source=source).first(),
        "is_fetching_on": settings.POLICY_FETCHING,
    }
    return render(request, "catalog/source_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Right.POLICY_EDIT)
def citation_place(request: OrganizationRequest, pk: int, fact: int) -> HttpResponse:
    """Say beneath which heading a fact is said now, where the one it cites is not there any more."""
    source = source_of(request, pk)
    told = {said.pk: (said, reading) for said, reading in queries.citations_of(source, request.organization)}
    said, reading = told.get(fact, (None, None))
    if said is None or reading is None:
        raise Http404
    gone = next(iter(reading.gone), None)
    places = queries.places_of(source, request.organization)
    sent = request.POST if request.method == "POST" else None
    form = PlaceForm(sent, places=places, likeliest=gone.candidate if gone else "")
    if form.is_valid():
        kept = [cited.section for cited in reading.sections if cited.is_there]
        new = [place for place in chosen_sections(form.cleaned_data["place"]) if place not in kept]
        actions.say_where(
            by=request.membership, fact_key=said.key, source=source, sections=[*kept, *new], at=clock.now()
        )
        messages.success(request, _("Recorded. The next change there is found."))
        return redirect("catalog:source-detail", request.organization.slug, pk)
    context = {"source": source, "fact": said, "reading": reading, "form": form}
    return render(request, "catalog/citation_place.html", context)


@require_POST
@require(Right.POLICY_EDIT)
def source_fetch(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Have one of our own fetched now."""
    source = source_of(request, pk)
    try:
        actions.try_again(source=source, by=request.membership, at=clock.now())
    except ActionRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("It is fetched within a minute or two. Open this page again then."))
    return redirect("catalog:source-detail", request.organization.slug, pk)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Right.POLICY_EDIT)
def held_back_accept(request: OrganizationRequest, pk: int, held: int) -> HttpResponse:
    """Read what came instead of a policy, and keep it as a version of ours where that is what it says now."""
    source = source_of(request, pk)
    text = get_object_or_404(queries.held_back(request.organization), pk=held, source=source)
    form = AcceptForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            actions.accept(held=text, by=request.membership, at=clock.now(), **form.cleaned_data)
        except ActionRefused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The text is kept as a version."))
            return redirect("catalog:source-detail", request.organization.slug, pk)
    changes = would_change(versions_of(request, source).texts().first(), text)
    context = {"source": source, "held": text, "form": form, "changes": changes}
    return render(request, "catalog/held_back_accept.html", context)


def version_page(versions: PolicyVersionQuerySet, request: OrganizationRequest) -> KeysetPage:
    """Versions in their order, newest first, each with the text before it (``before_id``); older ones behind ``?before=``."""
    earlier = Q(seen_on__lt=OuterRef("seen_on")) | Q(seen_on=OuterRef("seen_on"), pk__lt=OuterRef("pk"))
    text_before = versions.texts().filter(earlier).values("pk")[:1]
    rows: Any = versions.select_related("by", "reason").annotate(before_id=Subquery(text_before))
    last = versions.filter(pk=number(request.GET.get("before")) or 0).first()
    found = list((rows.before(last) if last else rows)[: VERSIONS_A_PAGE + 1])
    older = f"?before={found[VERSIONS_A_PAGE - 1].pk}" if len(found) > VERSIONS_A_PAGE else ""
    return KeysetPage(found[:VERSIONS_A_PAGE], older_url=older, newer_url=request.path if last else "")


def source_of(request: OrganizationRequest, pk: int) -> PolicySource:
    sources = PolicySource.objects.visible_to(request.organization).select_related("health", "keeper__user")
    return get_object_or_404(sources, pk=pk)


def versions_of(request: OrganizationRequest, source: PolicySource) -> PolicyVersionQuerySet:
    return PolicyVersion.objects.visible_to(request.organization).filter(source=source)
