"""A diff as text, as JSON and as a page."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from django.template.loader import render_to_string

from catalog.policy_diff.comparing import ClauseDiff, PolicyDiff

SIGNS = {"=": "", "-": "[−{}−]", "+": "{{+{}+}}"}


def as_json(diff: PolicyDiff) -> str:
    """The machine's form, indented."""
    return json.dumps(as_data(diff), ensure_ascii=False, indent=2)


def as_data(diff: PolicyDiff) -> dict[str, Any]:
    """The same as values."""
    return {
        "summary": {
            "formatting_only": diff.formatting_only,
            "lines": {"added": diff.lines_added, "removed": diff.lines_removed},
            "clauses": diff.counts,
            "words": {"added": diff.words_added, "removed": diff.words_removed},
        },
        "clauses": [_clause(clause) for clause in diff.changes],
    }


def as_text(diff: PolicyDiff) -> str:
    """What a person reads in a terminal: added words in ``{+…+}``, removed ones in ``[−…−]``."""
    return "\n".join(_text(diff)) + "\n"


def as_html(diff: PolicyDiff, *, title: str) -> str:
    """A page of its own, without anything from elsewhere."""
    return render_to_string("catalog/policy_diff.html", {"diff": diff, "title": title})


def _clause(clause: ClauseDiff) -> dict[str, Any]:
    told: dict[str, Any] = {
        "anchor": clause.anchor,
        "heading": clause.heading,
        "old_heading": clause.old_heading or None,
        "status": clause.status,
        "words_added": clause.words_added,
        "words_removed": clause.words_removed,
        "topics": list(clause.topics),
        "signals": [asdict(signal) for signal in clause.signals],
        "diff": [list(piece) for piece in clause.diff],
    }
    return told | {"coarse": True} if clause.is_coarse else told


def _text(diff: PolicyDiff) -> Iterator[str]:
    if diff.formatting_only:
        lines = diff.lines_added + diff.lines_removed
        yield "Formatting only." if lines else "Nothing has changed."
        return
    told = ", ".join(f"{count} {status}" for status, count in diff.counts.items() if count)
    yield f"Clauses: {told}. Words: {diff.words_added} added, {diff.words_removed} removed."
    yield f"Lines: {diff.lines_added} added, {diff.lines_removed} removed."
    for clause in diff.changes:
        was = f" (was: {clause.old_heading})" if clause.old_heading else ""
        yield ""
        yield f"## {clause.heading or 'Before the first heading'}{was}: {clause.status}"
        if clause.topics:
            yield f"About: {', '.join(clause.topics)}"
        for signal in clause.signals:
            change = " → ".join(part for part in (signal.old, signal.new) if part)
            yield f"! {signal.kind}: {change}. {signal.why}"
        if clause.is_coarse:
            yield "Too long to compare word by word: shown as a whole."
        if clause.diff:
            yield "".join((SIGNS[op] or "{}").format(text) for op, text in clause.diff)
