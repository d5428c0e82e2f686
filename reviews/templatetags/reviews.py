"""Reading one thing of many on a board."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import template

from reviews.queries.board import Row

register = template.Library()


@register.filter
def of(things: Mapping[Any, Any], key: Any) -> Any:
    """The one that belongs to a key; nothing where none does."""
    return things.get(key)


@register.filter
def board_status(row: Row, today: dt.date) -> str:
    """How a question of a board stands on a day, as lists of tasks show it."""
    return row.status(today)
