"""What an answer was given to: the words that were shown then, and the hash that stands for them."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.decorators import require
from accounts.http import OrganizationRequest
from accounts.models import Membership
from accounts.rights import Right
from checklists.models import Answer
from checklists.queries.rendering import as_it_was_shown


@require_safe
@require(Right.LIST_ANSWER)
def answer_shown(request: OrganizationRequest, pk: int) -> HttpResponse:
    """One answer and exactly what stood above it: for whoever gave it, and those who look after checklists or audit."""
    answers = request.organization.answers.select_related(
        "revision", "snapshot", "text", "by", "team", "membership__user"
    )
    answer = get_object_or_404(answers.prefetch_related("evidence", "snapshot__bases"), pk=pk)
    is_own = answer.membership_id == request.membership.pk
    if not is_own and Right.CHECKLIST_VIEW not in request.rights:
        raise PermissionDenied
    shown = as_it_was_shown(answer)
    contacts = Membership.objects.select_related("user").filter(pk__in=shown.content.get("contacts") or ())
    context = {"answer": answer, "shown": shown, "contacts": list(contacts), "back": _back(request, answer)}
    return render(request, "checklists/answer_shown.html", context)


def _back(request: OrganizationRequest, answer: Answer) -> str:
    here = request.organization.slug
    if answer.membership_id == request.membership.pk:
        return reverse("checklists:task-summary", args=[here])
    if answer.membership_id is None:
        return reverse("checklists:shared-list", args=[here])
    return reverse("checklists:person-summary", args=[here, answer.membership_id])
