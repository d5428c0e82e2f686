"""A vendor whose pages change as those of real vendors do: beneath the headings that the shipped catalog cites, words of our own.

The rates, and where each comes from; what is not measured is marked so:

- 17 pages, ten changes a week, one of them of the page about data: what a mirror of one vendor's documentation saw in 2026.
- 29 of 100 changes are formatting only: 18 of the 63 that it saw of the page about data.
- What becomes of a clause: the 15 that differ between the four texts of that page that we have (8 changed, 4 added, 2 removed,
  1 renamed). They lie some 19 changes of words apart, so that one change touches 0.8 clauses; what changed twice is seen once
  there, so we take 1.3 (not measured).
- Which clause it is: any, evenly, so that a cited one changes as often as another (not measured).
- How many clauses a page has: as many as such pages had headings in August 2026, roughly.
"""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

FORMATTING_ONLY = 18 / 63
CLAUSES_TOUCHED = {1: 80, 2: 15, 4: 5}
BECOMES = {"changed": 8, "added": 4, "removed": 2, "renamed": 1}
# The page about data, and how many clauses the others have.
DATA = "cc-data-usage"
SIZES = {
    DATA: 14,
    "cc-env-vars": 4,
    "cc-settings-ref": 120,
    "cc-third-party": 9,
    "cc-features": 9,
    "cc-legal": 9,
    "cc-zdr": 10,
    "cc-network": 10,
    "cc-admin-setup": 9,
    "cc-web": 40,
    "cc-monitoring": 36,
}
USUAL_SIZE = 20
FEWEST = 2

# What documentation says, in two wordings each; now and then a number, a limit, or something about deleting, as there is.
SENTENCES = (
    ("Run {tool} in a terminal to open {thing}.", "Open {thing} by running {tool} in a terminal."),
    ("{Thing} shows the {n} most recent entries.", "The {n} latest entries stand in {thing}."),
    ("Set {tool} to {n} to wait longer for {thing}.", "To wait longer for {thing}, give {tool} the value {n}."),
    ("You can open {thing} from the menu.", "{Thing} is opened from the menu."),
    ("{Thing} is not available on Windows.", "Windows has no {thing} so far."),
    ("Press the arrow keys to move through {thing}.", "Move through {thing} with the arrow keys."),
    ("If {tool} fails, look at {thing} first.", "Look at {thing} first when {tool} has failed."),
    ("An administrator can pin {thing} with {tool}.", "With {tool}, {thing} is pinned by an administrator."),
    ("{Thing} needs version {n} or newer.", "Version {n} is the oldest that knows {thing}."),
    ("Delete {thing} with {tool} when a branch is merged.", "{Tool} deletes {thing} once a branch is merged."),
    ("Colors of {thing} follow the theme of the terminal.", "The theme of the terminal colors {thing}."),
    ("{Tool} prints the path of {thing}.", "The path of {thing} is what {tool} prints."),
    ("Only one {thing} can be open at a time.", "Open {thing} once; a second one waits."),
    ("By default {tool} asks before it writes {thing}.", "{Tool} writes {thing} after it has asked you."),
    ("See the example below for {thing}.", "Below is an example of {thing}."),
    ("{Thing} is loaded when a session starts.", "A session begins by loading {thing}."),
    ("Share {thing} with your team in the repository.", "Your team finds {thing} in the repository."),
    ("{Tool} takes about {n} seconds on a large project.", "Large projects keep {tool} busy for {n} seconds."),
    ("The value of {tool} is never shown in {thing}.", "{Thing} leaves out the value of {tool}."),
    ("Teams of more than {n} people prefer {thing}.", "{Thing} suits teams of {n} people and more."),
)
# What is promised beneath a heading that facts cite; one of them and sentences as above.
PROMISES = (
    ("What you enter in {thing} is kept for 30 days.", "We keep for 30 days what you enter in {thing}."),
    ("We do not train models on {thing}.", "Models are not trained on {thing}; we do not train on it at all."),
    ("{Thing} sends counts of errors to our servers.", "Counts of errors are what {thing} sends to our servers."),
    ("Administrators see who has opened {thing}.", "Who has opened {thing} is shown to administrators."),
    ("{Thing} is encrypted on its way and at rest.", "On its way and at rest, {thing} is encrypted."),
    ("{Thing} is covered by your commercial terms.", "Your commercial terms cover {thing}."),
    ("{Thing} stays on your machine.", "Your machine is where {thing} stays."),
)
THINGS = [
    f"{kind} {what}"
    for kind in ("the project", "the session", "the status", "the shared", "the plugin", "the review", "the nightly")
    for what in ("list", "panel", "file", "index", "view", "cache", "summary", "queue", "log", "profile", "prompt")
]
TOOLS = [
    f"`{verb}-{noun}`" for verb in ("show", "set", "sync", "list", "open") for noun in ("map", "view", "run", "key")
]


@dataclass
class Part:
    """One clause: its path of headings, and its sentences, each with the other way to say it.

    :ivar is_kept: something is to happen to it yet; until then it only changes.
    """

    path: tuple[str, ...]
    said: list[tuple[str, str]]
    is_cited: bool = False
    is_kept: bool = False


@dataclass
class Page:
    """One page of the vendor, as its author holds it: the words, and how they are dressed."""

    key: str
    parts: list[Part]
    clothes: int = 0
    dice: random.Random = field(default_factory=random.Random, repr=False)

    @classmethod
    def drawn(cls, key: str, cited: Iterable[tuple[str, ...]], *, dice: random.Random) -> "Page":
        """A page with the headings that are cited, those above them, and as many others as such a page has."""
        wanted = set(cited)
        paths = {path[:depth] for path in wanted for depth in range(1, len(path) + 1)} | {()} | wanted
        others = max(0, SIZES.get(key, USUAL_SIZE) - len(paths))
        paths |= {(f"How to work with {THINGS[number % len(THINGS)]} {number}",) for number in range(others)}
        page = cls(key, [], dice=dice)
        page.parts = [Part(path, page.sentences(path in wanted), path in wanted) for path in sorted(paths)]
        return page

    def sentences(self, is_cited: bool) -> list[tuple[str, str]]:
        said = [self.sentence() for _sentence in range(self.dice.randint(3, 8))]
        return [self.sentence(PROMISES), *said] if is_cited else said

    def sentence(self, among: Sequence[tuple[str, str]] = SENTENCES) -> tuple[str, str]:
        thing, tool, number = self.dice.choice(THINGS), self.dice.choice(TOOLS), self.dice.randint(2, 90)
        words = {"thing": thing, "Thing": thing.capitalize(), "tool": tool, "Tool": tool, "n": number}
        one, other = self.dice.choice(among)
        return one.format(**words), other.format(**words)

    @property
    def text(self) -> str:
        """The page in Markdown, in the clothes of the day."""
        lines = [f"# All about {self.key}"]
        for part in self.parts:
            lines += [f"{'#' * (len(part.path) + 1)} {part.path[-1]}"] if part.path else []
            lines += [self._dressed(part, number) for number in range(0, len(part.said), 3)]
        return ("\n\n\n" if self.clothes % 2 else "\n\n").join(lines)

    def _dressed(self, part: Part, begun: int) -> str:
        text = " ".join(one for one, _other in part.said[begun : begun + 3])
        if self.clothes & 2:
            text = text.replace(" terminal", " **terminal**").replace(" days", " *days*")
        if self.clothes & 4:
            text = text.replace(" administrator", f" [administrator](https://vendor.example/{self.clothes})")
        return ("- " if self.clothes & 8 else "") + text.replace(". ", ".\n" if self.clothes & 16 else ". ")

    def part(self, *path: str) -> Part:
        return next(part for part in self.parts if part.path == path)

    def reformat(self) -> None:
        self.clothes += self.dice.randint(1, 30)

    def change(self) -> None:
        """One change as they come: other clothes only, or some clauses."""
        if self.dice.random() < FORMATTING_ONLY:
            self.reformat()
            return
        touched = self._drawn(CLAUSES_TOUCHED)
        for part in self.dice.sample(self.parts, min(touched, len(self.parts))):
            self._touch(part)

    def _drawn(self, weights: dict[Any, int]) -> Any:
        return self.dice.choices(list(weights), list(weights.values()))[0]

    def _touch(self, part: Part) -> None:
        become = "changed" if part.is_kept else self._drawn(BECOMES)
        is_leaf = self._end_of(part) == self.parts.index(part) + 1
        other = (*part.path[:-1], f"Working with {self.dice.choice(THINGS)} {self.dice.randint(1000, 9999)}")
        if become == "added":
            self.parts.insert(self._end_of(part), Part(other, self.sentences(is_cited=False)))
        elif become == "removed" and is_leaf and len(self.parts) > FEWEST:
            self.parts.remove(part)
        elif become == "renamed" and is_leaf and part.path:
            part.path = other
        else:
            self._reword(part.said)

    def _reword(self, said: list[tuple[str, str]]) -> None:
        """Another wording of a sentence, or one more, or one less; never the first."""
        place = self.dice.randrange(1, len(said)) if len(said) > 1 else 0
        touch = self.dice.choice(["word", "word", "add", "take"]) if len(said) > FEWEST else "add"
        if touch == "add":
            said.insert(place + 1, self.sentence())
        elif touch == "take":
            del said[place]
        else:
            said[place] = said[place][::-1]

    def _end_of(self, part: Part) -> int:
        """Behind a clause and everything beneath it."""
        number = self.parts.index(part) + 1
        while part.path and self.parts[number : number + 1] and self.parts[number].path[: len(part.path)] == part.path:
            number += 1
        return number
