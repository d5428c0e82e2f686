"""Why an answer was not saved: what has happened since the page with its question was opened."""

from typing import Any

from checklists import actions
from checklists.queries.differences import difference
from operations.errors import ActionRefused


def since_opened(refused: ActionRefused) -> dict[str, Any]:
    """What the page shows of it: the words that were shown and those that stand now, or the answer that came before."""
    if isinstance(refused, actions.ContentChanged):
        rows = difference(refused.before, refused.shown.content) if refused.before else []
        return {"shown": refused.shown, "since_opened": rows, "since_answered": []}
    return {"answer": refused.newest} if isinstance(refused, actions.AnsweredMeanwhile) else {}
