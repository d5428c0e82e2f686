"""Lists as people bring them, pasted or as a file: read line by line, each cell without what can't be seen."""

import csv
import io
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from shutil import copyfileobj
from subprocess import DEVNULL, PIPE, Popen
from tempfile import TemporaryFile
from typing import IO, Any, Final, cast

from django.utils.translation import gettext as _

from operations.errors import ActionRefused
from operations.files import MEGABYTE
from operations.forms import seen_line

LARGEST_FILE = 20 * MEGABYTE
LARGEST_UNPACKED = 200 * MEGABYTE
MOST_MEMORY = 256 * MEGABYTE
MOST_SECONDS = 60
# What reads an Excel file, and how it ends.
SHEET = Path(__file__).with_name("sheet.py")
UNPACKS_TO_MORE: Final = 3
TAKES_MORE: Final = 4
LONGEST_PASTE = 2_000_000  # characters
MOST_LINES = 200_000
MOST_COLUMNS = 50
LONGEST_CELL = 500

SEPARATORS = (",", ";", "\t")
SAID_FIRST = re.compile(r"sep=([,;\t])\r?\n", re.IGNORECASE)  # as Excel writes it
MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
# Before what a spreadsheet would take for a formula, in the lists that we hand out (``reports.csv``).
KEPT_FROM_RUNNING = re.compile(r"'[=+\-@]")

Line = tuple[int, list[str]]


def read_text(text: str) -> Iterator[Line]:
    """The lines of a list whose cells are kept apart by commas, semicolons or tabs; blank ones are left out.

    :returns: the number of each line in the text, counted from 1, and its cells.
    :raises ActionRefused: it is no list: a quotation mark is never closed, or it goes beyond a limit.
    """
    text = text.removeprefix("\ufeff")
    said = SAID_FIRST.match(text)
    begins_at = said.end() if said else 0
    separator = said[1] if said else _separator(text)
    lines = io.StringIO(text, newline="")
    lines.seek(begins_at)
    return _checked(_rows(csv.reader(lines, delimiter=separator), first=2 if said else 1))


def read_file(file: IO[bytes]) -> Iterator[Line]:
    """The lines of a CSV file (UTF-8, UTF-16 or Windows-1252) or of the first sheet of an Excel file.

    :raises ActionRefused: it is neither, or goes beyond a limit.
    """
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    if size > LARGEST_FILE:
        raise ActionRefused(_("The file is larger than %(size)d MB. Split it.") % {"size": LARGEST_FILE // MEGABYTE})
    if file.read(4) == b"PK\x03\x04":
        return _checked(_sheet(file))
    file.seek(0)
    return read_text(_decoded(file.read()))


def _decoded(content: bytes) -> str:
    for mark, encoding in MARKS:
        if content.startswith(mark):
            return _decoded_as(content, encoding)
    begin = content[:200]
    if b"\0" in begin:  # UTF-16 without its mark: every other byte of Latin letters is zero
        return _decoded_as(content, "utf-16-le" if begin[1:2] == b"\0" else "utf-16-be")
    try:
        return content.decode()
    except UnicodeDecodeError:
        return _decoded_as(content, "cp1252")


def _decoded_as(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise ActionRefused(
            _("This file is neither an Excel file (.xlsx) nor text. Save the list as CSV or .xlsx and bring it again.")
        ) from error


def _separator(text: str) -> str:
    """The one that divides most of the first lines into equally many cells, and into more than one."""

    def regularity(separator: str) -> tuple[int, int]:
        try:
            begin = islice(csv.reader(io.StringIO(text, newline=""), delimiter=separator), 20)
            widths = [len(cells) for cells in begin if cells]
        except csv.Error:
            return 0, 0
        divided = [width for width in widths if width > 1]
        usual = max(divided, key=divided.count, default=0)
        return divided.count(usual), usual

    return max(SEPARATORS, key=regularity)


def _rows(reader: Any, *, first: int) -> Iterator[tuple[int, Sequence[str]]]:
    """Each row with the line on which it begins: a quoted cell may go over several."""
    begins_on = first
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise ActionRefused(
                _("Line %(line)d can't be read: is a quotation mark missing?") % {"line": begins_on}
            ) from error
        if cells is None:
            return
        yield begins_on, cells
        begins_on = first + reader.line_num


def _sheet(file: IO[bytes]) -> Iterator[tuple[int, Sequence[str]]]:
    """The rows of the first sheet that is shown, read by a program of its own (``sheet.py``)."""
    limits = (MOST_COLUMNS, LONGEST_CELL, LARGEST_UNPACKED, MOST_MEMORY, MOST_SECONDS)
    command = [sys.executable, "-I", str(SHEET), *map(str, limits)]
    with TemporaryFile() as copy:
        file.seek(0)
        copyfileobj(file, copy)
        copy.seek(0)
        reader = Popen(command, stdin=copy, stdout=PIPE, stderr=DEVNULL, env={})  # noqa: S603 -- what people wrote is its input only
        with reader, io.TextIOWrapper(cast(IO[bytes], reader.stdout), encoding="utf-8", newline="") as rows:
            try:
                yield from ((int(number), cells) for number, *cells in csv.reader(rows))
                _refuse_unread(reader.wait())
            finally:
                reader.kill()  # whoever asked wants no more


def _refuse_unread(code: int) -> None:
    """:raises ActionRefused: the program did not end well: it found what is no sheet, or went beyond a limit."""
    if code == UNPACKS_TO_MORE:
        raise ActionRefused(
            _("Unpacked, this file is larger than %(size)d MB. Save the list alone as CSV, and bring that.")
            % {"size": LARGEST_UNPACKED // MEGABYTE}
        )
    if code == TAKES_MORE or code < 0:
        raise ActionRefused(
            _(
                "Reading this file takes more than %(size)d MB of memory or %(seconds)d seconds. "
                "Save the list alone as CSV, and bring that."
            )
            % {"size": MOST_MEMORY // MEGABYTE, "seconds": MOST_SECONDS}
        )
    if code:
        raise ActionRefused(_("This Excel file can't be read. Open it, save the list as CSV, and bring that."))


def _checked(rows: Iterable[tuple[int, Sequence[str]]]) -> Iterator[Line]:
    """The rows that say something, within the limits.

    :raises ActionRefused: there are more lines or columns, or a cell is longer, than a list of people has.
    """
    count = 0
    for number, values in rows:
        cells = [_cell(value, number) for value in values]
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            continue
        if len(cells) > MOST_COLUMNS:
            raise ActionRefused(
                _("Line %(line)d has more than %(most)d columns. Keep those that are about people, and bring it again.")
                % {"line": number, "most": MOST_COLUMNS}
            )
        count += 1
        if count > MOST_LINES:
            raise ActionRefused(_("The list has more than %(most)s lines. Split it.") % {"most": f"{MOST_LINES:,}"})
        yield number, cells


def _cell(value: str, number: int) -> str:
    if len(value) > LONGEST_CELL:
        raise ActionRefused(
            _("A cell of line %(line)d is longer than %(most)d characters: is a quotation mark missing before it?")
            % {"line": number, "most": LONGEST_CELL}
        )
    cell = seen_line(value)
    return cell[1:] if KEPT_FROM_RUNNING.match(cell) else cell
