"""What differs between two texts, in a few words."""

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext_lazy, ngettext

from catalog.models import HeldBackText, PolicyVersion, Topic
from catalog.policy_diff.comparing import STATUSES, PolicyDiff, compare
from catalog.policy_diff.documents import Unreadable

# Of the topics of changes (``policy_diff/rules.yaml``), those that no fact is about.
OF_CHANGES_ONLY = {"scope": gettext_lazy("What it covers"), "naming": gettext_lazy("What things are called")}


def topic_names(keys: Collection[str]) -> dict[str, Any]:
    """What the topics of changes are called, by their keys; one query, or none for none."""
    return {**OF_CHANGES_ONLY, **dict(Topic.objects.filter(pk__in=keys).values_list("pk", "name"))} if keys else {}


def would_change(before: PolicyVersion | None, held: HeldBackText) -> dict[str, Any]:
    """What accepting a text would change in the one before it: in numbers, and which clauses would be gone; nothing where there
    is none to compare with, or nothing to read."""
    try:
        diff = compare(before.text, held.text) if before else None
    except Unreadable:
        diff = None
    if diff is None or before is None:
        return {}
    gone = [clause.heading for clause in diff.changes if clause.status == "removed"]
    return {"before": before, "summary": summary_of(diff), "gone": gone}


def summary_of(diff: PolicyDiff) -> list[str]:
    """How much changed, in words."""
    sentences: dict[str, Any] = {
        "added": ngettext("%(count)d clause added", "%(count)d clauses added", diff.counts["added"]),
        "removed": ngettext("%(count)d clause removed", "%(count)d clauses removed", diff.counts["removed"]),
        "changed": ngettext("%(count)d clause changed", "%(count)d clauses changed", diff.counts["changed"]),
        "renamed": ngettext("%(count)d clause renamed", "%(count)d clauses renamed", diff.counts["renamed"]),
        "moved": ngettext("%(count)d clause moved", "%(count)d clauses moved", diff.counts["moved"]),
        "unchanged": ngettext("%(count)d clause as it was", "%(count)d clauses as they were", diff.counts["unchanged"]),
    }
    return [sentences[status] % {"count": diff.counts[status]} for status in STATUSES if diff.counts[status]]
