"""The verdict on what a vendor changed: material is shown with whom it asks, then confirmed."""

import datetime as dt
import hashlib
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.decorators import refuse, require
from accounts.http import OrganizationRequest
from accounts.rights import Right
from catalog.forms import chosen_sections
from catalog.models import Clause, Fact
from catalog.queries import likeliest_place
from operations import clock
from operations.errors import ActionRefused
from operations.paging import number
from reviews import actions
from reviews.actions import FactWord
from reviews.forms.policies import FactWordForm, VerdictForm
from reviews.models import PolicyVerdict
from reviews.queries import policies
from reviews.queries.clauses import Cite, cites_of
from reviews.views.policy_clauses import may_judge, shown, week_of

Verdict = PolicyVerdict.Verdict
_CHANGED_MEANWHILE = gettext_lazy(
    "What you were judging has changed once more since this page was opened. Look again, then judge it."
)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Right.POLICY_VIEW)
def policy_judge(request: OrganizationRequest, pk: int) -> HttpResponse:
    """The verdict on the clauses that ``?clause=`` names, or on all that wait; material is shown with whom it asks, then
    confirmed."""
    assessment, at = week_of(request, pk), clock.now()
    chosen = _chosen(request, policies.clauses_of(assessment))
    is_gone = bool(_seen(request).keys() - {clause.pk for clause in chosen})
    if not chosen:
        if is_gone:
            messages.warning(request, _CHANGED_MEANWHILE)
        return redirect(assessment.get_absolute_url())
    allowed = may_judge(request, chosen)
    clauses = [clause for clause in chosen if clause.pk in allowed]
    if not clauses:
        refuse(request)
    today = clock.day_of(at, request.organization.timezone)
    sent = request.POST if request.method == "POST" else None
    form = VerdictForm(sent, today=today, asks_legal=assessment.asks_legal, suggested=_suggested(request, clauses))
    cites = cites_of(request.organization, {clause.change.source_id for clause in clauses})
    resting = policies.resting_on(request.organization, clauses, cites=cites, at=at)
    facts = _fact_forms(sent, clauses, resting, cites, today=today)
    preview = None
    # Whoever was slower is told at once, not after they have mended the form or seen whom it would ask again.
    if is_gone:
        form.add_error(None, _CHANGED_MEANWHILE)
    elif judged := [
        clause for clause in clauses if form.is_bound and clause.verdict_id != _seen(request).get(clause.pk)
    ]:
        form.add_error(None, actions.judged_meanwhile(judged[0]))
    elif form.is_bound and _is_valid(form, facts):
        preview = _preview(request, form, facts, at=at)
        if preview is None and _judged(request, clauses, form, facts, at=at):
            return redirect(assessment.get_absolute_url())
    context = {
        "assessment": assessment,
        "rows": [row | {"resting": resting[row["clause"].pk]} for row in shown(clauses, request.organization.slug)],
        "form": form,
        "facts": facts,
        "preview": preview,
        "clauses": clauses,
    }
    return render(request, "reviews/policy_judge.html", context)


def _suggested(request: OrganizationRequest, clauses: Sequence[Any]) -> dict[str, str]:
    """What the form begins with where somebody takes over what the catalog's keeper thinks of a clause."""
    suggestion = clauses[0].suggestion if len(clauses) == 1 and "suggested" in request.GET else None
    return {name: suggestion[name] for name in ("verdict", "because")} if suggestion else {}


def _chosen(request: OrganizationRequest, clauses: Sequence[Any]) -> list[Any]:
    """Those that the page showed, or that the address names; else all that wait."""
    named = set(_seen(request)) or {number(one) for one in request.GET.getlist("clause")} - {None}
    return [clause for clause in clauses if clause.asked and (clause.pk in named if named else not clause.is_judged)]


def _fact_forms(
    sent: Any,
    clauses: Sequence[Any],
    resting: dict[int, policies.Resting],
    cites: dict[int, list[Cite]],
    *,
    today: dt.date,
) -> list[dict[str, Any]]:
    """One form per fact that the clauses concern: those in use that cite one of them, those that might, then the others."""
    versions = {clause.new_version_id for clause in clauses}
    places: dict[int, list[str]] = {version: [] for version in versions}
    for version, place in (
        Clause.objects.filter(version__in=versions).order_by("position").values_list("version", "place")
    ):
        places[version].append(place)
    forms: dict[int, dict[str, Any]] = {}
    for kind in ("facts", "candidates", "unused"):
        for clause in clauses:
            for fact in getattr(resting[clause.pk], kind):
                if fact.pk not in forms:
                    forms[fact.pk] = _fact_form(
                        sent, fact, clause, kind == "candidates", places[clause.new_version_id], cites, today=today
                    )
    in_use = sum(len(resting[clause.pk].facts) for clause in clauses)
    for each in forms.values():
        # One fact alone is likely to be the one that changes; of many, somebody says which.
        if in_use == 1 and each["fact"] in resting[each["clause"].pk].facts:
            each["form"].initial["changes"] = True
        # As it was sent, where it was: what nobody ticked stays folded when something is missing elsewhere.
        each["is_open"] = any(
            each["form"][name].value() for name in ("changes", "attaches") if name in each["form"].fields
        )
    return list(forms.values())


def _fact_form(
    sent: Any,
    fact: Fact,
    clause: Any,
    is_candidate: bool,
    places: list[str],
    cites: dict[int, list[Cite]],
    *,
    today: dt.date,
) -> dict[str, Any]:
    source = clause.change.source
    sections = next((cite.sections for cite in cites[source.pk] if cite.fact_key == fact.key), ())
    is_gone = not is_candidate and clause.old_place in sections and clause.place != clause.old_place
    return {
        "fact": fact,
        "source": source,
        "clause": clause,
        "sections": sections,
        "is_candidate": is_candidate,
        "form": FactWordForm(
            sent,
            fact=fact,
            is_candidate=is_candidate,
            places=places if is_gone else (),
            place=(clause.place or likeliest_place(clause.old_place, places)) if is_gone else "",
            as_of=clause.new_version.seen_on,
            today=today,
        ),
    }


def _is_valid(form: VerdictForm, facts: Sequence[dict[str, Any]]) -> bool:
    """Whether everything that is asked for is there; what is said of facts counts where the verdict is material."""
    is_valid = form.is_valid()
    is_material = form.cleaned_data.get("verdict") == Verdict.MATERIAL
    for each in facts:
        each["form"].is_valid()
        if is_material:
            each["form"].check_words()
    if is_material and not any(each["form"].cleaned_data.get("changes") for each in facts):
        form.add_error(
            "verdict",
            _(
                "Open below what is no longer so, tick it and say how it is now: without that, nobody would be asked again."
            ),
        )
        return False
    if is_material and any(_counts(each["form"]) for each in facts):
        form.add_error(None, _("Something is missing below, in what is so now."))
        return False
    return is_valid


def _counts(form: FactWordForm) -> bool:
    """Whether what is wrong with it matters: it is about a fact that changes."""
    return bool(form.errors) and bool(form.cleaned_data.get("changes"))


def _preview(
    request: OrganizationRequest, form: VerdictForm, facts: Sequence[dict[str, Any]], *, at: dt.datetime
) -> policies.Resting | None:
    """Whom a material verdict would ask again, unless exactly that was shown already and is confirmed."""
    said = form.cleaned_data
    if said["verdict"] != Verdict.MATERIAL:
        return None
    changed = [each["fact"] for each in facts if each["form"].cleaned_data["changes"]]
    asked = policies.would_ask(request.organization, [fact.key for fact in changed], at=at)
    told = repr((said["due_on"], sorted(fact.pk for fact in changed), asked.people, asked.decisions, asked.items))
    digest = hashlib.sha256(told.encode()).hexdigest()
    if said["previewed"] == digest:
        return None
    form.data = {**form.data.dict(), "previewed": digest}  # type: ignore[attr-defined]  # as it was posted
    return asked


def _judged(
    request: OrganizationRequest,
    clauses: Sequence[Any],
    form: VerdictForm,
    facts: Sequence[dict[str, Any]],
    *,
    at: dt.datetime,
) -> bool:
    said = form.cleaned_data
    try:
        actions.judge_clauses(
            by=request.membership,
            clauses=clauses,
            seen=_seen(request),
            verdict=said["verdict"],
            because=said["because"],
            due_on=said["due_on"],
            facts=[_word(each) for each in facts],
            at=at,
        )
    except ActionRefused as refused:
        form.add_error(None, str(refused))
        return False
    messages.success(request, _("Your verdict is recorded."))
    return True


def _seen(request: OrganizationRequest) -> dict[int, int | None]:
    """For each clause the verdict that the page showed, as it was sent: ``clause:verdict``."""
    seen: dict[int, int | None] = {}
    for one in request.POST.getlist("seen"):
        clause, _colon, verdict = one.partition(":")
        if (pk := number(clause)) is not None:
            seen[pk] = number(verdict)
    return seen


def _word(each: dict[str, Any]) -> FactWord:
    said, clause = each["form"].cleaned_data, each["clause"]
    sections = None
    if said.get("attaches"):
        sections = [clause.place]
    elif "place" in each["form"].fields:
        now = chosen_sections(said["place"])
        kept = [place for place in each["sections"] if place != clause.old_place]
        sections = [*kept, *(place for place in now if place not in kept)]
    return FactWord(each["fact"], each["source"], sections=sections, words=each["form"].words())
