"""What vendors changed: the weeks to judge, what else changed, the verdict, and what came of it."""

import datetime as dt
import hashlib
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db.models import Exists
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.decorators import refuse, require
from accounts.http import OrganizationRequest
from accounts.queries import with_keepers
from accounts.rights import Right
from catalog.forms import chosen_sections
from catalog.models import Clause, Fact, PolicySource, Topic
from catalog.queries import likeliest_place
from catalog.views.versions import SIGNALS, gaps_apart
from operations import clock
from operations.errors import ActionRefused
from operations.forms import FIRST
from operations.paging import keyset_page, number
from reviews import actions
from reviews.actions import FactWord
from reviews.forms.policies import FactWordForm, VerdictForm
from reviews.models import PolicyVerdict
from reviews.models.policies import monday_of
from reviews.queries import policies
from reviews.queries.clauses import Cite, cites_of

Verdict = PolicyVerdict.Verdict
_CHANGED_MEANWHILE = gettext_lazy(
    "What you were judging has changed once more since this page was opened. Look again, then judge it."
)


@require_safe
@require(Right.POLICY_VIEW)
def policy_list(request: OrganizationRequest) -> HttpResponse:
    """The weeks that wait, and over all or for one policy what changed when, who judged it, and what that re-opened."""
    source = None
    if (named := number(request.GET.get("source"))) is not None:
        source = get_object_or_404(PolicySource.objects.visible_to(request.organization), pk=named)
    page = keyset_page(policies.policy_changes(request.organization, source=source), request)
    today = clock.today(request.organization.timezone)
    context = {
        "source": source,
        "open_weeks": [] if source or page.newer_url else policies.open_policy_assessments(request.organization),
        "page": page,
        "rows": policies.told(page.rows, request.organization),
        "today": today,
        "week_on": monday_of(today),
    }
    return render(request, "reviews/policy_list.html", context)


@require_safe
@require(Right.POLICY_VIEW)
def policy_also(request: OrganizationRequest) -> HttpResponse:
    """What else changed in a week: nobody has to judge it."""
    today = clock.today(request.organization.timezone)
    try:
        asked = dt.date.fromisoformat(request.GET.get("week", ""))
    except ValueError:
        asked = today
    week_on = monday_of(min(max(asked, FIRST), today))
    page = keyset_page(policies.also_changed(request.organization, week_on), request)
    clauses = sorted(page.rows, key=lambda clause: (str(clause.change.source), clause.change_id, clause.pk))
    context = {
        "week_on": week_on,
        "week_end": week_on + dt.timedelta(days=6),
        "before": week_on - dt.timedelta(days=7),
        "after": week_on + dt.timedelta(days=7) if week_on < monday_of(today) else None,
        "changes": _shown(clauses, request.organization.slug),
        "page": page,
    }
    return render(request, "reviews/policy_also.html", context)


@require_safe
@require(Right.POLICY_VIEW)
def policy_assessment(request: OrganizationRequest, pk: int) -> HttpResponse:
    """One week: clause by clause the words, what rests on it, and the verdict."""
    assessment = _assessment(request, pk)
    clauses = policies.clauses_of(assessment)
    cites = cites_of(request.organization, {clause.change.source_id for clause in clauses})
    resting = policies.resting_on(request.organization, clauses, cites=cites, at=clock.now())
    rows = [
        row | {"resting": resting[row["clause"].pk], "was_asked": _verdict_on(row["clause"]) == Verdict.MATERIAL}
        for row in _shown(clauses, request.organization.slug)
    ]
    waiting = [clause for clause in clauses if not clause.is_judged]
    judging = _may_judge(request, waiting)
    context = {
        "assessment": assessment,
        "rows": rows,
        "overview": _overview(rows) if len(rows) > 1 else [],
        "waiting": waiting,
        "mine": [clause for clause in waiting if clause.pk in judging],
        "may_correct": Right.REVIEW_CLOSE in request.rights,
        "minutes": policies.minutes_for(sum(clause.word_count for clause in waiting), len(waiting)),
        "today": clock.today(request.organization.timezone),
    }
    return render(request, "reviews/policy_assessment.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Right.POLICY_VIEW)
def policy_judge(request: OrganizationRequest, pk: int) -> HttpResponse:
    """The verdict on the clauses that ``?clause=`` names, or on all that wait; material is shown with whom it asks, then
    confirmed."""
    assessment, at = _assessment(request, pk), clock.now()
    chosen = _chosen(request, policies.clauses_of(assessment))
    is_gone = bool(_seen(request).keys() - {clause.pk for clause in chosen})
    if not chosen:
        if is_gone:
            messages.warning(request, _CHANGED_MEANWHILE)
        return redirect(assessment.get_absolute_url())
    allowed = _may_judge(request, chosen)
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
        "rows": [row | {"resting": resting[row["clause"].pk]} for row in _shown(clauses, request.organization.slug)],
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


def _assessment(request: OrganizationRequest, pk: int) -> Any:
    weeks = with_keepers(request.organization.policy_assessments.select_related("organization"))
    return get_object_or_404(weeks.annotate(asks_legal=Exists(policies.legal_people(request.organization))), pk=pk)


def _may_judge(request: OrganizationRequest, clauses: Sequence[Any]) -> set[int]:
    """The clauses (by id) that this person may judge: all for whoever runs the roll-out, for Legal what was put to them."""
    if Right.REVIEW_CLOSE in request.rights:
        return {clause.pk for clause in clauses}
    put = {clause.pk for clause in clauses if any(verdict.verdict == Verdict.LEGAL for verdict in clause.said)}
    if put and policies.legal_people(request.organization).filter(pk=request.membership.pk).exists():
        return put
    return set()


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
            _("Tick what is to be said otherwise: without a fact that changes, nobody would be asked again."),
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


def _shown(clauses: Sequence[Any], slug: str) -> list[dict[str, Any]]:
    """Changed clauses for a page, each with its words and why it may weigh; one query for the names of topics."""
    keys = {key for clause in clauses for key in clause.topics}
    names = dict(Topic.objects.filter(pk__in=keys).values_list("pk", "name")) if keys else {}
    return [
        {
            "clause": clause,
            "status": f"clause-{clause.status}",
            "topics": [names.get(key, key.replace("-", " ")) for key in clause.topics],
            "signals": [
                {"name": SIGNALS[signal["kind"]], "signal": signal, "why": _(signal["why"])}
                for signal in clause.signals
            ],
            "words": list(gaps_apart((op, text) for op, text in clause.words)),
            "compare_url": _compare_url(clause, slug),
        }
        for clause in clauses
    ]


def _overview(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The clauses of a week in one line each, to see at once which of them weighs: those first that wait and say why they may."""
    found, sources = [], {row["clause"].change.source_id for row in rows}
    for row in sorted(rows, key=lambda row: (row["clause"].is_judged, not row["signals"])):
        people = row["resting"].people
        hints = [str(row["clause"].change.source)] if len(sources) > 1 else []
        hints += [f"{each['name']}: {_moved(each['signal'])}" for each in row["signals"]]
        if people:
            hints.append(
                ngettext("%(n)d person has answered on it", "%(n)d people have answered on it", people) % {"n": people}
            )
        status, word = ("needs-another-look", _("Look closely")) if row["signals"] else ("to-do", _("To judge"))
        if row["clause"].is_judged:
            status, word = "completed", _("Judged")
        elif _verdict_on(row["clause"]) == Verdict.LEGAL:
            status, word = "needs-another-look", str(Verdict.LEGAL.label)
        found.append(
            {
                "title": row["clause"].heading or _("Before the first heading"),
                "url": f"#clause-{row['clause'].pk}",
                "hint": Truncator(" · ".join(hints)).chars(160),
                "status": status,
                "word": word,
            }
        )
    return found


def _moved(signal: dict[str, str]) -> str:
    return " → ".join(filter(None, (signal["old"], signal["new"])))


def _verdict_on(clause: Any) -> str | None:
    return clause.said[0].verdict if clause.said else None


def _compare_url(clause: Any, slug: str) -> str:
    if clause.old_version_id is None:
        return ""
    versions = (clause.change.source_id, clause.old_version_id, clause.new_version_id)
    return reverse("catalog:version-compare", args=[slug, *versions])
