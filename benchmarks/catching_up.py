"""A material change for everybody: the moment it happens, and until lists, counts and notices have caught up."""

import datetime as dt
import statistics
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

from accounts.models import Membership, Organization
from accounts.queries import with_standing
from benchmarks.figures import Figure, seconds
from checklists.actions import begin_draft, edit_item, fold_counts, publish, settle_due
from checklists.models import Checklist, ListedItem
from checklists.notices import tell_due
from operations import clock

ROUNDS = 3
EVERYBODYS = "employee-privacy"
# What they write, and the column that says when.
SETTLED = (("checklists_assignment", "settled_at"), ("checklists_clearance", "settled_at"))
TOLD = ("notifications_notice", "written_at")


@dataclass(frozen=True)
class Round:
    """One material change and what came of it, in seconds.

    :ivar switch: the publisher's transaction.
    :ivar settling: until lists and counts have caught up.
    :ivar bare: the bare insert of the rows that wrote.
    """

    switch: float
    settling: float
    bare: float


def figures(big: Organization, small: Organization) -> Iterator[Figure]:
    """Change one item of everybody's list, so that all of them are asked again; three times over, the worst counts."""
    rounds = [(_round(big, number), _round(small, number)) for number in range(ROUNDS)]
    heads = f"{big.memberships.count():,} people"
    yield Figure(
        "a material change, until everybody is due",
        statistics.median(one.switch / few.switch for one, few in rounds),
        3,
        "×",
        f"one transaction, {heads} against {small.memberships.count():,}",
    )
    rows = "against the bare INSERT … SELECT of the rows they wrote"
    worst = max(one.settling / one.bare for one, _few in rounds)
    yield Figure("lists and counts have caught up", worst, 3, "×", f"settling and folding for {heads} {rows}")
    settling, bare = (
        statistics.median(one.settling for one, _ in rounds),
        statistics.median(one.bare for one, _ in rounds),
    )
    due = clock.now() + dt.timedelta(days=12)
    telling = seconds(lambda: tell_due(big, at=due))
    told = bare + seconds_of_bare_insert(*TOLD, big, since=due)
    yield Figure("… and notices", (settling + telling) / told, 3, "×", f"with a notice each, {rows}")


def _round(organization: Organization, number: int) -> Round:
    at = clock.now()
    switch = seconds(lambda: change_an_item(organization, number=number, at=at))
    settling = seconds(lambda: settle_due(at=clock.now())) + seconds(fold_counts)
    bare = sum(seconds_of_bare_insert(table, column, organization, since=at) for table, column in SETTLED)
    return Round(switch, settling, bare)


def change_an_item(organization: Organization, *, number: int, at: dt.datetime) -> None:
    """Publish everybody's list with one question in other words, judged material."""
    owner = Membership.objects.filter(organization=organization).order_by("pk")[:1]
    by = with_standing(
        Membership.objects.select_related("organization", "user").filter(pk__in=owner.values("pk"))
    ).get()
    checklist = Checklist.objects.get(organization=organization, key=EVERYBODYS)
    version = begin_draft(checklist=checklist, by=by, at=at)
    listed = ListedItem.objects.filter(version=version).order_by("position")[number]
    edit_item(listed=listed, by=by, at=at, question=f"In other words, for the {number + 1}. time?")
    publish(version=version, by=by, at=at, editorial=frozenset())


def seconds_of_bare_insert(table: str, moment: str, organization: Organization, *, since: dt.datetime) -> float:
    """How long as many rows as were written take to insert into a table with the same indexes and foreign keys.

    :param moment: the column that says when a row was written.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE bare (LIKE {table} INCLUDING ALL)")
        cursor.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'f'",
            [table],
        )
        for (foreign_key,) in cursor.fetchall():
            cursor.execute(f"ALTER TABLE bare ADD {foreign_key}")
        cursor.execute(
            "SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute"
            " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attidentity = ''",
            [table],
        )
        columns = cursor.fetchone()[0]
        insert = (
            f"INSERT INTO bare ({columns}) SELECT {columns} FROM {table} WHERE organization_id = %s AND {moment} >= %s"  # noqa: S608 -- names of our own tables
        )
        took = seconds(lambda: cursor.execute(insert, [organization.pk, since]))
        cursor.execute("DROP TABLE bare")
    return took
