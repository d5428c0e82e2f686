"""What lifts the heavy line out of the noise: signals explain themselves and decide nothing."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_noop

from catalog.policy_diff.rules import Kind, Rules
from catalog.policy_diff.words import Edit

_UNITS = "second|minute|hour|day|week|month|quarter|year"
_AMOUNT = r"\d+(?:[.,]\d+)*|one|two|three|four|five|six|seven|eight|nine|ten|twelve|eighteen|thirty|sixty|ninety"
_ONE = {"1", "one"}
_DURATION = re.compile(rf"\b({_AMOUNT})[\s-]+((?:{_UNITS})s?)\b", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\w.])\d+(?:[.,]\d+)*(?:\s?(?:%|percent|[kmgt]b|bit|users?|times))?(?![\w])", re.IGNORECASE)
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_NTH = r"\d{1,2}(?:st|nd|rd|th)?"
_DAY = re.compile(
    rf"\b(?:(?:{_MONTHS})\s+{_NTH}(?:,?\s+\d{{4}})?|{_NTH}\s+(?:{_MONTHS})(?:\s+\d{{4}})?|\d{{4}}-\d\d-\d\d)\b"
)
_NAME = re.compile(r"(?<![.!?:]\s)(?<!^)\b[A-Z][\w&]*(?:\.[a-z]+)?(?:\s+[A-Z][\w&]*)*", re.MULTILINE)


@dataclass(frozen=True)
class Signal:
    """Why a change may weigh: what stood there, what stands there, and why that matters, in words that ``gettext`` knows."""

    kind: Kind
    old: str
    new: str
    why: str


@dataclass(frozen=True)
class Changed:
    """The sentences of a clause that changed, as they were and as they are."""

    old: str
    new: str

    @classmethod
    def of(cls, edits: Iterable[Edit]) -> "Changed":
        changed = [edit for edit in edits if edit.is_change]
        return cls(
            "\n".join(edit.old.text.strip() for edit in changed if edit.old),
            "\n".join(edit.new.text.strip() for edit in changed if edit.new),
        )


def signals_of(edits: Sequence[Edit], headings: Iterable[str], *, known_before: str, rules: Rules) -> list[Signal]:
    """Everything heavy about the changes of one clause, each once.

    :param headings: what stands above it.
    :param known_before: the whole old page: a name that stood anywhere on it is nobody new.
    """
    changed = Changed.of(edits)
    if not changed.old and not changed.new:
        return []
    found = [
        *_durations(edits, changed),
        *_numbers(edits),
        *_limits(edits, rules),
        *_turns(changed, rules),
        *_promises(changed, rules),
        *_recipients(changed, headings, known_before, rules),
        *_deadlines(changed, rules),
    ]
    return list(dict.fromkeys(found))


def topics_of(edits: Sequence[Edit], headings: Iterable[str], rules: Rules) -> list[str]:
    """What the changes of a clause are about: by the sentences that changed, and by what stands above them."""
    changed = Changed.of(edits)
    text = "\n".join((changed.old, changed.new, *headings))
    return [topic for topic, pattern in rules.topics.items() if pattern.search(text)]


def _durations(edits: Sequence[Edit], changed: Changed) -> Iterator[Signal]:
    """Durations that went or came; one that only moved to another sentence did neither."""
    old, new = (Counter(_spans(text)) for text in (changed.old, changed.new))
    gone, come = old - new, new - old
    for edit in edits:
        was = [span for span in _spans(_text(edit, "old")) if gone[span]]
        now = [span for span in _spans(_text(edit, "new")) if come[span]]
        gone.subtract(was)
        come.subtract(now)
        if was or now:
            why = (
                gettext_noop("How long has changed.")
                if was and now
                else gettext_noop("How long is said now.")
                if now
                else gettext_noop("How long is not said any more.")
            )
            yield Signal("duration", ", ".join(was), ", ".join(now), why)


def _spans(text: str) -> list[str]:
    """Durations as they are told: "30-day" and "30 days" are one, and one day is no days."""
    return [
        f"{amount} {unit.removesuffix('s')}{'' if amount in _ONE else 's'}"
        for amount, unit in _DURATION.findall(text.lower())
    ]


def _numbers(edits: Iterable[Edit]) -> Iterator[Signal]:
    """Numbers that are no durations and no days, where a sentence that stayed says another."""
    for edit in edits:
        if edit.old is None or edit.new is None or not edit.is_change:
            continue
        old, new = (Counter(_NUMBER.findall(_DAY.sub("", _DURATION.sub("", one.text)))) for one in (edit.old, edit.new))
        was, now = list((old - new).elements()), list((new - old).elements())
        if was and now:
            yield Signal("number", ", ".join(was), ", ".join(now), gettext_noop("A number has changed."))


def _limits(edits: Iterable[Edit], rules: Rules) -> Iterator[Signal]:
    """Words that limit or deny, gained or lost within a sentence that stayed."""
    for edit in edits:
        if edit.old is None or edit.new is None or not edit.is_change:
            continue
        old, new = (
            Counter(" ".join(word.lower().split()) for word in rules.limits.findall(one.text))
            for one in (edit.old, edit.new)
        )
        for word in old - new:
            yield Signal("limit", word or "not", "", gettext_noop("It is not said any more."))
        for word in new - old:
            yield Signal("limit", "", word or "not", gettext_noop("It is said now."))


def _turns(changed: Changed, rules: Rules) -> Iterator[Signal]:
    rule = rules.signals["opt"]
    for one, other in rule.turns:
        for before, after in ((one, other), (other, one)):
            was, now = re.search(before, changed.old, re.IGNORECASE), re.search(after, changed.new, re.IGNORECASE)
            stays = re.search(before, changed.new, re.IGNORECASE)
            if was and now and not stays:
                yield Signal("opt", was[0], now[0], rule.why)


def _promises(changed: Changed, rules: Rules) -> Iterator[Signal]:
    rule = rules.signals["promise-removed"]
    for pattern in rule.patterns:
        said = {" ".join(match[0].lower().split()) for match in re.finditer(pattern, changed.new, re.IGNORECASE)}
        for match in re.finditer(pattern, changed.old, re.IGNORECASE):
            if " ".join(match[0].lower().split()) not in said:
                yield Signal("promise-removed", match[0], "", rule.why)


def _recipients(changed: Changed, headings: Iterable[str], known_before: str, rules: Rules) -> Iterator[Signal]:
    rule = rules.signals["recipient"]
    passed_on = re.compile(rf"(?:{rule.verbs})([^\n]*)", re.IGNORECASE)
    told = [f" {after}" for after in passed_on.findall(changed.new)]
    if any(re.search(rule.headings, heading, re.IGNORECASE) for heading in headings):
        # A row of a list begins with its name, a sentence with a capital that is none.
        told += [line if line.rstrip().endswith(".") else f" {line}" for line in changed.new.splitlines()]
    for after in told:
        for name in dict.fromkeys(_NAME.findall(after)):
            if name not in known_before:
                yield Signal("recipient", "", name, rule.why)


def _deadlines(changed: Changed, rules: Rules) -> Iterator[Signal]:
    rule = rules.signals["deadline"]
    before = re.compile(rf"\b(?:{rule.words})\b[^.\n]{{0,40}}?({_DAY.pattern})", re.IGNORECASE)
    old, new = ([" ".join(day.split()) for day in before.findall(text)] for text in (changed.old, changed.new))
    come, gone = [day for day in new if day not in old], [day for day in old if day not in new]
    if come or gone:
        why = rule.why if come else gettext_noop("A day that the vendor had set is not said any more.")
        yield Signal("deadline", ", ".join(gone), ", ".join(come), why)


def _text(edit: Edit, side: str) -> str:
    one = getattr(edit, side)
    return one.text if one is not None and edit.is_change else ""
