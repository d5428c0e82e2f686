"""What organizations read in the catalog: what is said about routes, and whether the pages it was taken from still say so."""

from catalog.queries.citations import citations_of, places_of
from catalog.queries.facts import (
    FILTERS,
    ORIGINS,
    FactShown,
    archived_routes,
    facts_by_topic,
    procedures_of,
    routes,
    said_of,
    standing_facts,
    steps_of,
    vendors,
)
from catalog.queries.fetching import HostCalled, held_back, hosts_called
from catalog.queries.pages import (
    FirstComparison,
    compared,
    first_comparison,
    headings_of,
    likeliest_place,
    readings_of,
    section_key,
    texts_of,
)
from catalog.queries.readings import Cited, Reading

__all__ = [
    "FILTERS",
    "ORIGINS",
    "Cited",
    "FactShown",
    "FirstComparison",
    "HostCalled",
    "Reading",
    "archived_routes",
    "citations_of",
    "compared",
    "facts_by_topic",
    "first_comparison",
    "headings_of",
    "held_back",
    "hosts_called",
    "likeliest_place",
    "places_of",
    "procedures_of",
    "readings_of",
    "routes",
    "said_of",
    "section_key",
    "standing_facts",
    "steps_of",
    "texts_of",
    "vendors",
]
