"""How the organization's people sign in: the provider, the domains, where claims lead, and turning it on."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import actions
from accounts.decorators import require
from accounts.domains import is_record_set, record_name, record_text
from accounts.forms import ClaimRuleForm, EmailDomainForm, ProviderForm, SubjectForm, WayForm
from accounts.http import OrganizationRequest
from accounts.models import EmailDomain, SingleSignOn
from accounts.queries import has_owner_signed_in, members_elsewhere
from accounts.rights import Right
from accounts.views.provider_sign_ins import redirect_address, send_to_provider
from operations import clock
from operations.errors import ActionRefused

_CHOSEN = ("issuer", "client_id", "team_claim", "job_role_claim", "makes_people", "is_second_factor")


@require_GET
@require(Right.SETTINGS_EDIT)
def single_sign_on(request: OrganizationRequest) -> HttpResponse:
    """The steps, each with what is there."""
    here, sign_on = request.organization, _of(request)
    domains = list(here.email_domains.all())
    context = {
        "sign_on": sign_on,
        "way": _way(sign_on),
        "domains": [{"row": one, "name": record_name(one), "text": record_text(one)} for one in domains],
        "is_a_domain_verified": any(one.verified_at for one in domains),
        "rules": here.claim_rules.select_related("team", "job_role"),
        "redirect_address": redirect_address(here.slug),
        "elsewhere": members_elsewhere(here) if sign_on else 0,
        "has_owner_signed_in": sign_on is not None and has_owner_signed_in(sign_on),
    }
    return render(request, "accounts/single_sign_on.html", context)


@require_http_methods(["GET", "POST"])
@require(Right.SETTINGS_EDIT)
def single_sign_on_edit(request: OrganizationRequest) -> HttpResponse:
    """Say which provider it is; it is asked whether it is one."""
    sign_on = _of(request)
    initial = {name: getattr(sign_on, name) for name in _CHOSEN} if sign_on else {}
    form = ProviderForm(request.POST or None, request=request, sign_on=sign_on, initial=initial)
    if form.is_valid():
        try:
            actions.configure_sign_on(by=request.membership, at=clock.now(), **form.choices)
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return _saved(request)
    context = {"form": form, "sign_on": sign_on, "redirect_address": redirect_address(request.organization.slug)}
    return render(request, "accounts/single_sign_on_edit.html", context)


@require_GET
@require(Right.SETTINGS_EDIT)
def single_sign_on_test(request: OrganizationRequest) -> HttpResponse:
    """Sign in there once, in this browser, and be shown what comes back."""
    sign_on = get_object_or_404(SingleSignOn.objects.select_related("organization"), organization=request.organization)
    return send_to_provider(request, sign_on, is_test=True)


@require_http_methods(["GET", "POST"])
@require(Right.SETTINGS_EDIT)
def single_sign_on_way(request: OrganizationRequest) -> HttpResponse:
    """Turn it on or off, or make it the only way in."""
    sign_on = _of(request)
    form = WayForm(request.POST or None, request=request, initial={"way": _way(sign_on)})
    if form.is_valid():
        try:
            actions.set_way_in(way=form.cleaned_data["way"], by=request.membership, at=clock.now())
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return _saved(request)
    context = {"form": form, "sign_on": sign_on, "elsewhere": members_elsewhere(request.organization)}
    return render(request, "accounts/single_sign_on_way.html", context)


@require_http_methods(["GET", "POST"])
@require(Right.SETTINGS_EDIT)
def email_domain_add(request: OrganizationRequest) -> HttpResponse:
    """Name a domain of the organization's addresses."""
    form = EmailDomainForm(request.POST or None)
    if form.is_valid():
        try:
            actions.add_email_domain(by=request.membership, at=clock.now(), **form.cleaned_data)
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return _saved(request)
    lead = _("Nothing follows from it until it is verified: by a record that only you can set.")
    return _render_form(request, form, _("Add a domain"), lead, _("Add"))


@require_POST
@require(Right.SETTINGS_EDIT)
def email_domain_verify(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Look whether the record is set."""
    domain = get_object_or_404(request.organization.email_domains, pk=pk)
    if domain.verified_at is None and not is_record_set(domain):
        messages.error(
            request,
            _("The record at %(name)s isn’t there yet. After it is set, it can take an hour to be seen.")
            % {"name": record_name(domain)},
        )
        return _back(request)
    try:
        actions.verify_email_domain(domain=domain, means=EmailDomain.Means.DNS, by=request.membership, at=clock.now())
    except ActionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("%(domain)s is yours.") % {"domain": domain})
    return _back(request)


@require_http_methods(["GET", "POST"])
@require(Right.SETTINGS_EDIT)
def email_domain_remove(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Say what happens when a domain is taken off the list, then do it."""
    domain = get_object_or_404(request.organization.email_domains, pk=pk)
    refused = ""
    if request.method == "POST":
        try:
            actions.remove_email_domain(domain=domain, by=request.membership, at=clock.now())
        except ActionRefused as refusal:
            refused = str(refusal)
        else:
            return _saved(request)
    context = {
        "title": _("Remove %(domain)s") % {"domain": domain},
        "consequences": [
            _("The provider no longer signs anybody in whose address ends in @%(domain)s.") % {"domain": domain},
            _("Whoever has such an address signs in with a code or a password again."),
        ],
        "action_label": _("Remove the domain"),
        "refused": refused,
    }
    return render(request, "accounts/single_sign_on_remove.html", context)


@require_http_methods(["GET", "POST"])
@require(Right.SETTINGS_EDIT)
def claim_rule_add(request: OrganizationRequest) -> HttpResponse:
    """Say where a value of a claim leads."""
    form = ClaimRuleForm(request.POST or None, organization=request.organization)
    if form.is_valid():
        try:
            actions.add_claim_rule(by=request.membership, at=clock.now(), **form.cleaned_data)
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return _saved(request)
    lead = _("Only where the provider’s word differs from ours: a team or job role of the same name needs no rule.")
    return _render_form(request, form, _("Place people by a claim"), lead, _("Add"))


@require_http_methods(["GET", "POST"])
@require(Right.SETTINGS_EDIT)
def claim_rule_remove(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Say what happens when a rule goes, then do it."""
    rule = get_object_or_404(request.organization.claim_rules.select_related("team", "job_role"), pk=pk)
    refused = ""
    if request.method == "POST":
        try:
            actions.remove_claim_rule(rule=rule, by=request.membership, at=clock.now())
        except ActionRefused as refusal:
            refused = str(refusal)
        else:
            return _saved(request)
    context = {
        "title": _("Remove “%(rule)s”") % {"rule": rule},
        "consequences": [_("From now on the value leads nowhere. Whoever was placed by it stays there.")],
        "action_label": _("Remove it"),
        "refused": refused,
    }
    return render(request, "accounts/single_sign_on_remove.html", context)


@require_http_methods(["GET", "POST"])
@require(Right.SETTINGS_EDIT)
def single_sign_on_forget(request: OrganizationRequest) -> HttpResponse:
    """Somebody's account at the provider was made anew: let the next one with their address be them."""
    people = request.organization.memberships.select_related("user")
    form = SubjectForm(request.POST or None, request=request, people=people)
    if form.is_valid():
        try:
            actions.forget_identity(membership=form.cleaned_data["membership"], by=request.membership, at=clock.now())
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return _saved(request)
    lead = _(
        "Whoever next signs in at the provider with this address is taken for this person. Make sure that it is them."
    )
    return _render_form(request, form, _("Somebody’s account there is a new one"), lead, _("Let them in anew"))


def _of(request: OrganizationRequest) -> SingleSignOn | None:
    return SingleSignOn.objects.filter(organization=request.organization).first()


def _way(sign_on: SingleSignOn | None) -> str:
    if sign_on is None or not sign_on.is_on:
        return actions.Way.OFF
    return actions.Way.ONLY if sign_on.is_only_way else actions.Way.BESIDE


def _render_form(request: OrganizationRequest, form: Any, title: str, lead: str, action: str) -> HttpResponse:
    context = {"form": form, "title": title, "lead": lead, "action_label": action}
    return render(request, "accounts/single_sign_on_form.html", context)


def _saved(request: OrganizationRequest) -> HttpResponse:
    messages.success(request, _("Saved."))
    return _back(request)


def _back(request: OrganizationRequest) -> HttpResponse:
    return redirect("accounts:single-sign-on", organization=request.organization.slug)
