"""Signing in by an organization's own provider: the offer, the way there, and the way back."""

import datetime as dt
from http import HTTPStatus
from typing import Any

from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts import actions
from accounts.door import TYPED
from accounts.forms import what_failed
from accounts.models import SingleSignOn
from accounts.next_page import page_to_go_back_to
from accounts.openid.failures import ProviderFailed
from accounts.openid.provider import Client, Journey, Provider
from accounts.openid.word import Word
from accounts.queries import sign_on_at
from accounts.vouched import MEANS, vouch
from operations import clock
from operations.errors import ActionRefused
from operations.secrets import UnreadableSecret, decrypt

_KEY = "accounts_journeys"
_MOST = 5
_MINUTES = 15
# Our page is well: it is the provider's answer that isn't.
NOT_OURS = HTTPStatus.FAILED_DEPENDENCY
# What a token says about itself, not about a person.
_OF_THE_TOKEN = {
    "iss",
    "aud",
    "azp",
    "exp",
    "iat",
    "nbf",
    "nonce",
    "at_hash",
    "c_hash",
    "jti",
    "sid",
    "auth_time",
    "acr",
}


@never_cache
@require_GET
def single_sign_on_offer(request: HttpRequest, slug: str) -> HttpResponse:
    """Offer the organization's provider, and, where it isn't the only way in, a code."""
    sign_on = _turned_on(slug)
    context = {
        "sign_on": sign_on,
        "typed": request.session.get(TYPED, ""),
        "next": page_to_go_back_to(request),
        "is_signed_in": request.user.is_authenticated,
    }
    return render(request, "accounts/single_sign_on_offer.html", context)


@never_cache
@require_GET
def single_sign_on_begin(request: HttpRequest, slug: str) -> HttpResponse:
    """Send the browser to the provider. A link, because a form of ours may lead nowhere but here; what it changes is only what
    this browser carries."""
    return send_to_provider(request, _turned_on(slug), back=page_to_go_back_to(request))


def send_to_provider(
    request: HttpRequest, sign_on: SingleSignOn, *, back: str = "", is_test: bool = False
) -> HttpResponse:
    """Begin a sign-in, or a test of one."""
    journey = Journey.fresh()
    try:
        door = Provider.discovered(sign_on.issuer).door(_client(sign_on), journey, wanted=_wanted(sign_on))
    except (ProviderFailed, UnreadableSecret) as failed:
        return _refused(request, sign_on, _because(failed, is_test=is_test), status=NOT_OURS, is_test=is_test)
    kept = list(request.session.get(_KEY, {}).items())[1 - _MOST :]
    request.session[_KEY] = dict(kept) | {
        journey.state: {
            "nonce": journey.nonce,
            "verifier": journey.verifier,
            "organization": str(sign_on.organization_id),
            "round": sign_on.round,
            "until": (clock.now() + dt.timedelta(minutes=_MINUTES)).isoformat(),
            "back": back,
            "is_test": is_test,
        }
    }
    return HttpResponseRedirect(door)


@never_cache
@require_GET
def single_sign_on_callback(request: HttpRequest, slug: str) -> HttpResponse:
    """Come back from the provider: with a code that is good for one sign-in of this browser, or with a refusal."""
    sign_on = sign_on_at(slug)
    if sign_on is None:
        raise Http404
    journey = _taken(request, sign_on)
    if journey is None:
        because = _("This sign-in was begun in another browser, took too long, or has been used already.")
        return _refused(request, sign_on, because, status=400)
    is_test = journey["is_test"]
    try:
        if "code" not in request.GET:
            raise ActionRefused(_said_no(request.GET.get("error", "")))
        word = _word(request, sign_on, journey)
        return _tested(request, sign_on, word) if is_test else _let_in(request, sign_on, word, journey["back"])
    except ActionRefused as refusal:
        because, code, status = str(refusal), "refused", 403
    except (ProviderFailed, UnreadableSecret) as failed:
        because, code, status = _because(failed, is_test=is_test), getattr(failed, "code", "secret"), NOT_OURS

    actions.record_provider_refusal(sign_on=sign_on, at=clock.now(), is_test=is_test, code=code)
    return _refused(request, sign_on, because, status=status, is_test=is_test)


def redirect_address(slug: str) -> str:
    """Where the provider sends people back to: one address per organization, so that no provider answers for another's."""
    return settings.PUBLIC_URL + reverse("accounts:single-sign-on-callback", args=[slug])


def _word(request: HttpRequest, sign_on: SingleSignOn, journey: dict[str, Any]) -> Word:
    provider = Provider.discovered(sign_on.issuer)
    if request.GET.get("iss", provider.issuer) != provider.issuer:
        raise ProviderFailed("token", "iss")
    sent = Journey(request.GET["state"], journey["nonce"], journey["verifier"])
    return provider.word_for(request.GET["code"], _client(sign_on), sent, wanted=_wanted(sign_on))


def _let_in(request: HttpRequest, sign_on: SingleSignOn, word: Word, back: str) -> HttpResponse:
    already = request.user if request.user.is_authenticated else None
    membership = actions.enter(sign_on=sign_on, word=word, at=clock.now(), already=already)
    user = membership.user
    if already is not None and already != user:
        logout(request)
    vouch(request, sign_on, user)
    if word.email and word.email != user.email:
        told = _(
            "At the provider your address is %(there)s, here it is still %(here)s. Ask whoever looks after people to correct it."
        )
        messages.info(request, told % {"there": word.email, "here": user.email})
    return perform_login(
        request,
        user,
        redirect_url=back or sign_on.organization.get_absolute_url(),
        signal_kwargs={"means": MEANS},
    )


def _tested(request: HttpRequest, sign_on: SingleSignOn, word: Word) -> HttpResponse:
    """Show what came, which is kept nowhere."""
    membership = sign_on.organization.memberships.filter(user=request.user.pk).first()
    if membership is None:
        raise Http404
    actions.refuse_unvouched(sign_on, word)
    actions.record_sign_on_tested(round=sign_on.round, by=membership, at=clock.now())
    team, job_role = actions.place_claimed(sign_on, word)
    said = [
        {"term": name, "description": ", ".join(word.values(name)) or str(value)}
        for name, value in sorted(word.claims.items())
        if name not in _OF_THE_TOKEN
    ]
    context = {"sign_on": sign_on, "said": said, "team": team, "job_role": job_role, "email": word.email}
    return render(request, "accounts/single_sign_on_tested.html", context)


def _turned_on(slug: str) -> SingleSignOn:
    """The page doesn't say whether there is an organization that signs in otherwise."""
    sign_on = sign_on_at(slug)
    if sign_on is None or not sign_on.is_on:
        raise Http404
    return sign_on


def _taken(request: HttpRequest, sign_on: SingleSignOn) -> dict[str, Any] | None:
    """What was kept when this sign-in began; it is good once, for this organization's provider as it is configured now."""
    kept = dict(request.session.get(_KEY, {}))
    journey: dict[str, Any] | None = kept.pop(request.GET.get("state", ""), None)
    if journey is None:
        return None
    request.session[_KEY] = kept
    is_of_this = (journey["organization"], journey["round"]) == (str(sign_on.organization_id), sign_on.round)
    return journey if is_of_this and dt.datetime.fromisoformat(journey["until"]) > clock.now() else None


def _client(sign_on: SingleSignOn) -> Client:
    return Client(sign_on.client_id, decrypt(sign_on.client_secret), redirect_address(sign_on.organization.slug))


def _wanted(sign_on: SingleSignOn) -> set[str]:
    return {"email", "name", sign_on.team_claim, sign_on.job_role_claim} - {""}


def _said_no(error: str) -> str:
    if error == "access_denied":
        return _("You cancelled it there, or the provider doesn’t let you use Wayleave.")
    return _("The provider didn’t go through with it.")


def _because(failed: ProviderFailed | UnreadableSecret, *, is_test: bool) -> str:
    """Whoever configures it is told what; everybody else that it isn't them."""
    if not is_test:
        return _("The provider can’t be reached, or isn’t set up as it should be. It isn’t you: try again in a minute.")
    if isinstance(failed, ProviderFailed):
        return what_failed(failed)
    return _("The client’s secret can’t be read any more, because SECRET_KEY was changed: type it in again.")


def _refused(
    request: HttpRequest, sign_on: SingleSignOn, because: str, *, status: int, is_test: bool = False
) -> HttpResponse:
    context = {"sign_on": sign_on, "because": because, "is_test": is_test}
    return render(request, "accounts/single_sign_on_failed.html", context, status=status)
