"""What was frozen stays readable, whatever is frozen today."""

from governance.queries.cards import card_of
from governance.queries.submissions import WORDS, changes

FROZEN = {
    "key": "plan.retention",
    "topic_name": "Retention",
    "state": "conflicting",
    "statement": "Sources disagree.",
    "detail": "",
    "uncertain_why": "",
    "promise": "vendor-documentation",
    "as_of": "2026-03-01",
    "as_of_precision": "day",
    "as_of_note": "",
    "is_ours": False,
    "revision": 1,
    "sources": [],
}


def test_sides_frozen_before_sources_carried_a_date_are_shown_as_they_were():
    sides = [{"statement": "30 days.", "cited": [{"title": "A page", "url": "", "sections": []}]}]

    [side] = card_of({**FROZEN, "sides": sides})["statements"]

    assert (side["text"], side["as_of"], side["promise"]) == ("30 days.", "1 Mar 2026", "The vendor's documentation")


def test_a_side_says_how_old_its_newest_source_is():
    source = {"title": "A post", "as_of_precision": "day", "as_of_note": "", "kind": "article"}
    cited = [{**source, "as_of": "2026-01-01"}, {**source, "as_of": "2026-05-01"}, {**source, "as_of": None}]

    [side] = card_of({**FROZEN, "sides": [{"statement": "30 days.", "cited": cited}]})["statements"]

    assert (side["as_of"], side["promise"]) == ("1 May 2026", "Somebody's report")


def test_what_was_frozen_before_a_field_was_there_is_compared_by_what_it_has():
    after = dict.fromkeys(WORDS, "")
    before = {field: "" for field in WORDS if field != "permission_modes"} | {"why": "We need it."}

    assert changes(before, after) == [{"field": "why", "before": "We need it.", "after": ""}]
