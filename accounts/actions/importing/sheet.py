"""The first sheet of an Excel file, as CSV: run as a program of its own, which nothing else imports.

A small file can be made to unpack to much, or to one row that fills the memory of whoever reads it. So it is read here, in a
process that may take little memory and time, and dies with what it has read: the file comes in as stdin, its rows go to stdout.

Arguments: how many columns are of interest, how long a cell may be, how many bytes the file may unpack to, and how many bytes of
memory and seconds reading it may take. Rows and cells that are longer are cut one beyond, so that it shows that they are too long.
"""

import csv
import datetime as dt
import io
import resource
import sys
import zipfile
from itertools import islice

from openpyxl import load_workbook

MOST_ROWS = 1_048_576  # as Excel has it: a file may number its rows as it likes
UNPACKS_TO_MORE = 3
TAKES_MORE = 4


def main(columns: int, longest: int, unpacked: int, memory: int, seconds: int) -> int:
    """Write the rows of the first sheet that is shown, each after its number; of a formula what it came to when the file was
    saved."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    file = sys.stdin.buffer
    with zipfile.ZipFile(file) as archive:
        if sum(part.file_size for part in archive.infolist()) > unpacked:  # more than it states is never read of a part
            return UNPACKS_TO_MORE
    rows = csv.writer(io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", errors="replace", newline=""))
    book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
    sheet = next(sheet for sheet in book.worksheets if sheet.sheet_state == "visible")
    sheet.reset_dimensions()  # what a file says of its size need not be so
    for number, values in enumerate(islice(sheet.iter_rows(max_col=columns + 1, values_only=True), MOST_ROWS), start=1):
        if any(value is not None for value in values):
            rows.writerow([number, *(said(value)[: longest + 1] for value in values)])
    return 0


def said(value: object) -> str:
    """What stands in a cell, as it is written in a list."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return str(value)


if __name__ == "__main__":
    try:
        sys.exit(main(*map(int, sys.argv[1:])))
    except MemoryError:
        sys.exit(TAKES_MORE)
