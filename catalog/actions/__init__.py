"""What an organization adds of its own, laid over the shipped catalog; and what is fetched of both."""

from catalog.actions.facts import WORDS, add_fact
from catalog.actions.fetches import claim_due, fetch_due
from catalog.actions.health import Claim, note_answer, note_failure
from catalog.actions.held_back import accept, try_again
from catalog.actions.routes import add_route
from catalog.actions.sources import add_source
from catalog.actions.versions import LARGEST_VERSION, add_version, keep_version

__all__ = [
    "LARGEST_VERSION",
    "WORDS",
    "Claim",
    "accept",
    "add_fact",
    "add_route",
    "add_source",
    "add_version",
    "claim_due",
    "fetch_due",
    "keep_version",
    "note_answer",
    "note_failure",
    "try_again",
]
