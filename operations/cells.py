"""Cells of a CSV that we hand out: none of them runs in a spreadsheet."""

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


class Echo:
    """What ``csv.writer`` writes to where each line is handed on as it is made."""

    def write(self, value: str) -> str:
        return value


def safe_cell(value: object) -> str:
    """The value as text that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text
