"""Lists as people bring them: every encoding, separator and oddity comes to the same lines."""

import csv
import datetime as dt
import io
import itertools
import random
import resource
import zipfile

import pytest
from openpyxl import Workbook

from accounts.actions.importing import read_file, read_text, reading
from operations.cells import safe_cell
from operations.errors import ActionRefused
from operations.files import MEGABYTE

HEADINGS = ["E-Mail", "Name", "Team"]
PEOPLE = [["ada@acme.example", "Ada Müller", "R&D, Köln"], ["bo@acme.example", 'Bo "the" Rock', "Sales; North"]]


def as_csv(rows: list[list[str]], separator: str = ",", end: str = "\r\n") -> str:
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=separator, lineterminator=end).writerows(rows)
    return file.getvalue()


def cells(lines) -> list[list[str]]:
    return [line for _number, line in lines]


def refused(match: str):
    return pytest.raises(ActionRefused, match=match)


@pytest.mark.parametrize("separator", reading.SEPARATORS)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_encoding_separator_and_line_end_change_nothing(encoding: str, separator: str, end: str) -> None:
    file = io.BytesIO(as_csv([HEADINGS, *PEOPLE], separator, end).encode(encoding))

    assert cells(read_file(file)) == [HEADINGS, *PEOPLE]


@pytest.mark.parametrize("seed", range(20))
def test_whatever_is_in_the_cells_comes_back(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 -- nothing secret
    letters = "aZ09 ,;\"'äß@.-中😀"
    rows = [
        [
            " ".join("x" + "".join(chance.choices(letters, k=chance.randrange(12))) for _ in range(2)).strip()
            for _column in range(4)
        ]
        for _row in range(30)
    ]
    expected = [[" ".join(cell.split()) for cell in row] for row in rows]
    separator = chance.choice(reading.SEPARATORS)

    assert cells(read_text(f"sep={separator}\n" + as_csv(rows, separator))) == expected


def test_lines_are_numbered_as_they_stand_in_the_file() -> None:
    text = 'a,b\n\n"two\nlines",c\n,\nd,e\n'

    assert list(read_text(text)) == [(1, ["a", "b"]), (3, ["two lines", "c"]), (6, ["d", "e"])]


def test_what_can_not_be_seen_is_taken_out() -> None:
    assert cells(read_text("\ufeffa\u00a0b\u200b,\u202ec\x00\n")) == [["a b", "c"]]


def test_a_list_of_addresses_alone_is_one_column() -> None:
    assert cells(read_text("ada@acme.example\nbo@acme.example\n")) == [["ada@acme.example"], ["bo@acme.example"]]


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@a"])
def test_what_we_handed_out_comes_back_as_it_was(cell: str) -> None:
    assert cells(read_text(as_csv([[safe_cell(cell), "x"]]))) == [[cell, "x"]]


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ('a,b\n"' + "x\n" * 600, "is a quotation mark missing"),
        ('a,b\n"' + "x" * 200_000, "is a quotation mark missing"),
        ("a," + "x" * 501, "A cell of line 1 is longer than 500"),
        (",".join("abc" * 20), "more than 50 columns"),
    ],
)
def test_what_goes_beyond_is_refused_with_its_line(text: str, match: str) -> None:
    with refused(match):
        list(read_text(text))


def test_too_many_lines_are_refused(monkeypatch) -> None:
    monkeypatch.setattr(reading, "MOST_LINES", 2)
    with refused("more than 2 lines"):
        list(read_text("a\nb\nc\n"))


def test_a_file_that_is_no_list_is_refused(monkeypatch) -> None:
    with refused("neither an Excel file"):
        list(read_file(io.BytesIO(bytes(range(129, 160)))))
    monkeypatch.setattr(reading, "LARGEST_FILE", 10)
    with refused("larger than"):
        list(read_file(io.BytesIO(b"x" * 11)))


def sheet(*rows: list[object], **also: object) -> io.BytesIO:
    book, file = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    if "merged" in also:
        book.active.merge_cells(str(also["merged"]))
    book.save(file)
    return file


def test_a_sheet_is_read_as_text() -> None:
    file = sheet(HEADINGS, [None], ["ada@acme.example", 7.0, dt.date(2026, 1, 5)], [True, "=1+1", " a\nb "])

    assert list(read_file(file)) == [
        (1, HEADINGS),
        (3, ["ada@acme.example", "7", "2026-01-05T00:00:00"]),
        (4, ["yes", "", "a b"]),  # a formula that was never worked out says nothing
    ]


def test_merged_headings_stand_in_their_first_column() -> None:
    assert cells(read_file(sheet(["Person", "gone", "Team"], ["a", "b", "c"], merged="A1:B1"))) == [
        ["Person", "", "Team"],
        ["a", "b", "c"],
    ]


def test_the_first_sheet_that_is_shown_is_read() -> None:
    book, file = Workbook(), io.BytesIO()
    book.active.append(["hidden"])
    book.active.sheet_state = "hidden"
    book.create_sheet("People").append(["shown"])
    book.save(file)

    assert cells(read_file(file)) == [["shown"]]


def test_a_bomb_is_refused_before_it_is_unpacked(monkeypatch) -> None:
    monkeypatch.setattr(reading, "LARGEST_UNPACKED", 1000)
    with refused("Unpacked, this file is larger"):
        list(read_file(sheet(HEADINGS)))


def with_part(name: str, begins: bytes, again: bytes, times: int, ends: bytes) -> io.BytesIO:
    """A sheet in which the part that ends like ``name`` is this much of the same."""
    good, file = zipfile.ZipFile(sheet(HEADINGS)), io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bad:
        for other in good.namelist():
            if other.endswith(name):
                with bad.open(other, "w") as part:
                    part.write(begins)
                    for _time in range(times // 1000):
                        part.write(again * 1000)
                    part.write(ends)
            else:
                bad.writestr(other, good.read(other))
    return file


SHEET_OF = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
STYLES_OF = b'<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs>'


@pytest.mark.parametrize(
    ("part", "begins", "again", "ends"),
    [
        ("sheet1.xml", SHEET_OF + b'<row r="1">', b"<c/>", b"</row></sheetData></worksheet>"),
        ("styles.xml", STYLES_OF, b"<xf/>", b"</cellXfs></styleSheet>"),
    ],
    ids=["one row", "styles"],
)
def test_what_unpacks_within_the_limit_fills_no_memory_of_ours(
    part: str, begins: bytes, again: bytes, ends: bytes, monkeypatch
) -> None:
    """A process that dies instead reads it: 8 MB unpacked are 200 MB of elements."""
    monkeypatch.setattr(reading, "MOST_MEMORY", 180 * MEGABYTE)
    bomb = with_part(part, begins, again, 2_000_000, ends)
    before = most_memory()

    with refused(f"180 MB of memory or {reading.MOST_SECONDS} seconds. Save the list alone as CSV"):
        list(read_file(bomb))

    assert len(bomb.getvalue()) < 100_000
    assert most_memory() - before < 50_000


def test_rows_are_numbered_no_further_than_a_sheet_has_them() -> None:
    far = with_part(
        "sheet1.xml", SHEET_OF, b"", 0, b'<row r="999999999999"><c r="A1"><v>1</v></c></row></sheetData></worksheet>'
    )

    assert cells(read_file(far)) == []


def most_memory() -> int:
    """The most memory that this process has held until now, in kB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def test_entities_in_a_sheet_are_refused() -> None:
    good, file = zipfile.ZipFile(sheet(HEADINGS)), io.BytesIO()
    with zipfile.ZipFile(file, "w") as bad:
        for name in good.namelist():
            content = good.read(name)
            if name.endswith("sheet1.xml"):
                content = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + content.replace(b"E-Mail", b"&a;")
            bad.writestr(name, content)

    with refused("can't be read"):
        list(read_file(file))


@pytest.mark.parametrize("content", [b"PK\x03\x04 and nothing", b"PK\x03\x04" + b"\0" * 100])
def test_a_broken_sheet_is_refused(content: bytes) -> None:
    with refused("can't be read"):
        list(read_file(io.BytesIO(content)))


def test_a_cut_sheet_is_refused_wherever_it_is_cut() -> None:
    whole = sheet(HEADINGS, *itertools.repeat(PEOPLE[0], 50)).getvalue()
    for length in range(5, len(whole) - 1, 997):
        with refused("can't be read"):
            list(read_file(io.BytesIO(whole[:length])))
