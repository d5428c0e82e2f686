"""Who is invited."""

import datetime as dt

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import actions
from accounts.decorators import require
from accounts.forms import InvitationForm, SeenForm
from accounts.http import OrganizationRequest
from accounts.links import link_of
from accounts.models import Invitation
from accounts.next_page import page_to_go_back_to
from accounts.queries import invitations_of, leaves_the_house, resendable
from accounts.rights import Right, may_grant_group, may_grant_level
from audit.canonical import digest_of_ids
from operations import clock
from operations.errors import ActionRefused
from operations.paging import keyset_page, total_text


@require_safe
@require(Right.PEOPLE_MANAGE)
def invitation_list(request: OrganizationRequest) -> HttpResponse:
    """Who has not joined yet, newest first, or (``?show=settled``) who has; links to copy where no mail leaves the house."""
    is_settled = request.GET.get("show") == "settled"
    invitations = invitations_of(request.organization, is_settled=is_settled)
    page = keyset_page(invitations, request)
    has_no_mail = _has_no_mail(request)
    context = {
        "page": page,
        "rows": [_row(request, invitation, shows_link=has_no_mail) for invitation in page.rows],
        "total": total_text(invitations),
        "has_no_mail": has_no_mail,
        "is_settled": is_settled,
        "may_resend_all": not is_settled and len(page.rows) > 1,
    }
    return render(request, "accounts/invitation_list.html", context)


@require_http_methods(["GET", "POST"])
@require(Right.PEOPLE_MANAGE)
def invitation_add(request: OrganizationRequest) -> HttpResponse:
    """Invite somebody; ``?group=`` is where they sign, ``?next=`` the page of ours that sent here and is gone back to."""
    back = page_to_go_back_to(request)
    chosen = {"group": request.GET.get("group", "")}
    form = InvitationForm(request.POST or None, organization=request.organization, held=request.rights, initial=chosen)
    if form.is_valid():
        try:
            invitation = actions.invite(by=request.membership, at=clock.now(), **form.cleaned_data)
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("%(email)s has been invited.") % {"email": invitation.email})
            return redirect(back) if back else _to_list(request)
    context = {"form": form, "has_no_mail": _has_no_mail(request), "next": back}
    return render(request, "accounts/invitation_add.html", context)


@require_POST
@require(Right.PEOPLE_MANAGE)
def invitation_resend(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Send an invitation again."""
    invitation = get_object_or_404(Invitation, organization=request.organization, pk=pk)
    try:
        actions.resend(invitation=invitation, by=request.membership, at=clock.now())
    except ActionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        said = (
            _("There is a new link for %(email)s to hand over; the older one no longer works.")
            if _has_no_mail(request)
            else _("Sent again to %(email)s; the older link no longer works.")
        )
        messages.success(request, said % {"email": invitation})
    return _to_list(request)


@require_http_methods(["GET", "POST"])
@require(Right.PEOPLE_MANAGE)
def invitation_resend_all(request: OrganizationRequest) -> HttpResponse:
    """Say how many invitations are sent again, then do it."""
    refused = ""
    if request.method == "POST":
        try:
            count = actions.resend_all(seen=request.POST.get("seen", ""), by=request.membership, at=clock.now())
        except ActionRefused as refusal:
            refused = str(refusal)
        else:
            said = ngettext("%(count)d invitation has a new link.", "%(count)d invitations have a new link.", count)
            messages.success(request, said % {"count": count})
            return _to_list(request)
    ids = sorted(resendable(request.organization, held=request.rights).values_list("pk", flat=True))
    apart = invitations_of(request.organization).count() - len(ids)
    context = {
        "touches": ngettext("Touches %(count)d person.", "Touches %(count)d people.", len(ids)) % {"count": len(ids)},
        "consequences": _resending(has_no_mail=_has_no_mail(request), apart=apart),
        "seen_form": SeenForm(initial={"seen": digest_of_ids(ids)}),
        "refused": refused,
    }
    return render(request, "accounts/invitation_resend_all.html", context)


def _resending(*, has_no_mail: bool, apart: int) -> list[str]:
    said = [
        _("Everybody who has not joined yet gets a new link, to be handed over by you.")
        if has_no_mail
        else _("Everybody who has not joined yet gets the invitation once more, with a new link."),
        _("Older links open nothing any more."),
    ]
    if apart:
        not_mine = ngettext(
            "%(count)d invitation gives more than you could, and stays as it is: an owner can send it again.",
            "%(count)d invitations give more than you could, and stay as they are: an owner can send them again.",
            apart,
        )
        said.append(not_mine % {"count": apart})
    return said


@require_POST
@require(Right.PEOPLE_MANAGE)
def invitation_withdraw(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Take an invitation back."""
    invitation = get_object_or_404(Invitation, organization=request.organization, pk=pk)
    try:
        actions.withdraw(invitation=invitation, by=request.membership, at=clock.now())
    except ActionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The invitation of %(email)s is withdrawn.") % {"email": invitation})
    return _to_list(request)


def _has_no_mail(request: OrganizationRequest) -> bool:
    return not leaves_the_house(request.organization)


def _row(request: OrganizationRequest, invitation: Invitation, *, shows_link: bool) -> dict[str, object]:
    """A link is shown only to those who could have given what it opens: it could be used in another's place.

    One that was mailed is shown to nobody: whoever holds it has read the mail.
    """
    status = _status(invitation, at=clock.now())
    is_open = status in {"invited", "expired"}
    may_act = may_grant_level(request.rights, invitation.level) and (
        invitation.group_id is None or may_grant_group(request.rights)
    )
    return {
        "invitation": invitation,
        "status": status,
        "day": invitation.accepted_at or invitation.withdrawn_at or invitation.expires_at,
        "level": invitation.get_level_display(),
        "may_act": is_open and may_act,
        "link": link_of(invitation)
        if shows_link and status == "invited" and may_act and not invitation.is_mailed
        else "",
    }


def _status(invitation: Invitation, *, at: dt.datetime) -> str:
    if invitation.accepted_at:
        return "accepted"
    if invitation.withdrawn_at:
        return "withdrawn"
    return "expired" if invitation.expires_at <= at else "invited"


def _to_list(request: OrganizationRequest) -> HttpResponse:
    return redirect("accounts:invitation-list", organization=request.organization.slug)
