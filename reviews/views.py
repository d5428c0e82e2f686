"""Reviews and changes: what waits for its keeper, and how it was closed."""

import datetime as dt

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.decorators import require
from accounts.http import OrganizationRequest
from accounts.queries import with_keepers
from accounts.rights import Right
from catalog.models import AccessRoute
from catalog.queries import standing_facts
from governance.queries.routes import route_pages
from operations import clock
from operations.errors import ActionRefused
from operations.paging import keyset_page
from reviews import actions, queries
from reviews.forms import CloseReviewForm, FactForm, JudgeForm
from reviews.models import ChangeAssessment, Review

DAYS_TO_ANSWER_AGAIN = 14


@require_safe
@require(Right.REVIEW_VIEW)
def review_list(request: OrganizationRequest) -> HttpResponse:
    """What waits, due first; what was closed, newest first."""
    page = keyset_page(queries.closed_reviews(request.organization), request)
    return render(
        request,
        "reviews/review_list.html",
        {
            "open_reviews": list(queries.open_reviews(request.organization)[:200]),
            "open_assessments": list(queries.open_assessments(request.organization)[:200]),
            "page": page,
            "judged": list(queries.judged_assessments(request.organization)[:50]),
            "today": clock.today(request.organization.timezone),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@require(Right.REVIEW_VIEW)
def review_close(request: OrganizationRequest, pk: int) -> HttpResponse:
    """One review: what it is about, and the keeper's sentence."""
    reviews = with_keepers(request.organization.reviews).select_related(
        "decision__route", "checklist", "because", "closed_by"
    )
    review = get_object_or_404(reviews, pk=pk)
    # Whoever keeps it has this right: nobody keeps anything without managing.
    may_close = review.closed_at is None and Right.REVIEW_CLOSE in request.rights
    form = CloseReviewForm(request.POST or None)
    if request.method == "POST" and may_close and form.is_valid():
        try:
            actions.close(review=review, by=request.membership, at=clock.now(), **form.cleaned_data)
        except ActionRefused as refused:
            form.add_error(None, str(refused))
        else:
            return _after_closing(request, review, form.cleaned_data["outcome"])
    context = {
        "review": review,
        "form": form,
        "may_close": may_close,
        "today": clock.today(request.organization.timezone),
    }
    return render(
        request, "reviews/review_close.html", context, status=200 if may_close or request.method != "POST" else 403
    )


@require_http_methods(["GET", "HEAD", "POST"])
@require(Right.REVIEW_VIEW)
def assessment_judge(request: OrganizationRequest, pk: int) -> HttpResponse:
    """One change: both wordings, whom a material verdict would ask again, and the verdict."""
    may_judge = Right.REVIEW_CLOSE in request.rights
    if request.method == "POST" and not may_judge:
        raise PermissionDenied
    assessment = get_object_or_404(
        request.organization.change_assessments.select_related("because", "judged_by", "reopening", "organization"),
        pk=pk,
    )
    at = clock.now()
    answer_by = clock.day_of(at, request.organization.timezone) + dt.timedelta(days=DAYS_TO_ANSWER_AGAIN)
    form = JudgeForm(request.POST or None, initial={"due_on": answer_by})
    if form.is_valid():
        try:
            actions.judge(assessment=assessment, by=request.membership, at=at, **form.cleaned_data)
        except ActionRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Your verdict is recorded."))
            return redirect("reviews:assessment-judge", request.organization.slug, pk)
    context = {"assessment": assessment, "form": form, "may_judge": may_judge, **queries.wordings(assessment)}
    context["affected"] = queries.affected_by_change(assessment, at=at)
    return render(request, "reviews/assessment_judge.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Right.ROUTE_ADD)
def fact_add(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Say something of our own about a route, alone or over a fact that stands there; then judge whether it matters."""
    route = get_object_or_404(route_pages(request.organization), pk=pk)
    over = None
    if request.GET.get("over", "").isdecimal():
        over = get_object_or_404(standing_facts(request.organization).select_related("topic"), pk=request.GET["over"])
    form = FactForm(request.POST or None, over=over)
    at = clock.now()
    if request.method == "POST" and form.is_valid():
        about = {"over": over} if over else {"route": route}
        try:
            change = actions.add_own_fact(by=request.membership, at=at, **about, **form.words())
        except ActionRefused as error:
            form.add_error(None, str(error))
        else:
            return _after_adding(request, route, change)
    affected = queries.affected_by_replacing(over, request.organization, at=at) if over else None
    context = {"route": route, "over": over, "form": form, "affected": affected}
    return render(request, "reviews/fact_add.html", context)


def _after_adding(request: OrganizationRequest, route: AccessRoute, change: ChangeAssessment | None) -> HttpResponse:
    if change is None:
        messages.success(request, _("Added as ours. Whoever signs from now on sees it."))
        return redirect("governance:route-detail", request.organization.slug, route.pk)
    messages.success(request, _("Added as ours. Now say whether it matters to those who relied on what stood there."))
    return redirect("reviews:assessment-judge", request.organization.slug, change.pk)


def _after_closing(request: OrganizationRequest, review: Review, outcome: str) -> HttpResponse:
    if outcome == Review.Outcome.HOLDS:
        messages.success(request, _("Recorded: it still holds. The next review is scheduled."))
        return redirect("reviews:review-list", organization=request.organization.slug)
    messages.info(request, _("Recorded. Now change it: whoever has to sign or look again is asked from there."))
    if review.decision:
        return redirect(
            "governance:decision-propose", organization=request.organization.slug, pk=review.decision.route_id
        )
    return redirect("checklists:checklist-detail", organization=request.organization.slug, pk=review.checklist_id)
