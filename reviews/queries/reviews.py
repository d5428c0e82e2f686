"""Which reviews and assessments wait, and for whom."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dateutil.relativedelta import relativedelta
from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import CharField, Count, Exists, Max, OuterRef, Prefetch, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat

from accounts.models import AccessPeriod, Organization
from accounts.queries import with_keepers
from audit.models import Basis, Reopening, Withdrawal
from audit.queries import is_withdrawn
from catalog.models import Citation, Fact
from checklists.models import Answer, ChecklistVersion, ListedItem
from governance.models import RouteDecision
from governance.queries.comparing import word_diff
from governance.queries.conditions import asks_again
from governance.queries.decisions import OPEN
from governance.queries.lines import line_of
from reviews.models import ChangeAssessment, ClauseChange, Review, ReviewFinding

Status = RouteDecision.Status
ENDED = (Status.SUPERSEDED, Status.RETIRED, Status.EXPIRED)


def open_reviews(organization: Organization) -> QuerySet[Review]:
    """Reviews that have not been closed, with who keeps each now and what it waits for, the one due first on top."""
    return (
        with_change(with_keepers(organization.reviews))
        .filter(closed_at__isnull=True, is_over=False)
        .select_related("decision__route", "checklist")
        .annotate(line=line_of(organization, route="decision__route_id"))
        .order_by("due_on", "pk")
    )


def with_change(reviews: QuerySet[Any]) -> QuerySet[Any]:
    """The same reviews, with what changes their subject now: ``revision_id``, ``revision_number`` and
    ``revision_status`` of the open revision, or ``version_id`` of the draft; whether it ``is_waiting`` for that, because
    its keeper found that it has to change; and whether it ``is_over``, soon to be closed by the sweep."""
    revision = RouteDecision.objects.filter(
        organization=OuterRef("organization"), route=OuterRef("decision__route"), status__in=OPEN
    )
    draft = ChecklistVersion.objects.filter(checklist=OuterRef("checklist"), status=ChecklistVersion.Status.DRAFT)
    found = ReviewFinding.objects.filter(review=OuterRef("pk"))
    return reviews.annotate(
        revision_id=Subquery(revision.values("pk")),
        revision_number=Subquery(revision.values("number")),
        revision_status=Subquery(revision.values("status")),
        version_id=Subquery(draft.values("pk")),
        is_waiting=Exists(found) & (Q(revision_id__isnull=False) | Q(version_id__isnull=False)),
        is_over=Exists(Review.objects.filter(is_over(), pk=OuterRef("pk"))),
    )


def is_asked(review: Any) -> bool:
    """Whether its keeper's word is asked for now; ``review`` from :func:`with_change`."""
    return review.closed_at is None and not review.is_over and not review.is_waiting


def is_over() -> Q:
    """True of reviews whose subject has ended, or was changed as their keeper found it had to be."""
    # By the version, not by the hour: two requests at once read their clocks in another order than they are done in.
    published = ChecklistVersion.objects.filter(
        checklist=OuterRef("review__checklist"), pk__gte=OuterRef("version"), published_at__isnull=False
    )
    changed = ReviewFinding.objects.filter(Exists(published), review=OuterRef("pk"))
    return Q(decision__status__in=ENDED) | Q(checklist__archived_at__isnull=False) | Q(Exists(changed))


def outcome_of_change(finding: ReviewFinding) -> str:
    """How what a keeper found came out: as it was judged by who proposed or published it, whatever the keeper thought."""
    review = finding.review
    if review.decision and review.decision.status == Status.SUPERSEDED:
        later = RouteDecision.objects.filter(organization=review.organization, route=review.decision.route_id)
        after = later.filter(number__gt=review.decision.number, force_periods__isnull=False)
        is_material = after.filter(asks_again(), number=after.order_by("number")[:1].values("number")).exists()
    elif review.checklist and review.checklist.archived_at is None:
        key = Concat(Value("item:"), Cast("item", CharField()))
        listed = ListedItem.objects.filter(
            version__checklist=review.checklist, version__gte=finding.version_id, version__published_at__isnull=False
        )
        reopened = Reopening.objects.filter(
            organization_id=review.organization_id, key=OuterRef("key"), below_revision=OuterRef("revision")
        )
        is_material = listed.annotate(key=key).filter(Exists(reopened)).exists()
    else:
        return Review.Outcome.ENDED
    return Review.Outcome.MATERIAL if is_material else Review.Outcome.EDITORIAL


def closed_reviews(organization: Organization) -> QuerySet[Review]:
    """Reviews that were closed, the newest on top."""
    return (
        organization.reviews.filter(closed_at__isnull=False)
        .select_related("decision__route", "checklist", "keeper__user", "closed_by", "because")
        .order_by("-closed_at", "-pk")
    )


def open_assessments(organization: Organization) -> QuerySet[Any]:
    """The facts whose change waits for a judgement, the one due first on top: of several changes of one fact the newest,
    with ``due_first`` of all, what it ``was`` before the first and ``is_now``, ``topic_name`` and what it is ``about``."""
    same = ChangeAssessment.objects.filter(_same_fact(), verdict="")
    return _named(organization.change_assessments.filter(verdict=""), same).order_by("due_first", "pk")


def judged_assessments(organization: Organization) -> QuerySet[Any]:
    """Changes that were judged, the newest judgement on top, those judged in one as one; named as the open ones."""
    same = ChangeAssessment.objects.filter(_same_fact(), judged_at=OuterRef("judged_at"))
    return _named(organization.change_assessments.exclude(verdict=""), same).order_by("-judged_at", "-pk")


def judged_with(assessment: ChangeAssessment) -> QuerySet[ChangeAssessment]:
    """The changes of its fact that are judged in one, oldest first: all that are open, or were judged with it."""
    changes = ChangeAssessment.objects.filter(
        organization=assessment.organization_id, fact_key=assessment.fact_key, judged_at=assessment.judged_at
    )
    return changes.order_by("new_revision")


def shown_with(organization: Organization, pk: int) -> list[ChangeAssessment]:
    """A change and those judged in one with it, as :func:`judged_with`, read at once for a page; nothing without it."""
    changes = organization.change_assessments.select_related("because", "judged_by", "reopening", "organization")
    about = organization.change_assessments.filter(pk=pk).values("fact_key")
    of_fact = list(changes.filter(fact_key__in=about).order_by("new_revision"))
    judged_at = {change.judged_at for change in of_fact if change.pk == pk}
    return [change for change in of_fact if change.judged_at in judged_at]


def _same_fact() -> Q:
    return Q(organization=OuterRef("organization"), fact_key=OuterRef("fact_key"))


def _named(assessments: QuerySet[ChangeAssessment], same: QuerySet[ChangeAssessment]) -> QuerySet[Any]:
    later = same.filter(new_revision__gt=OuterRef("new_revision"))
    fact = Fact.objects.filter(pk=OuterRef("new_revision"))
    about = fact.values(name=Coalesce("route__name", "profile__name"))
    before = Fact.objects.filter(pk=OuterRef("first_revision"))
    named = with_keepers(assessments.filter(~Exists(later))).annotate(
        first_revision=Subquery(same.order_by("old_revision").values("old_revision")[:1]),
        due_first=Subquery(same.order_by("due_on").values("due_on")[:1]),
        topic_name=Subquery(fact.values("topic__name")),
        about=Subquery(about),
    )
    words = {"was": Subquery(before.values("statement")), "is_now": Subquery(fact.values("statement"))}
    return named.annotate(**words).select_related("judged_by", "because")


def periods_due(next_on: dt.date, *, months: int, on: dt.date) -> list[dt.date]:
    """The scheduled days from ``next_on`` up to ``on``, oldest first; empty when nothing is due.

    :param months: the interval; the day of the month is kept where the month has it.
    """
    if not months:
        raise ValueError("an interval of no months never ends")
    days: list[dt.date] = []
    step = 0
    while (day := next_on + relativedelta(months=step * months)) <= on:
        days.append(day)
        step += 1
    return days


@dataclass(frozen=True)
class Affected:
    """What a material judgement would ask again: decisions to sign anew, items, and how many people."""

    decisions: list[RouteDecision]
    items: list[str]
    people: int


def affected_by(organization: Organization, *, key: str, below_revision: int, at: dt.datetime) -> Affected:
    """What rests on ``key`` below a revision now, before anybody judges it; what was re-opened before isn't counted."""
    return _affected(organization, _resting(organization, key=key, below_revision=below_revision, at=at))


def affected_by_change(assessment: ChangeAssessment, *, at: dt.datetime) -> Affected:
    """Before the verdict, what a material one would ask again; after it, what nobody has said anew yet."""
    organization = assessment.organization
    if assessment.verdict:
        return _affected(organization, Withdrawal.objects.filter(reopening=assessment.reopening_id))
    key = f"fact:{assessment.fact_key}"
    return affected_by(organization, key=key, below_revision=assessment.new_revision, at=at)


def affected_by_replacing(fact: Fact, organization: Organization, *, at: dt.datetime) -> Affected:
    """What rests on a standing fact, or on what stood there before it."""
    return affected_by(organization, key=f"fact:{fact.key}", below_revision=fact.pk + 1, at=at)


def _affected(organization: Organization, resting: QuerySet[Any]) -> Affected:
    newer = Answer.objects.filter(organization=organization, item=OuterRef("item"), pk__gt=OuterRef("pk"))
    is_replaced = (
        Exists(newer.filter(membership=OuterRef("membership")))
        | Exists(newer.filter(team=OuterRef("team")))
        | Q(Exists(newer.filter(membership=None, team=None)), membership=None, team=None)
    )
    here = AccessPeriod.objects.open().filter(membership=OuterRef("membership"))
    answers = organization.answers.filter(
        ~is_replaced,
        Q(membership=None) | Q(Exists(here)),
        snapshot_id__in=resting.values("snapshot_id"),
        completes=True,
    )
    decisions = organization.decisions.filter(
        status__in=[Status.APPROVED, Status.SUSPENDED, Status.SUBMITTED],
        sign_off__snapshot_id__in=resting.values("snapshot_id"),
    )
    asked = answers.aggregate(
        people=Count("membership", distinct=True), items=ArrayAgg("revision__question", distinct=True, default=[])
    )
    return Affected(decisions=list(decisions.select_related("route").order_by("route__name")), **asked)


def newest_seen(organization: Organization, *, key: str, below_revision: int, at: dt.datetime) -> int | None:
    """The newest revision of ``key`` below another that somebody's standing word rests on; None where nobody's does."""
    resting = _resting(organization, key=key, below_revision=below_revision, at=at)
    return resting.aggregate(newest=Max("revision"))["newest"]


def _resting(organization: Organization, *, key: str, below_revision: int, at: dt.datetime) -> QuerySet[Basis]:
    bases = Basis.objects.filter(organization_id=organization.pk, key=key, revision__lt=below_revision)
    return bases.exclude(is_withdrawn("snapshot_id", at=at))


def described(changes: Sequence[ChangeAssessment], *, at: dt.datetime) -> dict[str, Any]:
    """The newest change (``assessment``), the fact as it was before the first (``old``) and is after the last (``new``),
    with what each cites, the ``difference``, how many ``times`` it changed, what is ``affected``, and the ``clauses`` of a
    vendor's page with which it was judged.

    :param changes: of :func:`shown_with`.
    """
    first, last = min(change.old_revision for change in changes), changes[-1].new_revision
    cites = Prefetch("citations", Citation.objects.select_related("source"))
    facts = Fact.objects.select_related("topic", "route", "profile").prefetch_related(cites).in_bulk([first, last])
    old, new = facts[first], facts[last]
    clauses = ClauseChange.objects.select_related("change__source", "assessment__organization")
    return {
        "assessment": changes[-1],
        "old": old,
        "new": new,
        "difference": word_diff(old.statement, new.statement),
        "times": len(changes),
        "affected": affected_by_change(changes[-1], at=at),
        "clauses": list(clauses.filter(verdicts__verdict=verdict))
        if (verdict := changes[-1].policy_verdict_id)
        else [],
    }
