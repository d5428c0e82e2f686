"""Why an answer was not saved: what has happened since the page with its question was opened."""

import json
from typing import Any

from django.utils.translation import gettext as _

from checklists import actions
from operations.errors import ActionRefused


def since_opened(refused: ActionRefused) -> dict[str, Any]:
    """What the page shows of it: the words that were shown and those that stand now, or the answer that came before."""
    if isinstance(refused, actions.ContentChanged):
        return {"shown": refused.shown, "difference": _difference(refused)}
    return {"answer": refused.newest} if isinstance(refused, actions.AnsweredMeanwhile) else {}


def _difference(changed: actions.ContentChanged) -> dict[str, Any]:
    if changed.before is None:
        return {}
    before, after = json.loads(changed.before["content"]), changed.shown.content
    names = {
        "question": _("Question"),
        "why": _("Why it matters"),
        "steps": _("Steps"),
        "routes": _("Routes"),
        "conditions": _("Conditions"),
        "data_classes": _("Data"),
        "facts": _("What the vendor says"),
        "contacts": _("Contacts"),
    }
    return {
        "rows": [
            {"label": label, "before": _words(before.get(name)), "after": _words(after.get(name))}
            for name, label in names.items()
            if before.get(name) != after.get(name)
        ]
    }


def _words(value: Any) -> str:
    if isinstance(value, list):
        return " · ".join(_words(one) for one in value)
    if isinstance(value, dict):
        return ", ".join(_words(one) for one in value.values() if one)
    return "" if value is None else str(value)
