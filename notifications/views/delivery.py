"""Whether mail leaves, and whom it doesn't reach."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.decorators import require
from accounts.http import OrganizationRequest
from accounts.queries import active_memberships
from accounts.rights import Right
from notifications import actions, queries
from notifications.models import OutgoingMail
from operations import clock
from operations.limits import is_within

MOST_TESTS_A_MINUTE = 5


@require_http_methods(["GET", "POST"])
@require(Right.PEOPLE_MANAGE)
def mail_test(request: OrganizationRequest) -> HttpResponse:
    """Send oneself a message, and watch its way."""
    if request.method == "POST":
        if is_within("mail-test", str(request.membership.pk), most=MOST_TESTS_A_MINUTE, seconds=60):
            actions.send_test(by=request.membership, at=clock.now())
        else:
            messages.error(request, _("Too many tests. Wait a minute, then try again."))
        return redirect("notifications:mail-test", organization=request.organization.slug)
    own = request.organization.outgoing_mail.filter(user=request.user, kind=OutgoingMail.Kind.TEST)
    mail = own.select_related("organization").defer("text", "html").order_by("pk").last()
    return render(request, "notifications/mail_test.html", {"mail": mail})


@require_http_methods(["GET", "POST"])
@require(Right.PEOPLE_MANAGE)
def person_reach(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Whether mail reaches a person; say that it doesn't, or that it is tried again."""
    people = active_memberships(request.organization).select_related("user", "organization")
    person = get_object_or_404(people, pk=pk)
    if request.method == "POST":
        if "try_again" in request.POST:
            actions.try_again(membership=person, by=request.membership, at=clock.now())
        else:
            actions.mark_bouncing(membership=person, by=request.membership, at=clock.now())
        messages.success(request, _("Saved."))
        return redirect("accounts:person-detail", organization=request.organization.slug, pk=person.pk)
    return render(request, "notifications/person_reach.html", {"person": person, "bounce": queries.bounce_of(person)})
