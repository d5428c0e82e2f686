"""A material verdict on a clause that most answers rest on: what its own transaction writes, and until lists and counts have caught up."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection, transaction

from accounts.models import Membership, Organization
from accounts.queries import with_standing
from benchmarks.catching_up import SETTLED, seconds_of_bare_insert
from benchmarks.figures import Figure, seconds
from catalog import actions as catalog
from catalog.models import Citation, Fact
from catalog.queries import standing_facts
from checklists.actions import fold_counts, settle_due
from operations import clock
from reviews import actions as reviews
from reviews.actions import FactWord
from reviews.models import ClauseChange

# The facts that answers rest on and that a page says beneath a heading, the one of most answers first.
RESTED_ON = """
SELECT substr(basis.key, 6) FROM audit_basis basis
JOIN (SELECT snapshot_id, count(*) AS answers FROM checklists_answer WHERE organization_id = %(organization)s GROUP BY 1) said
  ON said.snapshot_id = basis.snapshot_id
JOIN catalog_fact fact ON 'fact:' || fact.key = basis.key
JOIN catalog_citation cite ON cite.fact_id = fact.id AND cardinality(cite.sections) > 0
WHERE basis.organization_id = %(organization)s AND basis.key LIKE 'fact:%%'
GROUP BY basis.key ORDER BY max(said.answers) DESC, sum(said.answers) DESC, basis.key LIMIT 1
"""
# What this session has written, in all tables, and not reported yet.
WRITTEN = "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_xact_user_tables"


@dataclass(frozen=True)
class Moment:
    """The verdict's own transaction: how many rows it wrote, in how many seconds."""

    rows: int
    took: float
    people: int


def figures(big: Organization, small: Organization) -> Iterator[Figure]:
    """Judge the same change of a vendor's page material in both."""
    few, many = _judge(small), _judge(big)
    yield Figure(
        "a material verdict on a clause, until everybody is due",
        many.rows / few.rows,
        1,
        "×",
        f"rows written in one transaction, {many.rows} ({many.took * 1000:.0f} ms) for {many.people:,} people it asks again,"
        f" {few.rows} ({few.took * 1000:.0f} ms) for {few.people:,}",
    )
    since = clock.now()
    settling = seconds(lambda: settle_due(at=clock.now())) + seconds(fold_counts)
    bare = sum(seconds_of_bare_insert(table, column, big, since=since) for table, column in SETTLED)
    yield Figure(
        "… and lists and counts have caught up",
        settling / bare,
        3,
        "×",
        "settling and folding, against the bare INSERT … SELECT of the rows they wrote",
    )


def _judge(organization: Organization) -> Moment:
    keeper = Membership.objects.filter(organization=organization).order_by("pk")[:1].values("pk")
    by = with_standing(Membership.objects.select_related("organization", "user").filter(pk__in=keeper)).get()
    with connection.cursor() as cursor:
        cursor.execute(RESTED_ON, {"organization": organization.pk})
        (key,) = cursor.fetchone()
    over: Fact = standing_facts(organization).get(key=key)
    cite = Citation.objects.filter(fact=over).exclude(sections=[]).select_related("source").earliest("pk")
    headings = cite.sections[0].split(" > ")
    path = "\n\n".join(f"{'#' * level} {heading}" for level, heading in enumerate(headings, start=2))
    for kept, days in (("30 days", 1), ("5 years", 0)):
        text = f"# A page\n\n{path}\n\nWhat you enter is kept for {kept}."
        at = clock.now() - dt.timedelta(days=days)
        words = {"content": text.encode(), "origin": "pasted", "seen_on": at.date()}
        catalog.add_version(by=by, source=cite.source, at=at, **words)
        reviews.assess_policies(at=at)
    clause = ClauseChange.objects.filter(organization=organization).latest("pk")
    facts = [FactWord(over, cite.source, words={"statement": "Otherwise.", "state": "known", "promise": over.promise})]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(WRITTEN)
        before = int(cursor.fetchone()[0])
        took = seconds(
            lambda: reviews.judge_clauses(
                by=by,
                clauses=[clause],
                seen={clause.pk: None},
                verdict="material",
                because="Measured.",
                due_on=(clock.now() + dt.timedelta(days=14)).date(),
                facts=facts,
                at=clock.now(),
            )
        )
        cursor.execute(WRITTEN)
        rows = int(cursor.fetchone()[0]) - before
    return Moment(rows, took, clause.verdicts.get().verdict.people)
