"""How an adoption review is planned: which lists are its board, in which order, due when; read from ``data/adoption.yaml``."""

import datetime as dt
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from checklists.starters import shipped

FILE = Path(__file__).resolve().parent / "data" / "adoption.yaml"
LAST = 100


@cache
def _plan() -> dict[str, Any]:
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))


def checklist_keys() -> list[str]:
    """The shared starters whose questions are the board."""
    return list(_plan()["checklists"])


def place_of(section_key: str) -> tuple[int, str]:
    """Where a section stands on the board; one that the plan does not name comes last."""
    keys = [section["key"] for section in _plan()["sections"]]
    return (keys.index(section_key), "") if section_key in keys else (len(keys), section_key)


def planned_day(section_key: str, *, begun_on: dt.date, target_on: dt.date) -> dt.date:
    """By when a section is due: planned back from the target date, in the order in which things are settled."""
    by = {section["key"]: section["by"] for section in _plan()["sections"]}.get(section_key, LAST)
    days = max((target_on - begun_on).days, 0)
    return target_on - dt.timedelta(days=days * (LAST - by) // LAST)


@cache
def keeper_hints() -> tuple[list[str], list[str]]:
    """The questions that ship, by key, and who usually looks after each: the key of a sign-off group, or whoever runs it."""
    hints = {key: item.keeper_hint for key, item in shipped().items.items() if item.keeper_hint}
    return list(hints), list(hints.values())
