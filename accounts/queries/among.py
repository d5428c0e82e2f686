"""Finding a few among many."""

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, F, Func, QuerySet


class IsAmong(Func):
    """``id = ANY (ARRAY(…))``: the few are looked up first, once, and then found by their keys.

    With ``IN (SELECT …)`` and a page's ``ORDER BY … LIMIT``, PostgreSQL guesses and walks through everybody
    (seen at 20,000 people; ``tests/accounts/test_flat.py``).
    """

    template = "(%(expressions)s))"
    arg_joiner = " = ANY ("
    output_field = BooleanField()

    def __init__(self, ids: QuerySet, *, column: str = "pk") -> None:
        super().__init__(F(column), ArraySubquery(ids))
