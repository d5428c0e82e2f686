"""Comparing two versions of a vendor's page of 100 kB, a tenth of whose clauses changed."""

import random
from collections.abc import Iterator

from benchmarks.figures import Figure, side_by_side
from catalog.policy_diff.comparing import compare
from catalog.policy_diff.documents import document_of

ROUNDS = 9
CLAUSES = 70
WORDS = [
    "we",
    "keep",
    "your",
    "data",
    "here",
    "for",
    "some",
    "days",
    "and",
    "share",
    "it",
    "with",
    "nobody",
    "at",
    "all",
    "unless",
    "you",
    "ask",
    "for",
    "more",
    "in",
    "writing",
]


def figures() -> Iterator[Figure]:
    """The diff against only reading both versions."""
    old, new = _versions(random.Random(7))  # noqa: S311 -- words, not secrets
    compared, was_read = side_by_side(
        lambda: compare(old, new), lambda: (document_of(old), document_of(new)), rounds=ROUNDS
    )
    yield Figure(
        "comparing two versions of a vendor's page",
        compared / was_read,
        10,
        "×",
        f"{len(old) // 1000} kB, {compared * 1000:.0f} ms, against reading both",
    )


def _versions(dice: random.Random) -> tuple[str, str]:
    clauses = [[_paragraph(dice) for _paragraph_number in range(4)] for _clause in range(CLAUSES)]
    old = _page(clauses)
    for clause in clauses[::10]:
        clause[1] = clause[1].replace("days", "years", 1)
        clause[2] = _paragraph(dice)
    return old, _page(clauses)


def _paragraph(dice: random.Random) -> str:
    return " ".join(" ".join(dice.choices(WORDS, k=35)).capitalize() + "." for _sentence in range(2))


def _page(clauses: list[list[str]]) -> str:
    return "\n\n".join("\n\n".join([f"## Part {number}", *clause]) for number, clause in enumerate(clauses))
