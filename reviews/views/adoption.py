"""An adoption review from its first page: begin it, change what it is about, end it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.decorators import require
from accounts.http import OrganizationRequest
from accounts.rights import Right
from operations import clock
from operations.errors import ActionRefused
from reviews import actions
from reviews.forms.adoption import BeginAdoptionForm, ChangeAdoptionForm, EndAdoptionForm
from reviews.queries.adoption import adoption_reviews, routes_about, running_review, terms_of
from reviews.views.board import show_board


@require_safe
@require(Right.REVIEW_VIEW)
def adoption_list(request: OrganizationRequest) -> HttpResponse:
    """The board of the review that runs; where none does, those that are over, and how one begins."""
    running = running_review(request.organization)
    if running and "all" not in request.GET:
        return show_board(request, running.pk)
    context = {
        "running": running,
        "adoptions": list(adoption_reviews(request.organization)[:50]),
        "may_run": Right.ADOPTION_RUN in request.rights,
    }
    return render(request, "reviews/adoption_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Right.ADOPTION_RUN)
def adoption_begin(request: OrganizationRequest) -> HttpResponse:
    """Name, scope, target date, keeper: then the board stands."""
    at, today = clock.now(), clock.today(request.organization.timezone)
    form = BeginAdoptionForm(
        request.POST or None,
        organization=request.organization,
        today=today,
        initial={"keeper": request.membership},
    )
    if form.is_valid():
        try:
            review = actions.begin_adoption(by=request.membership, at=at, **form.cleaned_data)
        except ActionRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The adoption review runs. This is its board."))
            return redirect("reviews:adoption-board", request.organization.slug, review.pk)
    return render(request, "reviews/adoption_begin.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@require(Right.ADOPTION_RUN)
def adoption_change(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Another name, scope, day, keeper, or other routes; and why."""
    review = get_object_or_404(request.organization.adoption_reviews, pk=pk)
    at, today = clock.now(), clock.today(request.organization.timezone)
    terms = terms_of(review, at=at)
    initial: dict[str, Any] = {name: getattr(terms, name) for name in ("name", "scope", "target_on", "keeper")}
    initial["routes"] = list(routes_about(review, at=at))
    form = ChangeAdoptionForm(request.POST or None, organization=request.organization, today=today, initial=initial)
    if form.is_valid():
        try:
            actions.change_adoption(review=review, by=request.membership, at=at, **form.cleaned_data)
        except ActionRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Changed. What nobody moved by hand is planned anew."))
            return redirect("reviews:adoption-board", request.organization.slug, review.pk)
    return render(request, "reviews/adoption_change.html", {"review": review, "terms": terms, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@require(Right.ADOPTION_RUN)
def adoption_end(request: OrganizationRequest, pk: int) -> HttpResponse:
    """End it without a go or a no-go."""
    review = get_object_or_404(request.organization.adoption_reviews, pk=pk)
    at = clock.now()
    form = EndAdoptionForm(request.POST or None)
    if form.is_valid():
        try:
            actions.end_adoption(review=review, by=request.membership, at=at, **form.cleaned_data)
        except ActionRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The adoption review has ended."))
            return redirect("reviews:adoption-board", request.organization.slug, review.pk)
    return render(
        request, "reviews/adoption_end.html", {"review": review, "terms": terms_of(review, at=at), "form": form}
    )
