"""What the newest text of a page says of a fact that cites it."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

# "": there is nothing to compare with; "incomparable": most of the page differs, so that one clause says nothing.
Words = Literal["", "same", "changed", "incomparable"]


@dataclass(frozen=True)
class Cited:
    """A heading that a fact cites, in the newest text of its page.

    :ivar candidate: the headings beneath which it may stand now, where it is not there any more.
    """

    section: str
    is_there: bool
    candidate: str = ""


@dataclass(frozen=True)
class Reading:
    """What the newest text of a page says of one fact that cites it.

    :ivar words: whether the clauses it cites read as they did when it was written.
    :ivar read_on: the last day on which the page is known to have read so.
    """

    fact_id: int
    source_id: int
    title: str
    sections: tuple[Cited, ...]
    words: Words
    read_on: dt.date

    @property
    def gone(self) -> list[Cited]:
        return [cited for cited in self.sections if not cited.is_there]

    @property
    def is_in_doubt(self) -> bool:
        """Whether somebody should look: a clause it cites reads otherwise, or a heading is not there any more."""
        return self.words == "changed" or bool(self.gone)
