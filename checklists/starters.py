"""The starter checklists that ship: read from ``data/``, validated, never rows until an organization copies one."""

from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from catalog.loading import ContentError, read_files

DATA = Path(__file__).resolve().parent / "data"
Key = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=80)]


class Strict(BaseModel):
    """No field that the schema does not name."""

    model_config = ConfigDict(extra="forbid")


class Choice(Strict):
    value: str
    label: str
    flag: bool = False


class RestsOn(Strict):
    facts: list[Key] = []
    decisions: bool = False
    procedures: list[Key] = []


class StarterItem(Strict):
    """One shipped question."""

    key: Key
    section: Key
    question: str = Field(max_length=300)
    why: str
    steps: list[str] = []
    answer: Literal["confirm", "yes_no", "choice", "text", "date", "evidence"]
    choices: list[Choice] = []
    expects: Literal["yes", "no", ""] = ""
    allows_not_applicable: bool = False
    needs_computer: bool = False
    shows: list[Literal["routes", "conditions", "contacts", "uses", "data_classes", "repositories"]] = []
    rests_on: RestsOn = RestsOn()
    evidence_example: str = ""
    valid_months: int = Field(gt=0, le=60)
    keeper_hint: str = ""
    answers_itself: str = ""


class Audience(Strict):
    all: bool = False
    job_roles: list[Key] = []
    routes: list[Key] = []


class Section(Strict):
    key: Key
    title: str


class Starter(Strict):
    """One shipped checklist: which items it lists, and whom it is meant for."""

    key: Key
    name: str
    kind: Literal["personal", "shared"]
    purpose: str = Field(max_length=300)
    minutes: int = Field(gt=0)
    assign: Audience = Audience()
    sections: list[Section]
    items: list[Key] = Field(min_length=1)


class StarterFile(Strict):
    """One file of starters; either part may be missing."""

    schema_version: Literal[1]
    items: list[StarterItem] = []
    checklists: list[Starter] = []


class Starters(BaseModel):
    """Everything that ships, by key."""

    items: dict[str, StarterItem]
    checklists: dict[str, Starter]


@cache
def shipped() -> Starters:
    """The starters of this version of the product, read once per process."""
    return read(DATA)


def read(folder: Path) -> Starters:
    """All files of a folder.

    :raises ContentError: with every error by file and line.
    """
    base = folder.parent.parent
    found = Starters(items={}, checklists={})
    errors: list[str] = []
    files = read_files(folder.rglob("*.yaml"), StarterFile, base=base)
    for path, file, lines in files:
        for kind, known in (("items", found.items), ("checklists", found.checklists)):
            for index, part in enumerate(getattr(file, kind)):
                if part.key in known:
                    errors.append(
                        f"{path.relative_to(base)}:{lines[(kind, index)]}: {kind}: the key {part.key!r} stands twice"
                    )
                known[part.key] = part
    for path, file, lines in files:
        for index, checklist in enumerate(file.checklists):
            place = f"{path.relative_to(base)}:{lines[('checklists', index)]}: {checklist.key}"
            errors += [f"{place}: no item has the key {key!r}" for key in checklist.items if key not in found.items]
            titles = {section.key for section in checklist.sections}
            sections = {found.items[key].section for key in checklist.items if key in found.items}
            errors += [f"{place}: the section {key!r} has no title" for key in sorted(sections - titles)]
    if errors:
        raise ContentError(errors)
    return found
