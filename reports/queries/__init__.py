"""What the log says, and what its subjects are called."""

from reports.queries.access import cleared_columns, cleared_filters, cleared_rows, usage_rows
from reports.queries.log import (
    Head,
    audit_events,
    chain_head,
    names_of,
    names_of_everybody,
    people_called,
)
from reports.queries.subjects import Subject, subjects_of

__all__ = [
    "Head",
    "Subject",
    "audit_events",
    "chain_head",
    "cleared_columns",
    "cleared_filters",
    "cleared_rows",
    "names_of",
    "names_of_everybody",
    "people_called",
    "subjects_of",
    "usage_rows",
]
