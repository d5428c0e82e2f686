"""What an organization adds of its own, laid over the shipped catalog; and what is fetched of both."""

from catalog.actions.facts import WORDS, add_fact, say_where
from catalog.actions.fetches import claim_due, fetch_due
from catalog.actions.health import Claim, note_answer, note_failure
from catalog.actions.held_back import accept, try_again
from catalog.actions.refusals import refuse_address
from catalog.actions.routes import add_route
from catalog.actions.sources import (
    EDITABLE,
    add_policy_source,
    add_source,
    edit_source,
    restore_source,
    retire_source,
)
from catalog.actions.versions import LARGEST_PAPER, LARGEST_VERSION, add_version, keep_version

__all__ = [
    "EDITABLE",
    "LARGEST_PAPER",
    "LARGEST_VERSION",
    "WORDS",
    "Claim",
    "accept",
    "add_fact",
    "add_policy_source",
    "add_route",
    "add_source",
    "add_version",
    "claim_due",
    "edit_source",
    "fetch_due",
    "keep_version",
    "note_answer",
    "note_failure",
    "refuse_address",
    "restore_source",
    "retire_source",
    "say_where",
    "try_again",
]
