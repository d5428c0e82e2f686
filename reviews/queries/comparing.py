"""What differs between two goes or no-goes that were proposed for one review, line by line."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from governance.queries.comparing import word_diff
from operations.templatetags.dates import day

Shown = Mapping[str, Any]


def verdict_changed(before: Shown, after: Shown) -> list[dict[str, Any]]:
    """The lines that were added, taken away or say something else, each with ``label`` and ``pieces``.

    :param before: and ``after``: of :func:`reviews.queries.showing.verdict_shown`.
    """
    old, new = _lines(before), _lines(after)
    return [
        {
            "label": (new.get(key) or old[key])[0],
            "pieces": word_diff(old.get(key, ("", ""))[1], new.get(key, ("", ""))[1]),
        }
        for key in {**new, **old}
        if old.get(key, ("", ""))[1] != new.get(key, ("", ""))[1]
    ]


def _lines(shown: Shown) -> dict[str, tuple[str, str]]:
    """Everything it says, as key → what the line is called and what it says. One reason often stands for many lines: it is
    compared once."""
    reasons = dict.fromkeys(str(one["because"]) for one in shown["open"] if one["because"])
    lines = {
        "outcome": (_("Proposal"), str(shown["outcome_word"])),
        "why": (_("Why"), str(shown["because"])),
        "about": (_("What it is about"), f"{shown['name']}: {shown['scope']}"),
        "target": (_("Target date"), day(shown["target_on"])),
        "keeper": (_("Keeper"), str(shown["keeper_name"])),
        "accepted": (_("Why what is open may stay open"), " ".join(reasons)),
    }
    for one in shown["decisions"]:
        until = f" {day(one['until'])}" if one["until"] else ""
        lines[f"decided:{one['code']}"] = (one["route"], f"{one['outcome_word']}{until} ({one['sha256'][:12]})")
    for row in (row for rows in shown["sections"].values() for row in rows):
        lines[f"item:{row['item']}"] = (row["question"], " ".join(part for part in _said(row) if part))
    others = {one["key"]: (one["title"], _("Open.")) for one in shown["open"] if one["key"] not in lines}
    return lines | others


def _said(row: Mapping[str, Any]) -> tuple[str, ...]:
    state = _("Settled.") if row["is_settled"] else _("Open, due %(day)s.") % {"day": day(row["due_on"])}
    answer = row["answer"]
    if row["proof_word"] or answer is None:
        return state, row["proof_word"]
    return state, str(answer.in_words), f"“{answer.text}”" if answer.text else ""
