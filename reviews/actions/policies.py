"""Finding what changed in policies, and bundling what of it has to be judged: one assessment per organization and week."""

import datetime as dt
from functools import partial
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import Organization
from audit import actions as audit
from catalog.models import PolicySource, PolicyVersion
from catalog.policy_diff.comparing import ClauseDiff
from catalog.queries import first_comparison, texts_of
from governance.queries.decisions import HOLDING
from operations import clock, locks
from operations.sweeps import each
from reviews import notices
from reviews.actions.assessments import DAYS_TO_JUDGE
from reviews.models import ClauseChange, PolicyAssessment, PolicyChange
from reviews.models.policies import monday_of
from reviews.queries.clauses import (
    Cite,
    changed_since,
    cites_of,
    columns_of,
    concerned,
    relied_on,
    written_otherwise,
)
from reviews.queries.policies import deadlines_of, unjudged, waiting_clauses, with_verdict

# Clauses that changed, each with the text in which it stood as it did; None where only its hash is known.
Found = list[tuple[PolicyVersion | None, ClauseDiff]]

# Sources whose newest text, as an organization sees it, is not the one that it looked at last.
CHANGED = """
SELECT organization.id, source.id
FROM accounts_organization organization
JOIN catalog_policysource source ON source.organization_id IS NULL OR source.organization_id = organization.id
CROSS JOIN LATERAL (
    SELECT id FROM catalog_policyversion
    WHERE source_id = source.id AND (organization_id IS NULL OR organization_id = organization.id) AND content_type = ''
    ORDER BY seen_on DESC, id DESC LIMIT 1) newest
LEFT JOIN LATERAL (
    SELECT new_version_id FROM reviews_policychange
    WHERE organization_id = organization.id AND source_id = source.id ORDER BY id DESC LIMIT 1) looked_at ON true
WHERE organization.locked_at IS NULL AND source.retired_at IS NULL AND looked_at.new_version_id IS DISTINCT FROM newest.id
ORDER BY organization.id, source.id
"""


def assess_policies(*, at: dt.datetime) -> int:
    """Look at every text that is new to an organization, and bundle what waits from the weeks before.

    :returns: how many sources were looked at, and weeks bundled.
    :raises SomeFailed: some could not be; the others are.
    """
    with connection.cursor() as cursor:
        cursor.execute(CHANGED)
        changed = cursor.fetchall()
    looks = [
        (f"organization:{organization}, source:{source}", partial(assess, organization, source, at=at))
        for organization, source in changed
    ]
    waiting = Organization.objects.filter(locked_at__isnull=True, pk__in=waiting_clauses().values("organization"))
    bundles = [(f"organization:{one.pk}", partial(_bundle_week, one.pk, at=at)) for one in waiting]
    return each([*looks, *bundles])


def lock_policies(organization_id: UUID) -> None:
    """Looking at new texts and judging what they changed wait for each other, in one organization."""
    locks.hold(f"policies:{organization_id}")


@transaction.atomic
def assess(organization_id: UUID, source_id: int, *, at: dt.datetime) -> int:
    """Compare the newest text of a source with what the organization judged last, and keep what changed."""
    lock_policies(organization_id)
    organization = Organization.objects.get(pk=organization_id)
    source = PolicySource.objects.visible_to(organization).get(pk=source_id)
    newest = texts_of(organization).filter(source=source).first()
    last = PolicyChange.objects.filter(organization=organization, source=source).order_by("-pk").first()
    if newest is None or (last and last.new_version_id == newest.pk):
        return 0
    if last is None:
        return _begin(organization, source, newest, at=at)
    change = last if last.settled_at is None else _open(organization, source, last.new_version, newest, at=at)
    _look(change, newest, at=at)
    return 1


def _begin(organization: Organization, source: PolicySource, newest: PolicyVersion, *, at: dt.datetime) -> int:
    """Where nothing was looked at yet: what differs from the text that the catalog's facts were taken from is a change; without
    that text's hashes, what there was before the organization was there is none."""
    comparison = first_comparison(source, newest)
    if comparison and comparison.can_be_compared:
        _look(_open(organization, source, None, newest, at=at, start=PolicyChange.Start.FINGERPRINTS), newest, at=at)
        return 1
    if comparison:
        _open(organization, source, None, newest, at=at, start=PolicyChange.Start.INCOMPARABLE, settled_at=at)
        return 1
    versions = texts_of(organization).filter(source=source)
    first = (
        versions.filter(organization=None, added_at__lte=organization.created_at).first() or versions.last() or newest
    )
    _open(organization, source, None, first, at=at, start=PolicyChange.Start.FIRST, settled_at=at)
    if first.pk != newest.pk:
        _look(_open(organization, source, first, newest, at=at), newest, at=at)
    return 1


def _open(
    organization: Organization,
    source: PolicySource,
    old: PolicyVersion | None,
    new: PolicyVersion,
    *,
    at: dt.datetime,
    start: PolicyChange.Start = PolicyChange.Start.COMPARED,
    settled_at: dt.datetime | None = None,
) -> PolicyChange:
    return PolicyChange.objects.create(
        organization=organization,
        source=source,
        old_version=old,
        new_version=new,
        start=start,
        found_at=at,
        settled_at=settled_at,
    )


def _look(change: PolicyChange, newest: PolicyVersion, *, at: dt.datetime) -> None:
    """Write what the newest text changes; clauses that read as they were found, and verdicts on them, stay."""
    standing = list(with_verdict(change.clauses.filter(replaced_at=None)).order_by("pk"))
    cites = cites_of(change.organization, [change.source_id])[change.source_id]
    found, stays = _found(change, newest, cites, standing=standing)
    new, reads = _new_clauses(change, found, newest, cites, known={_reading(clause) for clause in standing}, at=at)
    gone = [
        clause.pk
        for clause in standing
        if not clause.is_judged and clause not in stays and _reading(clause) not in reads
    ]
    change.clauses.filter(pk__in=gone).update(replaced_at=at)
    ClauseChange.objects.bulk_create(new)
    change.new_version = newest
    change.save(update_fields=["new_version"])
    audit.record(
        "policy.changed",
        by=None,
        organization_id=change.organization_id,
        at=at,
        target=f"source:{change.source_id}",
        version=newest.pk,
        clauses=len(new),
        asked=sum(bool(clause.asked) for clause in new),
    )
    _bundle_at_once(change, at=at)
    settle(change, at=at)


def _found(
    change: PolicyChange, newest: PolicyVersion, cites: list[Cite], *, standing: list[Any]
) -> tuple[Found, list[Any]]:
    """What the newest text says otherwise than what was judged last, or than what the catalog's facts were taken from; and what
    stays to be judged as it was found, since nothing can be said of it any more."""
    judged = [clause for clause in standing if clause.is_judged]
    if change.old_version:
        return [*changed_since(change.old_version, judged, newest)], []
    otherwise = written_otherwise(change.source, cites, newest)
    first = change.clauses.order_by("pk").first()
    if first is None:
        return [*(otherwise or [])], []
    since = changed_since(first.new_version, judged, newest)
    # What the first look found without its old words is looked at so until it is judged; all else changed since that look.
    wordless = [clause for clause in standing if clause.old_version_id is None and not clause.is_judged]
    if otherwise is None:
        return [*since], wordless
    anchors = {clause.anchor for clause in wordless}
    return [
        *((version, diff) for version, diff in otherwise if diff.anchor in anchors),
        *((version, diff) for version, diff in since if diff.anchor not in anchors),
    ], []


def _new_clauses(
    change: PolicyChange,
    found: Found,
    newest: PolicyVersion,
    cites: list[Cite],
    *,
    known: set[tuple[str, ...]],
    at: dt.datetime,
) -> tuple[list[ClauseChange], set[tuple[str, ...]]]:
    """The clauses that were not found so before, and how all that changed read."""
    organization, source = change.organization, change.source
    relied = relied_on(organization)
    new, reads = [], set()
    for position, (version, diff) in enumerate(found):
        why = concerned(diff, cites=cites, relied=relied, is_ours=source.organization_id is not None)
        clause = ClauseChange(
            organization=organization,
            change=change,
            old_version=version,
            new_version=newest,
            position=position,
            asked=why.asked,
            is_urgent=why.is_urgent,
            fact_keys=list(why.fact_keys),
            found_on=clock.day_of(at, organization.timezone),
            **columns_of(diff, source.fingerprints if version is None else {}),
        )
        reads.add(_reading(clause))
        if _reading(clause) not in known:
            new.append(clause)
    return new, reads


def _reading(clause: ClauseChange) -> tuple[str, ...]:
    return (clause.old_place, clause.place, clause.old_sha256, clause.new_sha256)


def _bundle_at_once(change: PolicyChange, *, at: dt.datetime) -> None:
    """What weighs most is put to judgement now, with everything else of its page; what an open assessment has begun goes on there."""
    waiting = change.clauses.filter(assessment=None, replaced_at=None).exclude(asked="")
    begun = PolicyAssessment.objects.filter(clauses__change=change, closed_at=None).first()
    if begun or waiting.filter(is_urgent=True).exists():
        _bundle(waiting, begun or _assessment_of_week(change.organization, at=at), at=at)


@transaction.atomic
def _bundle_week(organization_id: UUID, *, at: dt.datetime) -> int:
    """Put to judgement, in the assessment of this week, what was found in the weeks before."""
    lock_policies(organization_id)
    organization = Organization.objects.get(pk=organization_id)
    monday = monday_of(clock.day_of(at, organization.timezone))
    waiting = waiting_clauses(organization).filter(found_on__lt=monday)
    if waiting.exists():
        _bundle(waiting, _assessment_of_week(organization, at=at), at=at)
        return 1
    return 0


def _assessment_of_week(organization: Organization, *, at: dt.datetime) -> PolicyAssessment:
    today = clock.day_of(at, organization.timezone)
    due_on = today + dt.timedelta(days=DAYS_TO_JUDGE)
    keeper = organization.decisions.filter(status__in=HOLDING).order_by("-pk").values_list("keeper", flat=True).first()
    assessment, is_new = PolicyAssessment.objects.get_or_create(
        organization=organization,
        week_on=monday_of(today),
        defaults={"opened_at": at, "due_on": due_on, "keeper_id": keeper},
    )
    if assessment.closed_at:
        open_again(assessment, at=at)
    if is_new:
        audit.record(
            "policy-assessment.opened",
            by=None,
            organization_id=organization.pk,
            at=at,
            target=f"policy-assessment:{assessment.pk}",
        )
    return assessment


def open_again(assessment: PolicyAssessment, *, at: dt.datetime) -> None:
    """Of a week that was closed, something is to be judged again."""
    assessment.closed_at = None
    assessment.due_on = clock.day_of(at, assessment.organization.timezone) + dt.timedelta(days=DAYS_TO_JUDGE)
    assessment.save(update_fields=["closed_at", "due_on"])


def _bundle(waiting: QuerySet[ClauseChange], assessment: PolicyAssessment, *, at: dt.datetime) -> None:
    today = clock.day_of(at, assessment.organization.timezone)
    days = [day for clause in waiting for day in deadlines_of(clause, today) if day >= today]
    waiting.update(assessment=assessment)
    assessment.due_on = min([assessment.due_on, *days])
    assessment.save(update_fields=["due_on"])


def settle(change: PolicyChange, *, at: dt.datetime) -> None:
    """Close what nothing is left to judge of: the change of a page, and the assessments in which it stood."""
    if change.settled_at is None and not unjudged(change.clauses.all()).exists():
        change.settled_at = at
        change.save(update_fields=["settled_at"])
    open_ones = PolicyAssessment.objects.filter(organization=change.organization, closed_at=None)
    left = unjudged(ClauseChange.objects.filter(assessment=OuterRef("pk")))
    for assessment in open_ones.filter(~Exists(left)):
        assessment.closed_at = at
        assessment.save(update_fields=["closed_at"])
        notices.withdraw_policy_assessment(assessment, at=at)
