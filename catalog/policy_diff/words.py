"""Words, sentences and what differs between them, in bounded time."""

import re
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise, starmap
from operator import attrgetter
from typing import Literal, NamedTuple

from operations.late import late

Op = Literal["=", "-", "+"]

# What one comparison may cost, in cells of its table (length × length, 64 of which are one step), and what all of one diff may.
# However short the two are, to look at them costs LOOK.
CELLS_AT_ONCE = 200_000_000
CELLS_IN_ALL = 4_000_000_000
LOOK = 40_000
# Two sentences less alike than this are two sentences, not one that was changed.
ALIKE = 0.5
# Fewer words than this that stayed between two changes are read more easily within them.
ISLAND = 3
# Among how many sentences the one that a sentence became is looked for.
WINDOW = 30
_TOKEN = re.compile(r"(\s*)(https?://\S+|[^\W_]+(?:['\u2019._-][^\W_]+)*|[^\w\s]|_)")
_SENTENCE_END = {".", "!", "?"}
_PLAIN = str.maketrans(
    {
        "\u2018": "'",
        "\u2019": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u2010": "-",
        "\u2011": "-",
        "\u2013": "-",
        "\u2014": "-",
    }
)


class Token(NamedTuple):
    """One word or one sign.

    :ivar key: what is compared: without what is typography, an address without where it points, a renamed thing by its new name.
    :ivar gap: what stands before it: nothing, a space, or a line break where a paragraph, an entry or a row begins.
    """

    text: str
    key: str
    gap: str

    @property
    def is_word(self) -> bool:
        return self.text[0].isalnum()


_key_of = attrgetter("key")


class Renames:
    """Known renames, as data: a product or a command that is called otherwise since some day is the same thing."""

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for old, new in pairs:
            for name in (old, new):
                words = tuple(token.key for token in _split(name))
                self._by_first.setdefault(words[0], []).append((words, new))
        for names in self._by_first.values():
            names.sort(key=lambda name: -len(name[0]))

    def tokens(self, text: str) -> list[Token]:
        """The words and signs of a text; every name of a renamed thing is one of them."""
        plain = _split(text)
        found: list[Token] = []
        place = 0
        while place < len(plain):
            first = plain[place]
            names = self._by_first.get(first.key)
            name = names and next((one for one in names if self._stands(one[0], plain, place)), None)
            if not name:
                found.append(first)
                place += 1
                continue
            words, new = name
            run = plain[place : place + len(words)]
            found.append(Token(first.text + "".join(token.gap + token.text for token in run[1:]), new, first.gap))
            place += len(words)
        return found

    @staticmethod
    def _stands(words: tuple[str, ...], tokens: list[Token], place: int) -> bool:
        return tuple(token.key for token in tokens[place : place + len(words)]) == words


def _split(text: str) -> list[Token]:
    return list(starmap(_token, _TOKEN.findall(text)))


@lru_cache(maxsize=4096)
def _token(gap: str, word: str) -> Token:
    """A text says the same words again and again: looking one up takes a tenth of making it."""
    key = "\u2192" if word.startswith(("http://", "https://")) else word if word.isascii() else word.translate(_PLAIN)
    return Token(word, key, "\n" if "\n" in gap else gap and " ")


@dataclass(frozen=True)
class Sentence:
    """Some words that are read together."""

    tokens: tuple[Token, ...]

    @cached_property
    def keys(self) -> tuple[str, ...]:
        return tuple(map(_key_of, self.tokens))

    @property
    def text(self) -> str:
        return text_of(self.tokens)


def sentences(tokens: Sequence[Token]) -> list[Sentence]:
    """A text in its sentences; a line break ends one too."""
    ends = [
        number
        for number, (before, token) in enumerate(pairwise(tokens), start=1)
        if token.gap == "\n" or (token.gap and before.text in _SENTENCE_END and not token.text[0].islower())
    ]
    bounds = [0, *ends, len(tokens)] if tokens else []
    return [Sentence(tuple(tokens[begin:end])) for begin, end in pairwise(bounds)]


def text_of(tokens: Iterable[Token]) -> str:
    """Tokens as they are read, with the gap before the first of them."""
    return "".join(token.gap + token.text for token in tokens)


class Budget:
    """A counted number of comparisons: adversarial texts are compared coarsely, never for minutes.

    :ivar refused: how often something was too much to compare.
    """

    def __init__(self, cells: int = CELLS_IN_ALL) -> None:
        self.cells = cells
        self.refused = 0

    @property
    def is_spent(self) -> bool:
        """Whether nothing more can be looked at."""
        return self.cells < LOOK

    def takes(self, one: Sequence[object], other: Sequence[object]) -> bool:
        """Whether these two may still be compared; then it is counted."""
        cost = len(one) * len(other) + LOOK
        if cost > min(CELLS_AT_ONCE, self.cells):
            self.refused += 1
            return False
        self.cells -= cost
        return True


@dataclass(frozen=True)
class Piece:
    """A run of words that stayed, went or came; what came has nothing ``old``, what went nothing ``new``."""

    op: Op
    old: tuple[Token, ...]
    new: tuple[Token, ...]

    @property
    def text(self) -> str:
        if self.op == "=" and not self.new[0].gap:  # what stood before it is gone, not the gap
            return self.old[0].gap + text_of(self.new)
        return text_of(self.old if self.op == "-" else self.new)


@dataclass(frozen=True)
class Edit:
    """A sentence as it was and as it is; None where it was not or is no more."""

    old: Sentence | None
    new: Sentence | None

    @property
    def is_change(self) -> bool:
        return self.old is None or self.new is None or self.old.keys != self.new.keys


def common_length(old: Sequence[Hashable], new: Sequence[Hashable], budget: Budget) -> int | None:
    """How long the longest common subsequence is; None where that is too much to ask."""
    head, tail = _same_ends(old, new)
    old, new = old[head : len(old) - tail], new[head : len(new) - tail]
    return head + tail + late("rapidfuzz.distance").LCSseq.similarity(old, new) if budget.takes(old, new) else None


def likeness(old: Sequence[Hashable], new: Sequence[Hashable], budget: Budget) -> float:
    """How much of both is common, from 0 to 1; 0 where that is too much to ask."""
    length = common_length(old, new, budget)
    return 2 * length / (len(old) + len(new)) if length else 0.0


def edits(old: Sequence[Sentence], new: Sequence[Sentence], budget: Budget) -> list[Edit]:
    """Every sentence of both, in reading order, each beside the one it became."""
    told: list[Edit] = []
    for is_same, before, after in runs_of([one.keys for one in old], [one.keys for one in new], budget):
        if is_same:
            told += [Edit(one, other) for one, other in zip(old[before], new[after], strict=True)]
        else:
            told += _paired(old[before], new[after], budget)
    return told


def pieces(edit: Edit, budget: Budget) -> list[Piece]:
    """One sentence word by word; as a whole where that is too much to ask."""
    old, new = (one.tokens if one else () for one in (edit.old, edit.new))
    runs = runs_of([token.key for token in old], [token.key for token in new], budget)
    found: list[Piece] = []
    for is_same, before, after in runs:
        if is_same:
            found.append(Piece("=", old[before], new[after]))
        else:
            found += [Piece("-", old[before], ()), Piece("+", (), new[after])]
    return _readable([piece for piece in found if piece.old or piece.new])


def _readable(found: list[Piece]) -> list[Piece]:
    """Without islands of one or two words between changes; what went stands before what came."""
    told: list[Piece] = []
    gone: list[Token] = []
    come: list[Token] = []

    def tell() -> None:
        told.extend(
            piece for piece in (Piece("-", tuple(gone), ()), Piece("+", (), tuple(come))) if piece.old or piece.new
        )
        gone.clear()
        come.clear()

    for place, piece in enumerate(found):
        is_between = (gone or come) and any(later.op != "=" for later in found[place + 1 :])
        if piece.op == "=" and not (is_between and sum(token.is_word for token in piece.new) < ISLAND):
            tell()
            told.append(piece)
        else:
            gone += piece.old
            come += piece.new
    tell()
    return told


def _paired(old: Sequence[Sentence], new: Sequence[Sentence], budget: Budget) -> list[Edit]:
    """Each sentence with the one it became, in order; what has none went or came as a whole."""
    told: list[Edit] = []
    begun = 0
    for one in old:
        ahead = range(begun, begun if budget.is_spent else min(begun + WINDOW, len(new)))
        alike = {place: likeness(one.keys, new[place].keys, budget) for place in ahead}
        where = max(alike, key=lambda place: alike[place], default=None)
        if where is None or alike[where] < ALIKE:
            told.append(Edit(one, None))
            continue
        told += [Edit(None, other) for other in new[begun:where]]
        told.append(Edit(one, new[where]))
        begun = where + 1
    return [*told, *(Edit(None, other) for other in new[begun:])]


def runs_of(old: Sequence[Hashable], new: Sequence[Hashable], budget: Budget) -> list[tuple[bool, slice, slice]]:
    """Where two sequences are the same and where they are not, in order."""
    head, tail = _same_ends(old, new)
    middle_old, middle_new = old[head : len(old) - tail], new[head : len(new) - tail]
    runs = [(True, slice(0, head), slice(0, head))]
    if budget.takes(middle_old, middle_new):
        for tag, a, b, c, d in late("rapidfuzz.distance").Indel.opcodes(middle_old, middle_new):
            runs.append((tag == "equal", slice(head + int(a), head + int(b)), slice(head + int(c), head + int(d))))
    else:
        runs.append((False, slice(head, len(old) - tail), slice(head, len(new) - tail)))
    runs.append((True, slice(len(old) - tail, len(old)), slice(len(new) - tail, len(new))))
    return _joined(runs)


def _joined(runs: list[tuple[bool, slice, slice]]) -> list[tuple[bool, slice, slice]]:
    """Without what is empty; a deletion and the insertion beside it are one replacement."""
    told: list[tuple[bool, slice, slice]] = []
    for is_same, old, new in runs:
        if old.start == old.stop and new.start == new.stop:
            continue
        if told and told[-1][0] == is_same:
            _, before, after = told.pop()
            old, new = slice(before.start, old.stop), slice(after.start, new.stop)
        told.append((is_same, old, new))
    return told


def _same_ends(old: Sequence[Hashable], new: Sequence[Hashable]) -> tuple[int, int]:
    """How much is the same at the beginning, and at the end of the rest."""
    most = min(len(old), len(new))
    head = next((place for place in range(most) if old[place] != new[place]), most)
    most -= head
    tail = next((place for place in range(most) if old[-1 - place] != new[-1 - place]), most)
    return head, tail
