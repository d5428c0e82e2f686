"""The rules that sort changes, read from ``rules.yaml`` beside this file."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from django.utils.translation import gettext_noop
from pydantic import AfterValidator

from catalog.loading.schema import Strict
from catalog.loading.yaml_files import read_files
from catalog.policy_diff.words import Renames

RULES = Path(__file__).with_name("rules.yaml")
# What the file says of its signals, again: translators read Python and templates.
WHYS = (
    gettext_noop("It depends on who has to act now, the vendor or you."),
    gettext_noop("Something that was promised is not said any more."),
    gettext_noop("Somebody is named who was not before, where data is passed on."),
    gettext_noop("The vendor sets a day."),
)
Kind = Literal["duration", "number", "limit", "opt", "promise-removed", "recipient", "deadline"]


def _compiles(pattern: str) -> str:
    re.compile(pattern)
    return pattern


Pattern = Annotated[str, AfterValidator(_compiles)]


class Rename(Strict):
    """One thing that is called otherwise since some month."""

    old: str
    new: str
    since: str


class SignalRule(Strict):
    """What gives one kind of signal away, and what to tell whoever reads it.

    :ivar turns: pairs of patterns: one that goes while the other comes is a turn.
    :ivar verbs: what stands before a name in a sentence; ``headings``: beneath which ones a name needs no verb, as in a list.
    """

    kind: Kind
    why: str
    patterns: tuple[Pattern, ...] = ()
    turns: tuple[tuple[Pattern, Pattern], ...] = ()
    verbs: Pattern = ""
    headings: Pattern = ""
    words: Pattern = ""


class RulesFile(Strict):
    """The file as it is written."""

    schema_version: Literal[1]
    renames: tuple[Rename, ...]
    limits: tuple[str, ...]
    signals: tuple[SignalRule, ...]
    topics: dict[str, Pattern]


@dataclass(frozen=True)
class Rules:
    """The rules, ready to be applied."""

    renames: Renames
    limits: re.Pattern[str]
    signals: dict[str, SignalRule]
    topics: dict[str, re.Pattern[str]]


@cache
def shipped_rules() -> Rules:
    """Those that come with the product."""
    return rules_from(RULES)


def rules_from(path: Path) -> Rules:
    """Read a file of rules.

    :raises catalog.loading.yaml_files.ContentError: with file and line, where it does not say what it has to.
    """
    ((_path, said, _lines),) = read_files([path], RulesFile, base=path.parent)
    limits = "|".join(re.escape(word).replace("\\ ", r"\s+") for word in said.limits)
    return Rules(
        renames=Renames((one.old, one.new) for one in said.renames),
        limits=re.compile(rf"\b({limits})\b|n't\b", re.IGNORECASE),
        signals={rule.kind: rule for rule in said.signals},
        topics={topic: re.compile(pattern, re.IGNORECASE) for topic, pattern in said.topics.items()},
    )
