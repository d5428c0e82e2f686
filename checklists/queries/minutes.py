"""How long it takes: one number for home and the list."""

from collections import Counter
from collections.abc import Iterable
from fractions import Fraction
from math import ceil
from typing import NamedTuple


class AskedOnce(NamedTuple):
    """One item that one checklist asks of a person; ``is_open``: it is theirs to do now."""

    checklist_id: int
    minutes: int
    item_id: int
    is_open: bool


def minutes_left(asked: Iterable[AskedOnce]) -> int:
    """What is open takes its share of its checklist's minutes, each item once, where that is least; in whole minutes.

    :param asked: everything asked of one person, done or not.
    """
    everything = list(asked)
    sizes = Counter(one.checklist_id for one in everything)
    shares: dict[int, Fraction] = {}
    for one in everything:
        if one.is_open:
            share = Fraction(one.minutes, sizes[one.checklist_id])
            shares[one.item_id] = min(share, shares.get(one.item_id, share))
    return ceil(sum(shares.values()))
