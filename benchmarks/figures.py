"""One measured line, how it is printed, and how a ratio is taken."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

# Set lower by ``--rounds``, to see that everything can still be measured.
most_rounds = 100


@dataclass(frozen=True)
class Figure:
    """One line of the budgets.

    :ivar what: the budget, in the words of the architecture.
    :ivar value: what was measured, in the unit of ``budget``.
    :ivar budget: the most it may be.
    :ivar unit: ``×`` for a ratio of two things measured side by side, else what both numbers count.
    :ivar how: what was measured against what.
    """

    what: str
    value: float
    budget: float
    unit: str
    how: str

    @property
    def holds(self) -> bool:
        return self.value <= self.budget

    def __str__(self) -> str:
        verdict = "ok  " if self.holds else "OVER"
        return f"{verdict} {self.value:>9.2f} {self.unit:<4} of {self.budget:>6g}  {self.what}: {self.how}"


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def median(work: Callable[[], object], *, rounds: int) -> float:
    """How long one call takes, in seconds, the median of several."""
    return statistics.median(seconds(work) for _round in range(min(rounds, most_rounds)))


def side_by_side(first: Callable[[], object], second: Callable[[], object], *, rounds: int) -> tuple[float, float]:
    """The medians, in seconds, of two things done in turn, so that whatever disturbs disturbs both."""
    pairs = [(seconds(first), seconds(second)) for _round in range(min(rounds, most_rounds))]
    return statistics.median(one for one, _ in pairs), statistics.median(other for _, other in pairs)
