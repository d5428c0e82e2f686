"""What differs between two goes or no-goes that were proposed for one review, line by line."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from governance.queries.comparing import word_diff
from operations.templatetags.dates import day, moment

Shown = Mapping[str, Any]


def verdict_changed(before: Shown, after: Shown) -> list[dict[str, Any]]:
    """The lines that were added, taken away or say something else, each with ``label`` and ``pieces``.

    :param before: and ``after``: of :func:`reviews.queries.showing.verdict_shown`.
    """
    old, new = _lines(before), _lines(after)
    differs = []
    for key in {**new, **old}:
        (old_name, was), (name, now) = old.get(key, ("", "")), new.get(key, ("", ""))
        if was and now and old_name != name and key.startswith("item:"):
            was, now = f"{old_name} {was}", f"{name} {now}"  # the question itself was worded anew
        if was != now:
            differs.append({"label": name or old_name, "pieces": word_diff(was, now)})
    return differs


def _lines(shown: Shown) -> dict[str, tuple[str, str]]:
    """Everything it says, as key → what the line is called and what it says. One reason often stands for many lines: it is
    compared once. A decision is keyed by what its route is called: a shipped route and one of ours may have the same short code.
    """
    reasons = dict.fromkeys(str(one["because"]) for one in shown["open"] if one["because"])
    late = {one["key"]: _("(late)") for one in shown["open"] if one["is_late"]}
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
        lines[f"decided:{one['code']} {one['route']}"] = (
            one["route"],
            f"{one['outcome_word']}{until} ({one['sha256'][:12]})",
        )
    for row in (row for rows in shown["sections"].values() for row in rows):
        key = f"item:{row['item']}"
        lines[key] = (row["question"], " ".join(part for part in (*_said(row), late.get(key, "")) if part))
    if shown["signed_with"]:
        lines["signed-with"] = (_("Conditions of signatures"), "\n".join(one["text"] for one in shown["signed_with"]))
    others = {one["key"]: (one["title"], _("Open.")) for one in shown["open"] if one["key"] not in lines}
    return lines | others


def _said(row: Mapping[str, Any]) -> tuple[str, ...]:
    state = _("Settled.") if row["is_settled"] else _("Open, due %(day)s.") % {"day": day(row["due_on"])}
    answer = row["answer"]
    if row["proof_word"]:
        return state, row["proof_word"]
    if answer is None:
        return state, _("%(person)s looks after it") % {"person": row["keeper_name"]}
    # Given anew in the same words it is another answer, with evidence of its own.
    given = _("%(said)s · %(person)s, %(when)s") % {
        "said": answer.in_words,
        "person": answer.by,
        "when": moment(answer.at),
    }
    return state, given, f"“{answer.text}”" if answer.text else ""
