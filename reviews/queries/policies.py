"""What changed in policies, what of it waits for a judgement, and what a judgement would ask again."""

import datetime as dt
import math
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dateutil import parser
from django.db import connection
from django.db.models import Case, Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Concat

from accounts.models import Membership, Organization
from accounts.queries import with_keepers
from catalog.models import Fact, PolicySource
from catalog.queries import standing_facts
from reviews.models import ChangeAssessment, ClauseChange, ClauseVerdict, PolicyAssessment, PolicyChange, PolicyVerdict
from reviews.queries.clauses import Cite, relied_on_bases

Verdict = PolicyVerdict.Verdict
FINAL = (Verdict.EDITORIAL, Verdict.MATERIAL)
WORDS_A_MINUTE = 150
# Who is asked where the keeper isn't sure; the key of the group that ships.
LEGAL = "legal"


def with_verdict(clauses: QuerySet[ClauseChange]) -> QuerySet[Any]:
    """The same, each with the verdict that holds: ``verdict_id``, ``verdict`` and whether it ``is_judged``."""
    newest = ClauseVerdict.objects.filter(clause=OuterRef("pk")).order_by("-pk")
    return clauses.annotate(
        verdict_id=Subquery(newest.values("verdict")[:1]),
        verdict=Subquery(newest.values("verdict__verdict")[:1]),
        is_judged=Case(When(verdict__in=FINAL, then=True), default=False),
    )


def unjudged(clauses: QuerySet[ClauseChange]) -> QuerySet[Any]:
    """Those of them that have to be judged still, by the keeper or by Legal; annotated as :func:`with_verdict`."""
    return with_verdict(clauses.filter(replaced_at=None).exclude(asked="")).filter(is_judged=False)


def waiting_clauses(organization: Organization | None = None) -> QuerySet[ClauseChange]:
    """Clauses that have to be judged and stand in no assessment yet: theirs is the next week's."""
    waiting = ClauseChange.objects.filter(assessment=None, replaced_at=None).exclude(asked="")
    return waiting.filter(organization=organization) if organization else waiting


def deadlines_of(clause: ClauseChange, today: dt.date) -> list[dt.date]:
    """The days that the vendor sets in a clause; one without a year is the next there is."""
    days = [_day_of(text, today) for signal in clause.signals if signal["kind"] == "deadline" for text in _said(signal)]
    return [day for day in days if day]


def _said(signal: Mapping[str, str]) -> list[str]:
    """The days of a signal one by one: ``October 8, 2026, 3 May``."""
    return re.split(r", (?!\d{4}\b(?!-))", signal["new"])


def _day_of(text: str, today: dt.date) -> dt.date | None:
    has_year = re.search(r"\b\d{4}\b", text)
    for year in range(today.year, today.year + 9):  # until there was a 29 February
        try:
            day = parser.parse(text, default=dt.datetime(year, 1, 1)).date()  # noqa: DTZ001
        except (parser.ParserError, OverflowError):
            continue
        if has_year or day >= today:
            return day
    return None


def minutes_for(word_count: int, clauses: int) -> int:
    """How long judging takes: reading the words, and a minute for each clause."""
    return math.ceil(word_count / WORDS_A_MINUTE) + clauses


def open_policy_assessments(organization: Organization) -> list[Any]:
    """The weeks that have something to judge, due first, each with its ``clause_count`` and ``minutes``, and its keeper."""
    left = unjudged(ClauseChange.objects.filter(assessment=OuterRef("pk"))).values("assessment")
    found = with_keepers(organization.policy_assessments.filter(closed_at=None)).annotate(
        clause_count=Subquery(left.annotate(of=Count("pk")).values("of")),
        words_left=Subquery(left.annotate(of=Sum("word_count")).values("of")),
    )
    rows: list[Any] = list(found.order_by("due_on", "pk"))
    for row in rows:
        row.minutes = minutes_for(row.words_left or 0, row.clause_count or 0)
    return rows


def clauses_of(assessment: PolicyAssessment) -> list[Any]:
    """Every clause of an assessment that was not replaced, by page and in reading order, with its verdict and its words."""
    clauses = with_verdict(assessment.clauses.filter(replaced_at=None)).select_related(
        "change__source", "old_version", "new_version"
    )
    found = clauses.defer("old_version__content", "new_version__content").order_by(
        "change__source__title", "change", "position", "pk"
    )
    return with_words(list(found), assessment.organization)


def with_words(clauses: list[Any], organization: Organization) -> list[Any]:
    """The same clauses, each with ``said``: its verdicts, the newest first, with who gave them and why; one query."""
    said = ClauseVerdict.objects.filter(organization=organization, clause__in=[clause.pk for clause in clauses])
    by_clause: dict[int, list[PolicyVerdict]] = {}
    for one in said.select_related("verdict__because", "verdict__by").order_by("-pk"):
        by_clause.setdefault(one.clause_id, []).append(one.verdict)
    for clause in clauses:
        clause.said = by_clause.get(clause.pk, [])
    return clauses


@dataclass(frozen=True)
class Resting:
    """What rests on a clause: the facts that cite it, those that might, and who would be asked again by a material verdict.

    :ivar facts: those on which a decision in force rests. ``unused``: the others.
    :ivar candidates: facts that cite the page without saying where, and are about what the clause is about.
    """

    facts: list[Fact]
    unused: list[Fact]
    candidates: list[Fact]
    decisions: list[str]
    items: list[str]
    people: int


# That nobody has answered anew since; in two, as an index or a hash finds the one and few rows are the other. With both in one
# ("is not distinct from") every answer is held against all others to its item: minutes for 20,000 people.
NEWEST = """
NOT EXISTS (SELECT FROM checklists_answer later
            WHERE later.organization_id = answer.organization_id AND later.item_id = answer.item_id AND later.id > answer.id
              AND later.membership_id = answer.membership_id)
AND NOT EXISTS (SELECT FROM checklists_answer later
                WHERE later.organization_id = answer.organization_id AND later.item_id = answer.item_id AND later.id > answer.id
                  AND later.membership_id IS NULL AND answer.membership_id IS NULL
                  AND later.team_id IS NOT DISTINCT FROM answer.team_id)
"""

# For each clause (by its place in the list): what of today rests on its facts.
RESTING = f"""
WITH asked AS (SELECT * FROM unnest(%(numbers)s::int[], %(keys)s::text[]) AS asked (number, key)),
     resting AS (
         SELECT DISTINCT asked.number, basis.snapshot_id
         FROM asked JOIN audit_basis basis ON basis.organization_id = %(organization)s AND basis.key = asked.key
         WHERE NOT EXISTS (SELECT FROM audit_withdrawn(%(organization)s, %(at)s) gone WHERE gone.snapshot_id = basis.snapshot_id)),
     -- Everybody's newest answer to what was shown, read once, however many clauses it rests on.
     said AS MATERIALIZED (
         SELECT answer.snapshot_id, answer.membership_id, answer.revision_id
         FROM checklists_answer answer
         WHERE answer.snapshot_id IN (SELECT snapshot_id FROM resting) AND answer.organization_id = %(organization)s AND answer.completes
           AND {NEWEST}
           AND (answer.membership_id IS NULL OR EXISTS (
               SELECT FROM accounts_accessperiod here WHERE here.membership_id = answer.membership_id AND here.ended_at IS NULL))),
     shown AS (SELECT DISTINCT snapshot_id, revision_id FROM said)
SELECT number, count(DISTINCT membership_id), ARRAY[]::text[], ARRAY[]::text[]
FROM resting JOIN said USING (snapshot_id) GROUP BY number
UNION ALL
SELECT number, 0, array_agg(DISTINCT revision.question), ARRAY[]::text[]
FROM resting JOIN shown USING (snapshot_id) JOIN checklists_itemrevision revision ON revision.id = shown.revision_id
GROUP BY number
UNION ALL
SELECT resting.number, 0, ARRAY[]::text[], array_agg(DISTINCT route.name::text)
FROM resting JOIN governance_signoff sign_off ON sign_off.snapshot_id = resting.snapshot_id
JOIN governance_routedecision decision ON decision.sign_off_id = sign_off.id AND decision.organization_id = %(organization)s
JOIN catalog_accessroute route ON route.id = decision.route_id
WHERE decision.status IN ('approved', 'suspended', 'submitted')
GROUP BY resting.number
"""  # noqa: S608 -- our own words


def resting_on(
    organization: Organization, clauses: Sequence[Any], *, cites: Mapping[int, Sequence[Cite]], at: dt.datetime
) -> dict[int, Resting]:
    """What rests on each clause (by id); two queries, however many clauses and people.

    :param clauses: with ``change``.
    :param cites: of :func:`reviews.queries.clauses.cites_of`, for their sources.
    """
    wanted = {
        clause.pk: (clause.fact_keys, _loose(cites[clause.change.source_id], clause.topics)) for clause in clauses
    }
    keys = {key for of_clause in wanted.values() for group in of_clause for key in group}
    facts = {
        fact.key: fact
        for fact in standing_facts(organization)
        .filter(key__in=keys)
        .annotate(
            is_relied_on=Exists(relied_on_bases(organization).filter(key=Concat(Value("fact:"), OuterRef("key"))))
        )
        .select_related("topic", "route", "profile")
    }
    rest = _who_rests(organization, [cited for cited, _loose_ones in wanted.values()], at=at)
    return {
        pk: Resting(
            facts=[facts[key] for key in cited if key in facts and vars(facts[key])["is_relied_on"]],
            unused=[facts[key] for key in cited if key in facts and not vars(facts[key])["is_relied_on"]],
            candidates=[facts[key] for key in loose if key in facts],
            **rest[number],
        )
        for number, (pk, (cited, loose)) in enumerate(wanted.items())
    }


def would_ask(organization: Organization, fact_keys: Collection[str], *, at: dt.datetime) -> Resting:
    """What a material verdict on these facts would ask again."""
    return Resting(facts=[], unused=[], candidates=[], **_who_rests(organization, [list(fact_keys)], at=at)[0])


def _loose(cites: Iterable[Cite], topics: Collection[str]) -> list[str]:
    return [cite.fact_key for cite in cites if cite.is_loose and cite.topic in topics]


def _who_rests(organization: Organization, keys: Sequence[Collection[str]], *, at: dt.datetime) -> list[dict[str, Any]]:
    pairs = [(number, f"fact:{key}") for number, of_clause in enumerate(keys) for key in of_clause]
    rest: list[dict[str, Any]] = [{"people": 0, "items": [], "decisions": []} for _ in keys]
    with connection.cursor() as cursor:
        cursor.execute(
            RESTING,
            {
                "numbers": [number for number, _key in pairs],
                "keys": [key for _number, key in pairs],
                "organization": organization.pk,
                "at": at,
            },
        )
        for number, people, items, decisions in cursor.fetchall():
            rest[number]["people"] += people
            rest[number]["items"] += items
            rest[number]["decisions"] += decisions
    return rest


def legal_people(organization: Organization) -> QuerySet[Membership]:
    """Whoever looks where the keeper isn't sure: who signs for Legal now."""
    return Membership.objects.filter(
        organization=organization,
        group_periods__ended_at=None,
        group_periods__group__key=LEGAL,
        access_periods__ended_at=None,
    ).distinct()


def also_changed(organization: Organization, week_on: dt.date) -> QuerySet[ClauseChange]:
    """What changed in a week and has to be judged by nobody; keys follow the order in which pages read."""
    clauses = ClauseChange.objects.filter(
        organization=organization,
        asked="",
        replaced_at=None,
        found_on__gte=week_on,
        found_on__lt=week_on + dt.timedelta(days=7),
    )
    return clauses.select_related("change__source")


def policy_changes(organization: Organization, *, source: PolicySource | None = None) -> QuerySet[PolicyChange]:
    """What became of the policies, of all or of one; how each began is no change."""
    changes = PolicyChange.objects.filter(organization=organization).exclude(start=PolicyChange.Start.FIRST)
    changes = changes.select_related("source", "old_version", "new_version")
    changes = changes.defer("old_version__content", "new_version__content")
    return changes.filter(source=source) if source else changes


def told(changes: Sequence[PolicyChange], organization: Organization) -> list[dict[str, Any]]:
    """The same changes, each with how many clauses changed and of how many somebody judges, and its verdicts, the newest first, each with whether what it asked again ``is_taken_back``;
    two queries."""
    clauses = ClauseChange.objects.filter(organization=organization, change__in=changes, replaced_at=None)
    counts = {
        row["change"]: row
        for row in clauses.values("change").annotate(
            changed=Count("pk"), asked=Count("pk", filter=~Q(asked="")), week=Max("assessment")
        )
    }
    verdicts: dict[int, dict[int, PolicyVerdict]] = {}
    said = ClauseVerdict.objects.filter(organization=organization, clause__change__in=changes)
    asks = ChangeAssessment.objects.filter(policy_verdict=OuterRef("verdict"), reopening__undone_by=None)
    said = said.select_related("verdict__by", "verdict__because").annotate(of=F("clause__change"), asks=Exists(asks))
    for one in said.order_by("-pk"):
        told_of: Any = one
        told_of.verdict.is_taken_back = not told_of.asks
        verdicts.setdefault(told_of.of, {})[one.verdict_id] = one.verdict
    nothing = {"changed": 0, "asked": 0, "week": None}
    return [
        {**counts.get(change.pk, nothing), "change": change, "verdicts": list(verdicts.get(change.pk, {}).values())}
        for change in changes
    ]


# Whether anything that a verdict withdrew is still to be said anew: a decision in force, or somebody's newest answer.
STILL_OPEN = f"""
WITH gone AS (
    SELECT withdrawal.snapshot_id FROM reviews_changeassessment change
    JOIN audit_withdrawal withdrawal ON withdrawal.reopening_id = change.reopening_id
    WHERE change.policy_verdict_id = %(verdict)s
      AND NOT EXISTS (SELECT FROM audit_reopening undo WHERE undo.undoes_id = change.reopening_id AND undo.at <= %(at)s))
SELECT EXISTS (
    SELECT FROM gone JOIN governance_signoff sign_off ON sign_off.snapshot_id = gone.snapshot_id
    JOIN governance_routedecision decision ON decision.sign_off_id = sign_off.id
    WHERE decision.status IN ('approved', 'suspended', 'submitted'))
OR EXISTS (
    SELECT FROM gone JOIN checklists_answer answer ON answer.snapshot_id = gone.snapshot_id AND answer.completes
    WHERE answer.organization_id = %(organization)s
      AND {NEWEST}
      AND (answer.membership_id IS NULL OR EXISTS (
          SELECT FROM accounts_accessperiod here WHERE here.membership_id = answer.membership_id AND here.ended_at IS NULL)))
"""  # noqa: S608 -- our own words


def is_still_open(verdict: PolicyVerdict, *, at: dt.datetime) -> bool:
    """Whether anything that a material verdict asked again is still to be said anew."""
    with connection.cursor() as cursor:
        cursor.execute(STILL_OPEN, {"verdict": verdict.pk, "organization": verdict.organization_id, "at": at})
        (is_open,) = cursor.fetchone()
    return bool(is_open)
