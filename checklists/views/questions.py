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
from checklists.models import Answer
from checklists.queries.rendering import as_it_was_shown
from governance.models import Question
from governance.queries.questions import newest_of_threads, questions_for, thread_of
from operations import clock
from operations.errors import ActionRefused
from operations.paging import keyset_page


@require_safe
@require(Right.LIST_ANSWER)
def question_list(request: OrganizationRequest) -> HttpResponse:
    """The questions that wait for me, and those I have asked."""
    questions = _questions(request)
    waiting = questions.filter(pk__in=questions_for(request.membership)).order_by("asked_at")
    page = keyset_page(newest_of_threads(questions.filter(asked_by=request.membership)), request)
    return render(request, "checklists/question_list.html", {"waiting": waiting[:100], "page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@require(Right.LIST_ANSWER)
def question_answer(request: OrganizationRequest, pk: int) -> HttpResponse:
    """One question and what followed: its contact answers, or any manager where the contact has gone; its asker asks back;
    either of them closes it."""
    question = get_object_or_404(_questions(request), pk=pk)
    is_asker = question.asked_by_id == request.membership.pk
    is_contact = question.keeper_now_id == request.membership.pk or (
        question.keeper_now_id != question.contact_id and Right.CHECKLIST_EDIT in request.rights
    )
    if not is_contact and not is_asker:
        raise PermissionDenied
    thread = list(thread_of(question))
    form = QuestionForm(request.POST if request.method == "POST" and "close" not in request.POST else None)
    if request.method == "POST" and (done := _done(request, thread[-1], form, is_contact=is_contact)):
        messages.success(request, done)
        return redirect("checklists:question-list", organization=request.organization.slug)
    item_id = _item_to_settle(request, question)
    context = {
        "question": question,
        "thread": thread,
        "newest": thread[-1],
        "form": form,
        "is_contact": is_contact,
        "is_asker": is_asker,
        "said": _said(thread[0]) if is_contact else None,
        "item_id": item_id,
        "is_shared": item_id is None and _is_asked_once(request, question),
    }
    return render(request, "checklists/question_answer.html", context)


def _done(request: OrganizationRequest, newest: Question, form: QuestionForm, *, is_contact: bool) -> str:
    """What was done, in words; empty where it was not, and the form says why."""
    words: dict[str, Any] = {"question": newest, "by": request.membership, "at": clock.now()}
    waits_for_us = is_contact and newest.answered_at is None
    try:
        if "close" in request.POST:
            actions.close(**words)
            return _("Closed.")
        if not form.is_valid():
            return ""
        if waits_for_us or newest.asked_by_id != request.membership.pk:
            actions.reply(**words, text=form.cleaned_data["text"])
            return _("Your answer is on its way.")
        actions.ask_back(**words, text=form.cleaned_data["text"])
        return _("Asked. Until there is an answer, nothing is overdue.")
    except ActionRefused as refused:
        if form.is_bound:
            form.add_error(None, str(refused))
        else:
            messages.error(request, str(refused))
        return ""


def _said(first: Question) -> dict[str, Any] | None:
    """What whoever asked saw when they did: the words of the item as they were shown."""
    answers = Answer.objects.filter(organization=first.organization_id, by=first.asked_by.user_id, at=first.asked_at)
    item_id = first.about.removeprefix("item:")
    if not item_id.isdigit():
        return None
    answer = answers.filter(item_id=item_id).select_related("snapshot", "revision").first()
    return {"shown": as_it_was_shown(answer)} if answer else None


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
