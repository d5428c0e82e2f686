"""What waits for one person: the counts beside the navigation, all in one query."""

import datetime as dt
from dataclasses import dataclass

from django.db import connection
from django.db.models import F, Func, IntegerField, QuerySet, Subquery

from accounts.models import Membership
from governance.queries.sign_offs import WAITING_FOR


@dataclass(frozen=True)
class Waiting:
    """How many things wait for this person's hand, by the page on which they are done."""

    items: int = 0
    sign_offs: int = 0
    reviews: int = 0
    questions: int = 0


# On every page, so it is one text: put together by the ORM it would take longer than it runs.
_WAITING = f"""
SELECT (SELECT count(DISTINCT item_id) FROM checklists_state_of(%s, %s, %s) WHERE NOT is_current AND reason <> 'waiting'),
       (SELECT count(*) FROM ({WAITING_FOR}) AS stage),
       (SELECT count(*) FROM reviews_review WHERE keeper_id = %s AND closed_at IS NULL)
       + (SELECT count(*) FROM reviews_changeassessment WHERE keeper_id = %s AND verdict = ''),
       (SELECT count(*) FROM governance_question WHERE contact_id = %s AND answered_at IS NULL)
"""  # noqa: S608 -- two constants, values apart


def waiting_for_person(membership: Membership, *, at: dt.datetime) -> Waiting:
    """What waits for this person now, their questions by the one predicate (``current(at=)``)."""
    member, organization, user = membership.pk, membership.organization_id, membership.user_id
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, [organization, member, at, organization, user, user, user, member, member, member])
        return Waiting(*cursor.fetchone())


def count_of(rows: QuerySet) -> Subquery:
    """The number of rows, as a column of another query."""
    return Subquery(rows.order_by().values(n=Func(F("pk"), function="COUNT")), output_field=IntegerField())
