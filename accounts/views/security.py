"""Sign-in and security: a person's own password, second factors, recovery codes and sessions."""

from typing import Any

from allauth.mfa import app_settings as mfa_settings
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import actions
from accounts.addresses import why_no_passkeys
from accounts.decorators import confirmed_lately
from accounts.http import PersonRequest
from accounts.next_page import page_to_go_back_to
from accounts.queries import SECOND_FACTORS, has_second_factor, organizations_requiring, sessions_of
from operations import clock
from operations.errors import ActionRefused

FEW = 3  # recovery codes: time to make new ones
Type = Authenticator.Type


@require_safe
def security(request: PersonRequest) -> HttpResponse:
    """By what this person signs in, and where they are signed in."""
    factors = list(Authenticator.objects.filter(user=request.user).order_by("created_at"))
    codes = next((one for one in factors if one.type == Type.RECOVERY_CODES), None)
    context = {
        "app": next((one for one in factors if one.type == Type.TOTP), None),
        "passkeys": [one for one in factors if one.type == Type.WEBAUTHN],
        "why_no_passkeys": why_no_passkeys(request),
        "has_codes": codes is not None,
        "codes_left": _codes_left(codes) if codes else 0,
        "few": FEW,
        "requiring": organizations_requiring(request.user),
        "sessions": sessions_of(request.user, at=clock.now(), this_one=request.session.session_key),
    }
    return render(request, "accounts/security.html", context)


@require_safe
def second_factor_needed(request: PersonRequest) -> HttpResponse:
    """Where somebody is led of whom an organization requires a second factor that they don't have."""
    if has_second_factor(request):
        return redirect(page_to_go_back_to(request) or "home:start")
    context = {"requiring": organizations_requiring(request.user), "why_no_passkeys": why_no_passkeys(request)}
    return render(request, "accounts/second_factor_needed.html", context)


@require_http_methods(["GET", "POST"])
@confirmed_lately
def factor_remove(request: PersonRequest, pk: int) -> HttpResponse:
    """Say what it means to take a passkey or the app off the account, then do it."""
    factors = Authenticator.objects.filter(user=request.user, type__in=SECOND_FACTORS)
    factor = get_object_or_404(factors, pk=pk)
    refused = ""
    if request.method == "POST":
        try:
            actions.remove_factor(user=request.user, factor_id=factor.pk, at=clock.now())
        except ActionRefused as refusal:
            refused = str(refusal)
        else:
            messages.success(request, _("It is removed."))
            return redirect("accounts:security")
    is_last = not factors.exclude(pk=pk).exists()
    context = {
        "called": called(factor),
        "consequences": _consequences(factor, is_last=is_last),
        "required_by": organizations_requiring(request.user) if is_last else [],
        "refused": refused,
    }
    return render(request, "accounts/factor_remove.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@confirmed_lately
def recovery_codes(request: PersonRequest) -> HttpResponse:
    """The codes, until the person says that they have kept them; from then on only how many are left is shown."""
    kept = get_object_or_404(Authenticator, user=request.user, type=Type.RECOVERY_CODES)
    codes = kept.wrap()
    if codes.did_view:
        return redirect("accounts:security")
    if request.method == "POST":
        codes.mark_as_viewed()
        messages.success(request, _("Keep them where you find them without your phone."))
        return redirect("home:start" if organizations_requiring(request.user) else "accounts:security")
    unused = codes.get_unused_codes()
    return render(request, "accounts/recovery_codes.html", {"codes": unused, "text": "\n".join(unused)})


@never_cache
@require_safe
@confirmed_lately
def recovery_codes_download(request: PersonRequest) -> HttpResponse:
    """The same codes as a file, for as long as they are shown."""
    codes = get_object_or_404(Authenticator, user=request.user, type=Type.RECOVERY_CODES).wrap()
    if codes.did_view:
        return redirect("accounts:security")
    text = "".join(f"{code}\r\n" for code in codes.get_unused_codes())
    return HttpResponse(
        text,
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="wayleave-recovery-codes.txt"'},
    )


@require_POST
def session_end(request: PersonRequest, pk: int) -> HttpResponse:
    """Sign out in another browser."""
    if actions.end_session(user=request.user, session_id=pk, at=clock.now()):
        messages.success(request, _("You are signed out there."))
    return redirect("accounts:security")


@require_POST
def sessions_end(request: PersonRequest) -> HttpResponse:
    """Sign out in every browser but this one."""
    actions.end_sessions(user=request.user, by=request.user.pk, at=clock.now(), but=request.session.session_key)
    messages.success(request, _("You are signed in here only."))
    return redirect("accounts:security")


def called(factor: Authenticator) -> str:
    """What its owner calls it."""
    return factor.data["name"] if factor.type == Type.WEBAUTHN else _("your authenticator app")


def _codes_left(codes: Authenticator) -> int:
    """Without decrypting anything: what is kept says which are used."""
    return int(mfa_settings.RECOVERY_CODE_COUNT) - int(codes.data["used_mask"]).bit_count()


def _consequences(factor: Any, *, is_last: bool) -> list[str]:
    gone = (
        _("You no longer sign in or confirm anything with this passkey.")
        if factor.type == Type.WEBAUTHN
        else _("The codes it shows are no longer taken.")
    )
    if not is_last:
        return [gone, _("Your other second factor stays.")]
    return [gone, _("It is your last one: your recovery codes go with it, and you sign in without a second step.")]
