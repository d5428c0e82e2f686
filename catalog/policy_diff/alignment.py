"""Which clause of a new version is which clause of the old one."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from catalog.policy_diff.documents import Clause, Document
from catalog.policy_diff.words import Budget, Renames, Sentence, likeness, sentences

# A clause under another heading is the same clause when this much of its words is common.
SAME_CLAUSE = 0.6
# How many pairs of clauses are looked at for that.
LOOKS = 100_000

Path = tuple[str, ...]


@dataclass(frozen=True)
class Read:
    """A clause with its sentences, ready to be compared.

    :ivar keys: of all its words; ``path``: of its headings.
    :ivar nth: which of those with the same path it is.
    """

    clause: Clause
    number: int
    sentences: tuple[Sentence, ...]
    keys: tuple[str, ...]
    path: Path
    nth: int


@dataclass(frozen=True)
class Pair:
    """A clause as it was and as it is; None where it was not or is no more."""

    old: Read | None
    new: Read | None


def read(document: Document, renames: Renames) -> list[Read]:
    """The clauses of a page in order; headings are compared as words are: by the new names of what was renamed."""
    found = []
    times: Counter[Path] = Counter()
    for number, clause in enumerate(document.clauses):
        told = sentences(renames.tokens(clause.text))
        keys = tuple(chain.from_iterable(sentence.keys for sentence in told))
        path = path_key(clause.path, renames)
        times[path] += 1
        found.append(Read(clause, number, tuple(told), keys, path, times[path]))
    return found


def path_key(path: Iterable[str], renames: Renames) -> Path:
    """What tells headings apart: their words, by the new names of what was renamed, in whatever case."""
    return tuple(" ".join(token.key for token in renames.tokens(heading)).casefold() for heading in path)


def aligned(old: Sequence[Read], new: Sequence[Read], budget: Budget) -> list[Pair]:
    """Every clause of both once, in the reading order of the new version; what went stands where it stood.

    A clause is found again by its path, else by its words: all of them, or most.
    """
    aligning = _Aligning(old, new)
    aligning.by_key(lambda one: (one.path, one.nth))
    aligning.by_key(lambda one: one.keys or None)
    aligning.by_likeness(budget)
    aligning.by_what_is_beneath(old)
    return _in_order(old, new, aligning.became)


def moved(pairs: Sequence[Pair]) -> set[int]:
    """The numbers of the new clauses that stand elsewhere: beneath another heading than the one theirs became, or else in
    another order, the fewest that explain it."""
    became = {pair.old.path: pair.new.path for pair in pairs if pair.old and pair.new}
    both = [(pair.old, pair.new) for pair in pairs if pair.old and pair.new]
    beneath = {new.number for old, new in both if became.get(old.path[:-1], old.path[:-1]) != new.path[:-1]}
    return beneath | _out_of_order([(old.number, new.number) for old, new in both if new.number not in beneath])


def _out_of_order(both: list[tuple[int, int]]) -> set[int]:
    """By the longest run of (old, new) numbers that kept their order: all others."""
    both.sort(key=lambda pair: pair[1])
    ends: list[int] = []
    chains: list[tuple[int, int, int]] = []  # (old number, new number, place of the one before)
    last_of: list[int] = []
    for was, now in both:
        length = bisect_left(ends, was)
        chains.append((was, now, last_of[length - 1] if length else -1))
        if length == len(ends):
            ends.append(was)
            last_of.append(len(chains) - 1)
        else:
            ends[length] = was
            last_of[length] = len(chains) - 1
    stayed: set[int] = set()
    place = last_of[-1] if last_of else -1
    while place >= 0:
        _was, now, place = chains[place]
        stayed.add(now)
    return {now for _was, now in both} - stayed


class _Aligning:
    """What is left of both versions, and what became of what (by old number)."""

    def __init__(self, old: Sequence[Read], new: Sequence[Read]) -> None:
        self.old = {one.number: one for one in old}
        self.new = {one.number: one for one in new}
        self.became: dict[int, Read] = {}

    def match(self, one: Read, other: Read) -> None:
        self.became[one.number] = other
        del self.old[one.number], self.new[other.number]

    def by_key(self, key_of: Callable[[Read], Hashable]) -> None:
        """Pair what has the same key, in order, where both versions have as many of it; None is no key."""
        now = defaultdict(list)
        for other in self.new.values():
            now[key_of(other)].append(other)
        was = defaultdict(list)
        for one in self.old.values():
            was[key_of(one)].append(one)
        for key, ones in was.items():
            if key is not None and len(ones) == len(now[key]):
                for one, other in zip(ones, now[key], strict=True):
                    self.match(one, other)

    def by_likeness(self, budget: Budget) -> None:
        """Pair the most alike first, where they are alike enough."""
        ones, others = ([one for one in left.values() if one.keys] for left in (self.old, self.new))
        if len(ones) * len(others) > LOOKS:
            budget.refused += 1
            return
        found = [(likeness(one.keys, other.keys, budget), one, other) for one in ones for other in others]
        for alike, one, other in sorted(found, key=lambda each: (-each[0], each[1].number, each[2].number)):
            if alike >= SAME_CLAUSE and one.number in self.old and other.number in self.new:
                self.match(one, other)

    def by_what_is_beneath(self, old: Sequence[Read]) -> None:
        """Pair headings without words of their own by the clauses beneath them."""
        by_path = {one.path: one for one in self.new.values() if not one.keys}
        for one in [one for one in self.old.values() if not one.keys]:
            depth = len(one.path)
            beneath = [
                self.became[each.number].path[:depth] for each in _beneath(one, old) if each.number in self.became
            ]
            other = next((by_path[path] for path in beneath if path in by_path), None)
            if other is not None and other.number in self.new:
                self.match(one, other)


def _beneath(one: Read, old: Sequence[Read]) -> Iterator[Read]:
    for each in islice(old, one.number + 1, None):
        if each.path[: len(one.path)] != one.path:
            return
        yield each


def _in_order(old: Sequence[Read], new: Sequence[Read], became: dict[int, Read]) -> list[Pair]:
    was = {now.number: old[number] for number, now in became.items()}
    gone_after: dict[int, list[Pair]] = defaultdict(list)
    before = -1
    for one in old:
        if one.number in became:
            before = became[one.number].number
        else:
            gone_after[before].append(Pair(one, None))
    told = gone_after[-1]
    for one in new:
        told += [Pair(was.get(one.number), one), *gone_after[one.number]]
    return told
