"""The board of an adoption review, and one question of it."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.decorators import refuse, require
from accounts.http import OrganizationRequest
from accounts.rights import Right
from checklists.models import Item
from checklists.queries import proofs_of
from operations import clock
from operations.errors import ActionRefused
from reviews import actions
from reviews.forms.adoption import CommentForm, DayForm, KeeperForm
from reviews.models import AdoptionReview
from reviews.queries.adoption import adoption_reviews
from reviews.queries.standing import answers_on, history_of, item_history, refusal_in, standing_of


@require_safe
@require(Right.REVIEW_VIEW)
def adoption_board(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Every question once, by section: how it stands, who looks after it, by when; after the end, as it stood then."""
    return show_board(request, pk)


def show_board(request: OrganizationRequest, pk: int) -> HttpResponse:
    """The board of one review; the one that runs is also shown at an address without its number."""
    review = get_object_or_404(adoption_reviews(request.organization), pk=pk)
    stands = standing_of(review, at=clock.now())
    history = history_of(review)
    context = {
        "review": review,
        "stands": stands,
        "answers": answers_on(stands.board),
        "proofs": proofs_of(request.organization, at=stands.at),
        "history": history,
        "refusal": refusal_in(history) if review.is_running else None,
        "may_change": Right.ADOPTION_RUN in request.rights and review.is_running and not vars(review)["pending_id"],
    }
    return render(request, "reviews/adoption_board.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Right.REVIEW_VIEW)
def board_item(request: OrganizationRequest, pk: int, item: int) -> HttpResponse:
    """One question: its answer or what shows it, its keeper, its day, and what was said about it."""
    may_run = Right.ADOPTION_RUN in request.rights
    if request.method == "POST" and not may_run:
        refuse(request)
    review = get_object_or_404(adoption_reviews(request.organization), pk=pk)
    at = clock.now()
    stands = standing_of(review, at=at)
    row = next((row for row in stands.board.rows if row.item_id == item), None)
    if row is None:
        raise Http404
    forms = _forms(request, today=stands.board.today)
    if request.method == "POST" and _said(request, forms, review, Item(pk=item), at=at):
        return redirect("reviews:board-item", request.organization.slug, pk, item)
    context = {
        "review": review,
        "stands": stands,
        "row": row,
        "status": row.status(stands.board.today),
        "answer": answers_on(stands.board, of=item).get(item),
        "proof": proofs_of(request.organization, at=stands.at).get(row.answers_itself) if row.answers_itself else None,
        "events": item_history(review, item),
        "forms": forms,
        "may_change": may_run and review.is_running and not vars(review)["pending_id"],
        "may_answer": Right.SHARED_ANSWER in request.rights and review.is_running,
    }
    return render(request, "reviews/board_item.html", context)


def _forms(request: OrganizationRequest, *, today: dt.date) -> dict[str, Form]:
    """The three forms of the page; what was sent fills the one whose button was pressed."""

    def sent(name: str) -> Any:
        return request.POST if request.POST.get("do") == name else None

    return {
        "comment": CommentForm(sent("comment")),
        "day": DayForm(sent("day"), today=today),
        "keeper": KeeperForm(sent("keeper"), organization=request.organization),
    }


def _said(
    request: OrganizationRequest, forms: dict[str, Form], review: AdoptionReview, item: Item, *, at: dt.datetime
) -> bool:
    """Carry out what the form says whose button was pressed; False leaves the page with the reason on that form."""
    form = forms.get(request.POST.get("do", ""))
    if form is None or not form.is_valid():
        return False
    about: dict[str, Any] = {"review": review, "item": item, "by": request.membership, "at": at}
    done: dict[type[Form], Callable[..., object]] = {
        CommentForm: actions.comment,
        DayForm: actions.move_item_day,
        KeeperForm: actions.keep_item,
    }
    try:
        done[type(form)](**about, **(form.keeper() if isinstance(form, KeeperForm) else form.cleaned_data))
    except ActionRefused as refused:
        form.add_error(None, str(refused))
        return False
    messages.success(request, _("Saved."))
    return True
