"""Two versions of a policy compared: clause by clause, word by word, with what is heavy about it."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from catalog.policy_diff.alignment import Pair, Read, aligned, moved, read
from catalog.policy_diff.documents import Document, document_of
from catalog.policy_diff.rules import Rules, shipped_rules
from catalog.policy_diff.signals import Signal, signals_of, topics_of
from catalog.policy_diff.words import Budget, Op, common_length, edits, pieces

Status = Literal["added", "removed", "changed", "renamed", "moved", "unchanged"]
STATUSES: tuple[Status, ...] = ("added", "removed", "changed", "renamed", "moved", "unchanged")


@dataclass(frozen=True)
class ClauseDiff:
    """What became of one clause.

    :ivar heading: as it is now, or was where the clause is gone; ``old_heading`` where it was another, or the old path where
        the clause was moved; else empty.
    :ivar diff: the words in reading order: those that stayed (``=``), went (``-``) and came (``+``). Without what came it is the
        old text, without what went the new one, each as normalized (white space and renames apart).
    :ivar is_coarse: too much to be compared word by word.
    """

    anchor: str
    heading: str
    old_heading: str
    status: Status
    diff: tuple[tuple[Op, str], ...]
    topics: tuple[str, ...]
    signals: tuple[Signal, ...]
    words_added: int
    words_removed: int
    is_coarse: bool
    old: Read | None
    new: Read | None


@dataclass(frozen=True)
class PolicyDiff:
    """Everything that differs between two versions of a page, in reading order, and how much that is."""

    clauses: tuple[ClauseDiff, ...]
    lines_added: int
    lines_removed: int

    @property
    def changes(self) -> list[ClauseDiff]:
        return [clause for clause in self.clauses if clause.status != "unchanged"]

    @property
    def formatting_only(self) -> bool:
        return not self.changes

    @property
    def counts(self) -> dict[str, int]:
        """How many clauses of each status."""
        times = Counter(clause.status for clause in self.clauses)
        return {status: times[status] for status in STATUSES}

    @property
    def words_added(self) -> int:
        return sum(clause.words_added for clause in self.clauses)

    @property
    def words_removed(self) -> int:
        return sum(clause.words_removed for clause in self.clauses)


def compare(old: str, new: str, *, rules: Rules | None = None) -> PolicyDiff:
    """Compare two texts of one page, in Markdown or HTML.

    :raises catalog.policy_diff.documents.Unreadable: where there is no text in one of them.
    """
    return compare_documents(document_of(old), document_of(new), rules=rules, lines=_lines(old, new))


def compare_documents(
    old: Document, new: Document, *, rules: Rules | None = None, lines: tuple[int, int] = (0, 0)
) -> PolicyDiff:
    """Compare two pages that were read already.

    :param lines: how many raw lines came, and how many went.
    """
    rules = rules or shipped_rules()
    budget = Budget()
    before, after = read(old, rules.renames), read(new, rules.renames)
    pairs = aligned(before, after, budget)
    elsewhere = moved(pairs)
    known = old.text
    clauses = [_clause(pair, elsewhere, known_before=known, rules=rules, budget=budget) for pair in pairs]
    return PolicyDiff(tuple(clauses), *lines)


def _clause(
    pair: Pair,
    elsewhere: set[int],
    *,
    known_before: str,
    rules: Rules,
    budget: Budget,
) -> ClauseDiff:
    old, new = pair.old, pair.new
    refused = budget.refused
    told = edits(old.sentences if old else (), new.sentences if new else (), budget)
    status, old_heading = _status(old, new, elsewhere)
    found = (
        [piece for edit in told for piece in pieces(edit, budget)] if status in {"added", "removed", "changed"} else []
    )
    clause = (new or old).clause  # type: ignore[union-attr]  # one of the two is there
    headings = clause.path if status != "renamed" else ()
    return ClauseDiff(
        anchor=clause.anchor,
        heading=clause.heading,
        old_heading=old_heading,
        status=status,
        diff=tuple(_runs((piece.op, piece.text) for piece in found)),
        topics=("naming",) if status == "renamed" else tuple(topics_of(told, headings, rules)) if found else (),
        signals=tuple(signals_of(told, headings, known_before=known_before, rules=rules)) if found else (),
        words_added=sum(token.is_word for piece in found if piece.op == "+" for token in piece.new),
        words_removed=sum(token.is_word for piece in found if piece.op == "-" for token in piece.old),
        is_coarse=budget.refused > refused,
        old=old,
        new=new,
    )


def _status(old: Read | None, new: Read | None, elsewhere: set[int]) -> tuple[Status, str]:
    if old is None:
        return "added", ""
    if new is None:
        return "removed", ""
    is_renamed = old.path[-1:] != new.path[-1:]
    is_moved = new.number in elsewhere
    old_heading = old.clause.heading if is_renamed else old.clause.place if is_moved else ""
    if old.keys != new.keys:
        return "changed", old_heading
    return ("renamed" if is_renamed else "moved" if is_moved else "unchanged"), old_heading


def _runs(found: Iterable[tuple[Op, str]]) -> Iterator[tuple[Op, str]]:
    """Neighbours of one kind joined; what begins the clause begins without a gap."""
    run: tuple[Op, str] | None = None
    is_first = True
    for op, text in found:
        text = text.lstrip() if is_first else text
        is_first = False
        if run and run[0] == op:
            run = (op, run[1] + text)
            continue
        if run:
            yield run
        run = (op, text)
    if run:
        yield run


def _lines(old: str, new: str) -> tuple[int, int]:
    """How many raw lines came and went; of too many to compare, those that the other has not at all."""
    before, after = old.splitlines(), new.splitlines()
    common = common_length(before, after, Budget())
    if common is None:
        common = (Counter(before) & Counter(after)).total()
    return len(after) - common, len(before) - common
