"""What is said about a route, in the words of a page: the same for a route's page and for what was frozen."""

import datetime as dt
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.models import Fact, Hop
from catalog.queries import Cited, Reading
from governance.queries.own_words import in_words
from operations.templatetags.dates import day, month


def topics_of(
    facts: Iterable[Mapping[str, Any]], *, on: dt.date | None = None, people: Mapping[int, str] | None = None
) -> list[dict[str, Any]]:
    """Facts (as ``submissions.said`` puts them) as cards grouped by topic, in their order; which states are unsettled.

    :param on: the day from which the ages of our own facts count; None shows no ages, as in what was frozen. What
        ships is said to be old once, above all of it: ``routes.described``.
    :param people: the names of those who gave our own word, by the ids that facts carry.
    """
    topics = [
        {"name": name, "cards": [card_of(fact, on=on, people=people) for fact in of_topic]}
        for name, of_topic in groupby(facts, key=lambda fact: fact["topic_name"])
    ]
    for topic in topics:
        states = {card["state"] for card in topic["cards"]}
        topic["unsettled"] = [state for state in (Fact.State.UNKNOWN, Fact.State.CONFLICTING) if state in states]
    return topics


def card_of(
    fact: Mapping[str, Any], *, on: dt.date | None = None, people: Mapping[int, str] | None = None
) -> dict[str, Any]:
    """One fact as ``components/fact_card.html`` takes it; both sides where sources disagree."""
    is_known = fact["state"] != Fact.State.UNKNOWN
    common = {
        "promise": str(Fact.Promise(fact["promise"]).label) if is_known else "",
        "as_of": _last_read(fact),
        "age_note": _age(fact, on),
        "is_ours": fact["is_ours"],
    }
    whole = _joined(fact["statement"], fact["detail"])
    sides = [
        {**common, "text": side["statement"], "sources": side["cited"], **_of_side(side["cited"])}
        for side in fact["sides"]
    ]
    return {
        "topic": fact["topic_name"],
        "state": fact["state"],
        "statements": sides or [{**common, "text": whole, "sources": fact["sources"]}],
        "note": _joined(whole, fact["uncertain_why"]) if sides else fact["uncertain_why"],
        "own_word": _own_word(fact.get("our_word"), on, people or {}),
        "own_paper": _own_paper(fact.get("our_word") or {}),
        "revision": fact["revision"],
        "anchor": f"fact:{fact.get('key', '')}",
    }


def standing_of(readings: Iterable[Reading]) -> list[dict[str, Any]]:
    """What the newest texts of its pages say against a fact, in words, each with the page; nothing where they say the same."""
    told = []
    for reading in readings:
        page = {"page": reading.title}
        lines = [_not_there(cited) for cited in reading.gone]
        if reading.words == "changed":
            lines.insert(0, _("“%(page)s” reads otherwise since this was written.") % page)
        elif reading.words == "incomparable":
            lines = [_("“%(page)s” can’t be compared: most of it differs from what this was taken from.") % page]
        if lines:
            told.append({"source_id": reading.source_id, "lines": lines, "has_changed": reading.words == "changed"})
    return told


def _not_there(cited: Cited) -> str:
    names = {"heading": cited.section or _("the text before the first heading"), "now": cited.candidate}
    if cited.candidate:
        return _("“%(heading)s” is not there any more; it may be “%(now)s” now.") % names
    return _("“%(heading)s” is not there any more.") % names


def _last_read(fact: Mapping[str, Any]) -> str:
    """The date of a fact, and the day on which its page still read so."""
    if not fact.get("seen_on"):
        return as_of_text(fact)
    read_on = day(dt.date.fromisoformat(fact["seen_on"]))
    return _("%(as_of)s; read the same on %(day)s") % {"as_of": as_of_text(fact), "day": read_on}


def _own_word(word: Mapping[str, Any] | None, on: dt.date | None, people: Mapping[int, str]) -> str:
    return in_words(word, by=people.get(word["by"], _("somebody")), on=on) if word else ""


def _own_paper(word: Mapping[str, Any]) -> dict[str, Any] | None:
    """The letter or clause that our own word brings, for pages of those who may open it."""
    if not word.get("paper"):
        return None
    link = word.get("link") or ""
    return {"pk": word["paper"], "link": link, "name": word.get("paper_name") or link}


def _of_side(cited: list[dict[str, Any]]) -> dict[str, str]:
    """What one side of a disagreement is worth: the date of its newest source, and whether the vendor said it at all."""
    # What was frozen before sources carried a date is shown as it was frozen.
    if not all("as_of" in source for source in cited):
        return {}
    newest = max(cited, key=lambda source: source["as_of"] or "")
    is_official = any(source["kind"].startswith("official") for source in cited)
    promise = Fact.Promise.DOCUMENTATION if is_official else Fact.Promise.REPORT
    return {"as_of": as_of_text(newest), "promise": str(promise.label)}


def as_of_text(fact: Mapping[str, Any]) -> str:
    """A date, a month, or *date unknown* with what is known instead."""
    on = dt.date.fromisoformat(fact["as_of"]) if fact["as_of"] else None
    if on is None:
        return _("date unknown: %(note)s") % {"note": fact["as_of_note"]} if fact["as_of_note"] else _("date unknown")
    text = month(on) if fact["as_of_precision"] == "month" else day(on)
    return f"{text} ({fact['as_of_note']})" if fact["as_of_note"] else text


def hops_shown(hops: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The steps of the data flow, with *when* in words."""
    return [{**hop, "when_word": Hop.When(hop["when"]).label} for hop in hops]


def _age(fact: Mapping[str, Any], on: dt.date | None) -> str:
    if on is None or not fact["is_ours"] or not fact["as_of"]:
        return ""
    days = (on - dt.date.fromisoformat(fact["as_of"])).days
    if days <= fact.get("old_after_days", days):
        return ""
    months = max(1, round(days / 30.44))
    old = ngettext("%(count)d month old", "%(count)d months old", months) % {"count": months}
    return _("%(old)s: look whether it still says so") % {"old": old}


def _joined(statement: str, detail: str) -> str:
    return f"{statement} {detail}" if detail else statement
