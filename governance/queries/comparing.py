"""What differs between two frozen snapshots of decisions on one route, line by line."""

import difflib
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from catalog.policy_diff.words import Budget, runs_of
from governance.queries.agreements import PaperShown, in_words
from governance.queries.cards import card_of, hops_shown

Content = Mapping[str, Any]


def word_diff(before: str, after: str) -> list[dict[str, str]]:
    """The pieces of a word diff: ``same``, ``removed`` and ``added`` texts in reading order; of what is too long to compare the
    whole."""
    old, new = before.split(), after.split()
    pieces: list[dict[str, str]] = []
    for is_same, was, now in runs_of(old, new, Budget()):
        kinds = {"same": new[now]} if is_same else {"removed": old[was], "added": new[now]}
        pieces += [{"kind": kind, "text": " ".join(words)} for kind, words in kinds.items() if words]
    return pieces


def facts_changed(before: Content, after: Content, *, people: Mapping[int, str] | None = None) -> list[dict[str, Any]]:
    """The facts that were added, taken away or say something else, each with its topic as ``label`` and ``pieces``."""
    old = {fact["key"]: fact for fact in before["facts"]}
    new = {fact["key"]: fact for fact in after["facts"]}
    return [
        {
            "label": (new.get(key) or old[key])["topic_name"],
            "pieces": word_diff(_said(old.get(key), people), _said(new.get(key), people)),
        }
        for key in {**new, **old}
        if _said(old.get(key), people) != _said(new.get(key), people)
    ]


def agreements_changed(before: Content, after: Content, *, people: Mapping[int, str]) -> list[dict[str, Any]]:
    """The papers that stand otherwise than they did; nothing where the earlier snapshot kept none."""
    old, new = (
        {shown.name: shown for shown in in_words(content.get("agreements", []), people=people)}
        for content in (before, after)
    )
    return [
        {"label": name, "pieces": word_diff(_paper(old.get(name)), _paper(new.get(name)))}
        for name in {**new, **old}
        if "agreements" in before and _paper(old.get(name)) != _paper(new.get(name))
    ]


def _paper(shown: PaperShown | None) -> str:
    return "; ".join(part for part in (shown.word, *shown.about, shown.paper_name) if part) if shown else ""


def hops_changed(before: Content, after: Content) -> list[dict[str, Any]]:
    """The steps of the data flow that were added, taken away or read differently."""
    old, new = ([_step(hop) for hop in hops_shown(content["hops"])] for content in (before, after))
    changed = []
    for tag, a, b, c, d in difflib.SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if tag != "equal":
            for step in range(max(b - a, d - c)):
                texts = ("".join(old[a:b][step : step + 1]), "".join(new[c:d][step : step + 1]))
                changed.append({"label": _("Where the data goes"), "pieces": word_diff(*texts)})
    return changed


def _said(fact: Content | None, people: Mapping[int, str] | None) -> str:
    """A fact as one text: what is said, by whom, since when, what is uncertain about it, and our own word."""
    if fact is None:
        return ""
    card = card_of(fact, people=people)
    texts = []
    for statement in card["statements"]:
        origin = [statement["promise"], statement["as_of"], *(source["title"] for source in statement["sources"])]
        texts.append(f"{statement['text']} ({'; '.join(part for part in origin if part)})")
    return " ".join(part for part in (*texts, card["note"], card["own_word"]) if part)


def _step(hop: Content) -> str:
    way = f"{hop['from']['name']} ({hop['from']['operator']}) → {hop['to']['name']} ({hop['to']['operator']})"
    details = [str(hop["when_word"]), hop["encryption"], hop["uncertain_why"]]
    return f"{way}: {hop['data']}. {'; '.join(part for part in details if part)}"
