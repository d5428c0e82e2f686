"""What is recorded about a person: every app says it of its own tables, in its ``personal.py`` (``settings.PERSONAL``).

One register with three uses: the page *What is recorded about me* and what is taken out of it, erasing, and the test that
finds a column nobody has thought of. SQL here takes ``%(organization)s``, ``%(membership)s`` and ``%(user)s``, ids of one person
in one organization; what erases takes ``%(at)s``, ``%(address)s``, ``%(label)s`` (what they are called from then on) and
``%(named)s`` (a pattern of their name and address) too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module

from django.apps import apps
from django.conf import settings
from django.utils.functional import Promise

TEXTS = "audit_freetext"


@dataclass(frozen=True)
class Words:
    """A column that points to what somebody typed, and whose words they are.

    :ivar mine: a condition on ``it``, the row.
    :ivar at: when it was typed, of ``it``.
    """

    table: str
    column: str
    mine: str
    at: str = "it.at"

    @property
    def ids(self) -> str:
        """A SELECT of the texts."""
        whole = f"it.organization_id = %(organization)s AND {self.mine} AND it.{self.column} IS NOT NULL"
        return f"SELECT it.{self.column} FROM {self.table} it WHERE {whole}"

    @property
    def rows(self) -> str:
        """A SELECT of what was typed, and when."""
        return (
            f"SELECT {self.at} AS at, typed.body AS words FROM {self.table} it JOIN {TEXTS} typed ON typed.id = it.{self.column}"
            f" WHERE it.organization_id = %(organization)s AND {self.mine}"
        )


@dataclass(frozen=True)
class Held:
    """One kind of thing that is recorded about a person, in plain words and in SQL.

    :ivar key: its name in what is taken out.
    :ivar columns: ``table.column`` of what it covers, besides those of ``words``.
    :ivar how_long: may say ``%(years)d``, the years after leaving.
    :ivar erased: what erasing does to it.
    :ivar rows: a SELECT of the person's rows, as they may read them; of ``words`` it follows by itself.
    :ivar files: a SELECT of the path and the name of each file.
    :ivar erase: statements; the bytes of ``removes`` go once that is committed.
    :ivar removes: a SELECT of the paths of the files that erasing removes.
    :ivar forget: a statement that takes what names somebody out of rows as old as people are kept after they have left, whoever
        they are of; RETURNING organization_id (null: not logged).
    :ivar is_of_user: it is there once per installation: it goes when the person has been erased everywhere.
    :ivar app: a package that may not be installed, and then nothing of this is there.
    """

    key: str
    what: str | Promise
    why: str | Promise
    who: str | Promise
    how_long: str | Promise
    erased: str | Promise
    columns: tuple[str, ...] = ()
    rows: str = ""
    words: tuple[Words, ...] = ()
    files: str = ""
    erase: tuple[str, ...] = ()
    removes: str = ""
    forget: str = ""
    is_of_user: bool = False
    app: str = ""

    @property
    def select(self) -> str:
        """A SELECT of the person's rows; empty where they can't be listed."""
        return self.rows or " UNION ALL ".join(words.rows for words in self.words)


@cache
def register() -> tuple[Held, ...]:
    """All of it, in the order of the settings."""
    held = (one for name in settings.PERSONAL for one in import_module(name).HELD)
    return tuple(one for one in held if not one.app or apps.is_installed(one.app))


@cache
def nothing_personal() -> Mapping[str, str]:
    """``table.column`` (or ``table.*``) of what could hold something about a person and doesn't, with why."""
    return {column: why for name in settings.PERSONAL for column, why in import_module(name).NOTHING.items()}


def words_typed() -> str:
    """A SELECT of all texts that a person typed."""
    return " UNION ".join(words.ids for held in register() for words in held.words)
