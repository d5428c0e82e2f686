"""A person's own list: what is asked, one question, what they have said."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.decorators import require
from accounts.http import OrganizationRequest
from accounts.models import Membership
from accounts.queries import people_reached, standing_of, with_standing
from accounts.rights import Right
from checklists import actions, queries
from checklists.forms import AnswerForm
from checklists.models import ItemRevision
from checklists.queries.asked import asked_by_name
from checklists.queries.differences import since_answered
from checklists.queries.rendering import ShownItem
from checklists.queries.tasks import Task, TaskList
from checklists.views.since_opened import since_opened
from checklists.views.uploads import Brought
from governance.models import RouteDecision
from governance.queries.decisions import is_all_suspended
from operations import clock
from operations.errors import ActionRefused
from operations.uploads import bounded_uploads


@require_safe
@require(Right.LIST_ANSWER)
def task_list(request: OrganizationRequest) -> HttpResponse:
    """Everything asked of me, grouped by what it is about."""
    tasks = _mine(request, at=clock.now())
    context = {
        "tasks": tasks,
        "stations": _stations(tasks),
        "next": queries.next_task(tasks),
        "asked_by_name": list(asked_by_name(request.membership)),
        "waiting": _waiting(request, tasks),
        "is_suspended": not tasks.tasks and _is_suspended(request),
    }
    return render(request, "checklists/task_list.html", context)


@bounded_uploads
@require_http_methods(["GET", "HEAD", "POST"])
@require(Right.LIST_ANSWER)
def task_answer(request: OrganizationRequest, item: int) -> HttpResponse:
    """One question; the answer button saves and goes on to the next."""
    at = clock.now()
    tasks = _mine(request, at=at)
    task = next((task for task in tasks.tasks if task.item_id == item), None)
    if task is None:
        return _not_asked(request, item, at)
    context = _context(request, tasks, task)
    standing = context["answer"] if context["dialog"].has_evidence else None
    brought = Brought(
        request,
        task.revision,
        team=None,
        is_shared=False,
        standing=standing,
        at=at,
        has_uploads=context["dialog"].has_uploads,
        has_given=context["dialog"].has_given,
    )
    form = brought.form(request, today=clock.day_of(at, request.organization.timezone), typed=context["typed"])
    if form.is_valid():
        if form.cleaned_data["reply"] == "draft":
            return _keep_draft(request, task, form, at)
        try:
            actions.answer(
                membership=request.membership, standing=request.standing, item_id=item, at=at, **form.given_on_page()
            )
        except ActionRefused as refused:
            form.add_error(None, str(refused))
            context |= since_opened(refused)
            context["contacts"] = contacts_named(tasks.decisions, context["shown"])
        else:
            if form.cleaned_data["reply"] in {"unsure", "cannot"} and not context["asks_oneself"]:
                asked = _("%(person)s is asked. The answer will stand with this question, and under Questions.")
                messages.success(request, asked % {"person": context["contact"]})
            return _go_on(request, item)
    evidence = [one for one in brought.before if standing and one.answer_id == standing.pk]
    return render(request, "checklists/task_answer.html", {**context, "form": form, "evidence": evidence})


@require_POST
@require(Right.LIST_ANSWER)
def task_mail(request: OrganizationRequest, item: int) -> HttpResponse:
    """Mail a question to oneself, for when one sits at a computer, and go on with another."""
    at = clock.now()
    tasks = _mine(request, at=at)
    task = next((task for task in tasks.tasks if task.item_id == item), None)
    if task is None:
        return _not_asked(request, item, at)
    try:
        actions.mail_to_oneself(membership=request.membership, revision=task.revision, at=at)
    except ActionRefused as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, _("Mailed to %(address)s.") % {"address": request.membership.user.email})
    following = queries.next_task(tasks, after=item)
    slug = request.organization.slug
    if following is None or following.waits_for_computer:
        return redirect("checklists:task-list", organization=slug)
    return redirect("checklists:task-answer", organization=slug, item=following.item_id)


@require_safe
@require(Right.LIST_ANSWER)
def task_summary(request: OrganizationRequest) -> HttpResponse:
    """What I have said, to read again and to print; each answer under the words that were shown, asked still or not."""
    tasks = _mine(request, at=clock.now())
    context = _said(request.membership, tasks) | {"waiting": _waiting(request, tasks)}
    return render(request, "checklists/task_summary.html", context)


@require_safe
@require(Right.CHECKLIST_VIEW)
def person_summary(request: OrganizationRequest, pk: int) -> HttpResponse:
    """What somebody else has said, with their evidence, for those who look after the checklists and for auditors."""
    people = with_standing(people_reached(request.membership, request.standing)).select_related("user", "organization")
    person = get_object_or_404(people, pk=pk)
    tasks = queries.task_list(person, standing_of(person), at=clock.now())
    return render(request, "checklists/task_summary.html", _said(person, tasks) | {"person": person})


def _mine(request: OrganizationRequest, *, at: dt.datetime) -> TaskList:
    """Everything asked of whoever opened the page; the frame around it counts nothing again."""
    tasks = queries.task_list(request.membership, request.standing, at=at)
    request.items_left = len(tasks.open)
    return tasks


def _is_suspended(request: OrganizationRequest) -> bool:
    standing = request.standing
    return is_all_suspended(request.organization, team_id=standing.team_id, job_role_id=standing.job_role_id)


def _said(person: Membership, tasks: TaskList) -> dict[str, Any]:
    said = queries.answers_of(person)
    rows = [{"task": task, "said": said.pop(task.item_id, [])} for task in tasks.tasks]
    return {"tasks": tasks, "rows": rows, "no_longer": said.values()}


def _waiting(request: OrganizationRequest, tasks: TaskList) -> str:
    """From whom an answer is waited for; that nothing else is left, where it is so."""
    if not tasks.waiting:
        return ""
    words = queries.waiting_in_words if tasks.open else queries.nothing_left_in_words
    return words(request.membership, tasks.waiting)


def _stations(tasks: TaskList) -> list[dict[str, str]]:
    state = {"completed": "done", "to-do": "to-do", "needs-another-look": "attention", "waiting": "current"}
    return [{"state": state[task.status]} for task in tasks.tasks] if tasks.total <= 20 else []


def _context(request: OrganizationRequest, tasks: TaskList, task: Task) -> dict[str, Any]:
    shown = queries.render_task(request.membership, tasks, task.item_id)
    dialog = queries.dialog_about(request.membership, task)
    answer = queries.answer_given(request.membership, task.answer_id) if task.answer_id else None
    contact = queries.contact_for(request.membership, tasks.decisions, task.contact_id)
    return {
        "tasks": tasks,
        "task": task,
        "shown": shown,
        "dialog": dialog,
        "typed": {"shown": shown.sha256, **dialog.draft},
        "contacts": contacts_named(tasks.decisions, shown),
        "contact": contact,
        "asks_oneself": contact == request.membership,  # who is alone has nobody else
        "answer": answer,
        "since_answered": since_answered(answer, shown) if answer and task.is_open else [],
        "number": [one.item_id for one in tasks.tasks].index(task.item_id) + 1,
    }


def contacts_named(decisions: list[RouteDecision], shown: ShownItem) -> list[Membership]:
    """The contacts that are shown; who stands in for one is not among the keepers that the decisions name."""
    known = {decision.keeper_id: decision.keeper for decision in decisions}
    shown_ids = shown.content.get("contacts", [])
    if unknown := set(shown_ids) - set(known):
        known |= Membership.objects.select_related("user").in_bulk(unknown)
    return [known[pk] for pk in shown_ids]


def _keep_draft(request: OrganizationRequest, task: Task, form: AnswerForm, at: Any) -> HttpResponse:
    actions.save_draft(membership=request.membership, item=task.revision.item, data=form.draft(), at=at)
    messages.info(request, _("Kept as a draft. Only you can see it."))
    return redirect("checklists:task-list", organization=request.organization.slug)


def _not_asked(request: OrganizationRequest, item: int, at: dt.datetime) -> HttpResponse:
    """Back to the list from a question that went, while its page was open: a route was suspended, say. Words wait as a draft."""
    rows = ItemRevision.objects.filter(organization=request.organization, item=item, published_at__isnull=False)
    revision = rows.select_related("item").order_by("pk").last()
    if revision is None:
        raise Http404
    said = _("This question is not asked of you at the moment.")
    if request.method == "POST":
        form = AnswerForm(request.POST, revision=revision, today=clock.day_of(at, request.organization.timezone))
        form.is_valid()
        if typed := form.draft(is_all=True):
            actions.save_draft(membership=request.membership, item=revision.item, data=typed, at=at)
            unsaved = _(
                "Nothing was answered. Your words are kept as a draft, should it be asked again; files are not."
            )
        else:
            unsaved = _("Nothing was answered, and nothing of it is kept.")
        said = f"{said} {unsaved}"
    messages.warning(request, said)
    return redirect("checklists:task-list", organization=request.organization.slug)


def _go_on(request: OrganizationRequest, item: int) -> HttpResponse:
    tasks = queries.task_list(request.membership, request.standing, at=clock.now())
    following = queries.next_task(tasks, after=item)
    slug = request.organization.slug
    if following is not None:
        return redirect("checklists:task-answer", organization=slug, item=following.item_id)
    if not tasks.waiting:
        messages.success(request, _("That was the last one. Thank you."))
    if request.organization.is_solo:
        return redirect(request.organization)  # their one page says when to look again
    return redirect("checklists:task-list", organization=slug)
