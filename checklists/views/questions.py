"""What somebody was unsure about, and the contact's answer."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.decorators import require
from accounts.http import OrganizationRequest
from accounts.queries import with_keepers
from accounts.rights import Right
from checklists import actions, queries
from checklists.forms import QuestionForm
from governance.models import Question
from governance.queries.questions import questions_for
from operations import clock
from operations.errors import ActionRefused
from operations.paging import keyset_page


@require_safe
@require(Right.LIST_ANSWER)
def question_list(request: OrganizationRequest) -> HttpResponse:
    """The questions that wait for me, and those I have asked."""
    questions = _questions(request)
    waiting = questions.filter(pk__in=questions_for(request.membership)).order_by("asked_at")
    page = keyset_page(questions.filter(asked_by=request.membership), request)
    return render(request, "checklists/question_list.html", {"waiting": waiting[:100], "page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@require(Right.LIST_ANSWER)
def question_answer(request: OrganizationRequest, pk: int) -> HttpResponse:
    """One question: its contact answers, or any manager where the contact has gone; its asker reads."""
    question = get_object_or_404(_questions(request), pk=pk)
    is_contact = question.keeper_now_id == request.membership.pk or (
        question.keeper_now_id != question.contact_id and Right.CHECKLIST_EDIT in request.rights
    )
    if not is_contact and question.asked_by_id != request.membership.pk:
        raise PermissionDenied
    form = QuestionForm(request.POST or None)
    if request.method == "POST" and not is_contact:
        raise PermissionDenied
    if form.is_valid():
        try:
            actions.reply(question=question, by=request.membership, text=form.cleaned_data["text"], at=clock.now())
        except ActionRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Your answer is on its way."))
            return redirect("checklists:question-list", organization=request.organization.slug)
    item_id = _item_to_settle(request, question)
    context = {
        "question": question,
        "form": form,
        "is_contact": is_contact,
        "item_id": item_id,
        "is_shared": item_id is None and _is_asked_once(request, question),
    }
    return render(request, "checklists/question_answer.html", context)


def _questions(request: OrganizationRequest) -> QuerySet[Any]:
    questions = request.organization.questions.select_related(
        "asked_by__user", "contact__user", "text", "answer", "answered_by"
    )
    return with_keepers(questions, named="contact_id")


def _item_to_settle(request: OrganizationRequest, question: Question) -> int | None:
    """The item on the asker's list that the question is about, while it is asked of them."""
    if question.asked_by_id != request.membership.pk:
        return None
    tasks = queries.task_list(request.membership, request.standing, at=clock.now()).tasks
    return next((task.item_id for task in tasks if f"item:{task.item_id}" == question.about), None)


def _is_asked_once(request: OrganizationRequest, question: Question) -> bool:
    """Whether the asker settles it among what is answered once."""
    if question.asked_by_id != request.membership.pk or Right.SHARED_ANSWER not in request.rights:
        return False
    states = queries.shared_state(request.organization.pk, at=clock.now())
    return any(f"item:{state.item_id}" == question.about for state in states)
