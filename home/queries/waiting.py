"""What waits for one person: the counts beside the navigation, all in one query."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import F, Func, IntegerField, QuerySet, Subquery, Value

from accounts.models import Membership
from governance.models import Question
from governance.queries.sign_offs import waiting_for
from reviews.models import ChangeAssessment, Review


@dataclass(frozen=True)
class Waiting:
    """How many things wait for this person's hand, by the page on which they are done."""

    items: int = 0
    sign_offs: int = 0
    reviews: int = 0
    questions: int = 0


class ItemsLeft(Func):
    """The questions of their list that this person still has to answer, by the one predicate (``current(at=)``)."""

    template = (
        "(SELECT count(DISTINCT item_id) FROM checklists_state_of(%(expressions)s)"
        " WHERE NOT is_current AND reason <> 'waiting')"
    )
    output_field = IntegerField()


def waiting_for_person(membership: Membership, *, at: dt.datetime) -> Waiting:
    """What waits for this person now."""
    stages = waiting_for(membership.user_id, organization=membership.organization)
    reviews = Review.objects.filter(keeper=membership, closed_at__isnull=True)
    changes = ChangeAssessment.objects.filter(keeper=membership, verdict="")
    questions = Question.objects.filter(
        organization_id=membership.organization_id, contact=membership, answered_at__isnull=True
    )
    counts = Membership.objects.filter(pk=membership.pk).values_list(
        ItemsLeft(Value(membership.organization_id), F("pk"), Value(at)),
        count_of(stages),
        count_of(reviews) + count_of(changes),
        count_of(questions),
    )
    return Waiting(*counts.get())


def count_of(rows: QuerySet) -> Subquery:
    """The number of rows, as a column of another query."""
    return Subquery(rows.order_by().values(n=Func(F("pk"), function="COUNT")), output_field=IntegerField())
