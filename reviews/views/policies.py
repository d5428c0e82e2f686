"""What vendors changed: the weeks to judge, what else changed, and what came of it."""

import datetime as dt

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.decorators import require
from accounts.http import OrganizationRequest
from accounts.rights import Right
from catalog.models import PolicySource
from operations import clock
from operations.forms import FIRST
from operations.paging import keyset_page, number
from reviews.models import PolicyVerdict
from reviews.models.policies import monday_of
from reviews.queries import policies
from reviews.queries.clauses import cites_of
from reviews.views.policy_clauses import may_judge, overview, shown, verdict_on, week_of

Verdict = PolicyVerdict.Verdict


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
        "may_review": Right.REVIEW_VIEW in request.rights,
        "today": today,
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
        "changes": shown(clauses, request.organization.slug),
        "page": page,
    }
    return render(request, "reviews/policy_also.html", context)


@require_safe
@require(Right.POLICY_VIEW)
def policy_assessment(request: OrganizationRequest, pk: int) -> HttpResponse:
    """One week: clause by clause the words, what rests on it, and the verdict."""
    assessment = week_of(request, pk)
    clauses = policies.clauses_of(assessment)
    cites = cites_of(request.organization, {clause.change.source_id for clause in clauses})
    resting = policies.resting_on(request.organization, clauses, cites=cites, at=clock.now())
    rows = [
        row | {"resting": resting[row["clause"].pk], "was_asked": verdict_on(row["clause"]) == Verdict.MATERIAL}
        for row in shown(clauses, request.organization.slug)
    ]
    waiting = [clause for clause in clauses if not clause.is_judged]
    judging = may_judge(request, waiting)
    context = {
        "assessment": assessment,
        "rows": rows,
        "overview": overview(rows) if len(rows) > 1 else [],
        "waiting": waiting,
        "mine": [clause for clause in waiting if clause.pk in judging],
        "may_correct": Right.REVIEW_CLOSE in request.rights,
        "minutes": policies.minutes_for(sum(clause.word_count for clause in waiting), len(waiting)),
        "today": clock.today(request.organization.timezone),
    }
    return render(request, "reviews/policy_assessment.html", context)
