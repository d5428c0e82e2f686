"""Reviews and changes: what waits for its keeper, and how it was closed."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.decorators import refuse, require
from accounts.http import OrganizationRequest
from accounts.next_page import page_to_go_back_to
from accounts.queries import with_keepers
from accounts.rights import Right
from catalog.models import AccessRoute
from catalog.queries import standing_facts
from checklists.models import ChecklistVersion
from governance.models import RouteDecision
from governance.queries.conditions import BoundConditions
from governance.queries.meanwhile import run_out, said_meanwhile, with_newest_said
from governance.queries.routes import route_pages
from operations import clock
from operations.errors import ActionRefused
from operations.paging import keyset_page, number
from reviews import actions, queries
from reviews.forms.reviews import CloseReviewForm, FactForm, JudgeForm
from reviews.models import ChangeAssessment, Review


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
            "open_weeks": queries.open_policy_assessments(request.organization),
            "open_assessments": list(queries.open_assessments(request.organization)[:200]),
            "page": page,
            "judged": list(queries.judged_assessments(request.organization)[:50]),
            "today": clock.today(request.organization.timezone),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@require(Right.REVIEW_VIEW)
def review_close(request: OrganizationRequest, pk: int) -> HttpResponse:
    """One review: what it is about, what was found, and the keeper's sentence."""
    # Whoever keeps it has this right: nobody keeps anything without managing.
    may_close = Right.REVIEW_CLOSE in request.rights
    if request.method == "POST" and not may_close:
        refuse(request)
    bound = BoundConditions("decision__sign_off_id", "decision__conditions")
    reviews = queries.with_change(with_keepers(request.organization.reviews)).annotate(bound_conditions=bound)
    review = get_object_or_404(reviews.select_related("decision__route", "checklist", "because", "closed_by"), pk=pk)
    form = CloseReviewForm(request.POST or None)
    if form.is_valid():
        try:
            return _say(request, review, **form.cleaned_data)
        except ActionRefused as refused:
            form.add_error(None, str(refused))
    context = {
        "review": review,
        "findings": review.findings.select_related("by", "because"),
        **_gave_way(review, request),
        "form": form,
        # What was typed before somebody else closed it stays in sight.
        "may_close": form.is_bound or (may_close and queries.is_asked(review)),
        "today": clock.today(request.organization.timezone),
    }
    return render(request, "reviews/review_close.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Right.REVIEW_VIEW)
def assessment_judge(request: OrganizationRequest, pk: int) -> HttpResponse:
    """One change: both wordings, whom a material verdict would ask again, and the verdict."""
    may_judge = Right.REVIEW_CLOSE in request.rights
    if request.method == "POST" and not may_judge:
        refuse(request)
    at, changes, back = clock.now(), queries.shown_with(request.organization, pk), page_to_go_back_to(request)
    if not changes:
        raise Http404
    form = JudgeForm(request.POST or None, today=clock.day_of(at, request.organization.timezone))
    if form.is_valid():
        try:
            [opened] = (change for change in changes if change.pk == pk)
            actions.judge(assessment=opened, by=request.membership, at=at, **form.cleaned_data)
            messages.success(request, _("Your verdict is recorded."))
            return redirect(_judging(request.organization.slug, pk, back))
        except ActionRefused as refused:
            form.add_error(None, str(refused))
            changes = queries.shown_with(request.organization, pk)
    assessment = changes[-1]
    if assessment.pk != pk and not form.is_bound:
        return redirect(_judging(request.organization.slug, assessment.pk, back))
    context = {"form": form, "may_judge": may_judge, "back": back, **queries.described(changes, at=at)}
    return render(request, "reviews/assessment_judge.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Right.ROUTE_ADD)
def fact_add(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Say something of our own about a route, alone or over a fact that stands there; then judge whether it matters.

    ``?next=`` is the page of ours that sent here and is gone back to.
    """
    route = get_object_or_404(route_pages(request.organization), pk=pk)
    over = None
    if (named := number(request.GET.get("over"))) is not None:
        over = get_object_or_404(standing_facts(request.organization).select_related("topic"), pk=named)
    form = FactForm(request.POST or None, over=over, today=clock.today(request.organization.timezone))
    at, back = clock.now(), page_to_go_back_to(request)
    if request.method == "POST" and form.is_valid():
        about = {"over": over} if over else {"route": route}
        try:
            change = actions.add_own_fact(by=request.membership, at=at, **about, **form.words())
        except ActionRefused as error:
            form.add_error(None, str(error))
        else:
            return _after_adding(request, route, change, back)
    affected = queries.affected_by_replacing(over, request.organization, at=at) if over else None
    context = {"route": route, "over": over, "form": form, "affected": affected, "back": back}
    return render(request, "reviews/fact_add.html", context)


def _gave_way(review: Review, request: OrganizationRequest) -> dict[str, Any]:
    """What a decision rests on and has run out, or is said to stand otherwise: what its keeper is asked to look at first."""
    decision = review.decision
    if decision is None or review.closed_at:
        return {}
    today = clock.today(request.organization.timezone)
    signed = with_newest_said(request.organization.sign_offs.select_related("snapshot")).get(decision=decision)
    return {
        "run_out": run_out(decision.route, request.organization, on=today),
        "meanwhile": said_meanwhile(signed, signed.content, on=today),
    }


def _after_adding(
    request: OrganizationRequest, route: AccessRoute, change: ChangeAssessment | None, back: str
) -> HttpResponse:
    slug = request.organization.slug
    if change is None:
        messages.success(request, _("Added as ours. Whoever signs from now on sees it."))
        return redirect(back or reverse("governance:route-detail", args=[slug, route.pk]))
    messages.success(request, _("Added as ours. Now say whether it matters to those who relied on what stood there."))
    return redirect(_judging(slug, change.pk, back))


def _judging(slug: str, pk: int, back: str) -> str:
    """The page of a change, which leads back to where somebody came from."""
    page = reverse("reviews:assessment-judge", args=[slug, pk])
    return f"{page}?{urlencode({'next': back})}" if back else page


def _say(request: OrganizationRequest, review: Review, *, outcome: str, because: str) -> HttpResponse:
    """Carry out what the keeper says, and lead on: to the other reviews, or straight into the draft that changes it."""
    word: dict[str, Any] = {"review": review, "by": request.membership, "because": because, "at": clock.now()}
    slug = request.organization.slug
    if outcome == Review.Outcome.HOLDS:
        actions.close(**word)
        messages.success(request, _("Recorded: it still holds. The next review is scheduled."))
        return redirect("reviews:review-list", slug)
    change = actions.find_change(**word, outcome=outcome)
    messages.info(request, _("Recorded. This draft changes it; the review stays open until that is decided."))
    if isinstance(change, ChecklistVersion):
        return redirect("checklists:draft-edit", slug, change.checklist_id)
    page = "edit" if change.status == RouteDecision.Status.DRAFT else "detail"
    return redirect(f"governance:decision-{page}", slug, change.pk)
