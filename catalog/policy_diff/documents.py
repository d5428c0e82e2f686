"""A policy as text in clauses, the same whether it comes as Markdown or as HTML."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import accumulate
from typing import TYPE_CHECKING

from django.utils.text import slugify
from django.utils.translation import gettext_noop

from operations.late import late

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from selectolax.lexbor import LexborHTMLParser, LexborNode

SEPARATOR = " > "
# What is part of the line it stands in; every other element, known or not, is lines of its own.
_INLINE = frozenset(
    [
        "a",
        "abbr",
        "acronym",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "data",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "ins",
        "kbd",
        "label",
        "mark",
        "q",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "time",
        "tt",
        "u",
        "var",
        "wbr",
    ]
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
# What is not text of the page, and what a page of a site has around it.
_LEFT_OUT = frozenset(
    [
        "audio",
        "button",
        "canvas",
        "form",
        "iframe",
        "img",
        "input",
        "noscript",
        "object",
        "picture",
        "script",
        "select",
        "style",
        "svg",
        "template",
        "textarea",
        "video",
    ]
)
_AROUND = frozenset({"nav", "header", "footer", "aside"})
# Reading takes the square of the depth; browsers stop at some hundred.
DEEPEST = 10_000
_TAG = re.compile(r"<(/?)(?!(?:br|col|hr|img|input|link|meta|source|wbr)\b)[a-zA-Z]", re.IGNORECASE)
_LOOKS_LIKE_HTML = re.compile(r"<!doctype html|<html[\s>]|<body[\s>]", re.IGNORECASE)


@dataclass(frozen=True)
class Clause:
    """What stands beneath one heading, up to the next.

    :ivar path: the headings above it, without the page's own; empty for what comes before the first.
    :ivar anchor: the same path as a stable address within the page.
    :ivar lines: paragraphs, list entries and rows of tables as plain words: without links, emphasis, images and padding.
    """

    path: tuple[str, ...]
    anchor: str
    lines: tuple[str, ...]

    @property
    def heading(self) -> str:
        return self.path[-1] if self.path else ""

    @property
    def place(self) -> str:
        """The path as facts cite it."""
        return SEPARATOR.join(self.path)

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True)
class Document:
    """A page: what it calls itself, and its clauses in reading order."""

    title: str
    clauses: tuple[Clause, ...]

    @property
    def text(self) -> str:
        return "\n".join(line for clause in self.clauses for line in (*clause.path[-1:], *clause.lines))


class Unreadable(ValueError):
    """A text that can't be read as a page; says why, in words that ``gettext`` knows."""


class NoText(Unreadable):
    """A page of which nothing is text."""


def anchor_of(path: Iterable[str]) -> str:
    """The address of the first clause beneath these headings."""
    return "/".join(slugify(heading, allow_unicode=True) or "section" for heading in path) or "top"


def read_bytes(data: bytes, *, charset: str = "") -> str:
    """The text of a file or an answer.

    :param charset: as the sender declares it; else what the bytes begin with, else UTF-8.
    :raises Unreadable: for what is no text.
    """
    if data.startswith((b"%PDF", b"PK\x03\x04")):
        raise Unreadable(gettext_noop("it is a PDF or an office file, not Markdown, HTML or text"))
    for name in (charset, "utf-8-sig", "utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "", "cp1252"):
        try:
            text = data.decode(name) if name else None
        except (UnicodeDecodeError, LookupError):
            continue
        if text is not None and "\0" not in text:
            return text
    raise Unreadable(gettext_noop("it is not text in any encoding that was tried"))


def document_of(text: str) -> Document:
    """A page in its clauses, whatever it is written in.

    :raises Unreadable: where nothing of it is text.
    """
    html = text if _LOOKS_LIKE_HTML.search(text[:2000]) else _markdown().render(text)
    if depth_of(html) > DEEPEST:
        raise Unreadable(gettext_noop("its elements are nested without end"))
    body = _content(late("selectolax.lexbor").LexborHTMLParser(html))
    document = _Reader().document(body) if body is not None else Document("", ())
    if not document.text.strip():
        raise NoText(gettext_noop("there is no text in it"))
    return document


def depth_of(html: str) -> int:
    """How deep elements stand in each other at most; those that nothing closes count as open to the end."""
    steps = (-1 if slash else 1 for slash in _TAG.findall(html))
    return max(accumulate(steps), default=0)


@cache
def _markdown() -> "MarkdownIt":
    markdown: MarkdownIt = late("markdown_it").MarkdownIt("commonmark", {"html": True})
    return markdown.enable(["table", "strikethrough"])


def _content(page: "LexborHTMLParser") -> "LexborNode | None":
    """The part of a page that is about its subject."""
    for selector in ("main", "[role=main]", "article"):
        found = page.css(selector)
        if len(found) == 1:
            return found[0]
    return page.body


@dataclass
class _Reader:
    """Walks a page once; never deeper than the page, and without recursion: pages are broken in every way."""

    title: str = ""
    headings: list[tuple[int, str]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    level: int = 0
    found: list[tuple[tuple[str, ...], tuple[str, ...]]] = field(default_factory=list)

    def document(self, body: "LexborNode") -> Document:
        for kind, value in _events(body):
            if kind == "text":
                self.words.append(value)
            elif kind == "heading":
                self._end_line()
                self.level = _HEADINGS[value]
            elif kind == "heading-ends":
                self._heading(_plain(self.words))
            else:
                self._end_line()
        self._end_line()
        self._end_clause()
        return Document(self.title, tuple(_addressed(self.found)))

    def _end_line(self) -> None:
        line = _plain(self.words)
        if line:
            self.lines.append(line)

    def _heading(self, text: str) -> None:
        level, self.level = self.level, 0
        if not text:
            return
        self._end_clause()
        if not self.title and not self.found and not self.headings and level == 1:
            self.title = text
            return
        while self.headings and self.headings[-1][0] >= level:
            self.headings.pop()
        self.headings.append((level, text))

    def _end_clause(self) -> None:
        path = tuple(text for _level, text in self.headings)
        if path or self.lines:
            self.found.append((path, tuple(self.lines)))
        self.lines.clear()


def _events(body: "LexborNode") -> Iterator[tuple[str, str]]:
    """Words, headings and the ends of lines in reading order."""
    pending: list[tuple[str, LexborNode | None]] = [("", body)]
    while pending:
        closing, node = pending.pop()
        if node is None:
            yield closing, ""
            continue
        tag = node.tag or ""
        if tag == "-text":
            yield "text", node.text_content or ""
            continue
        if tag in _LEFT_OUT or tag in _AROUND or tag.startswith(("-", "!")):
            continue
        if tag == "br":
            yield "text", " "
            continue
        if tag in _HEADINGS:
            yield "heading", tag
            pending.append(("heading-ends", None))
        elif tag in {"td", "th"}:
            yield "text", " | " if _has_before(node) else " "
        elif tag not in _INLINE:
            yield "line", ""
            pending.append(("line", None))
        children = []
        child = node.child
        while child is not None:
            children.append(("", child))
            child = child.next
        pending.extend(reversed(children))


def _has_before(cell: "LexborNode") -> bool:
    before = cell.prev
    while before is not None and before.tag not in {"td", "th"}:
        before = before.prev
    return before is not None


def _plain(words: list[str]) -> str:
    """One line of what was gathered, which is emptied."""
    line = " ".join("".join(words).replace("\u200b", "").replace("\ufeff", "").replace("\u00ad", "").split())
    words.clear()
    return line


def _addressed(found: list[tuple[tuple[str, ...], tuple[str, ...]]]) -> Iterator[Clause]:
    """Clauses with anchors: the second of the same path is told apart by its number."""
    taken: dict[str, int] = {}
    for path, lines in found:
        anchor = anchor_of(path)
        taken[anchor] = taken.get(anchor, 0) + 1
        yield Clause(path, anchor if taken[anchor] == 1 else f"{anchor}-{taken[anchor]}", lines)
